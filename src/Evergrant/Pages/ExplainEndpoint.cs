using Evergrant.AspNetCore.Authorize;
using Evergrant.AspNetCore.Explain;
using Evergrant.Pages.Views;

namespace Evergrant.Pages;

/// <summary>/admin/explain: for an operator who signed in a short while ago.</summary>
internal sealed class ExplainEndpoint(BrowserSessions sessions, FormTokens tokens, Explainer explainer, TimeProvider time, PageWriter writer)
{
    /// <summary>Oldest sign-in with which an operator page is shown.</summary>
    public static readonly TimeSpan OldestSignIn = TimeSpan.FromMinutes(30);

    private const int LongestQuery = 8 * 1024;

    /// <summary>GET /admin/explain; a reference, which is no secret, may stand in the query.</summary>
    public async Task ShowAsync(HttpContext http, string signInPrefix)
    {
        if (!await MayAsync(http, signInPrefix)) return;
        string? reference = http.Request.Query["reference"];
        await AnswerAsync(http, reference is { Length: > 0 and <= 64 } ? reference : null);
    }

    /// <summary>POST /admin/explain: a token is a secret and never stands in an address.</summary>
    public async Task PostAsync(HttpContext http, string signInPrefix)
    {
        (PageForm? form, FormFault? fault) = await PageForm.ReadAsync(http);
        if (form is null) await writer.RefuseAsync(http, fault!);
        else if (!await MayAsync(http, signInPrefix)) return;
        else if (!tokens.Fits(http, form[FormTokens.Field])) await writer.RefuseAsync(http, FormFault.TooOld);
        else await AnswerAsync(http, form["query"]?.Trim() is { Length: > 0 and <= LongestQuery } query ? query : null);
    }

    private async Task AnswerAsync(HttpContext http, string? query)
    {
        Explanation? explanation = query is null ? null : await explainer.ExplainAsync(query, http.RequestAborted);
        // What was asked is shown again only when it is short enough to be a reference or an id: a token is not repeated in a page.
        await writer.WriteAsync<ExplainPage>(http, new ExplainView(tokens.Issue(http), query is { Length: <= 40 } ? query : null, query is not null, explanation));
    }

    private async ValueTask<bool> MayAsync(HttpContext http, string signInPrefix)
    {
        if (await sessions.ListAsync(http) is not [var standing, ..] || time.GetUtcNow() - standing.Session.AuthTime > OldestSignIn)
        {
            PageWriter.SeeOther(http, signInPrefix + "/sign-in?return=explain");
            return false;
        }
        if (standing.Account.Operator) return true;
        await writer.WriteAsync<ErrorNotice>(http, new ErrorPage("Operators only", "The account that is signed in may not use this page. Sign in with an operator's account.", null, null), 403);
        return false;
    }
}
