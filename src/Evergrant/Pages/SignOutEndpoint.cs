using Evergrant.Pages.Views;

namespace Evergrant.Pages;

/// <summary>P/sign-out: GET asks, POST ends the sessions of this browser and what was bound to them. It leads nowhere else.</summary>
internal sealed class SignOutEndpoint(BrowserSessions sessions, FormTokens tokens, PageWriter writer)
{
    /// <summary>GET P/sign-out.</summary>
    public async Task ShowAsync(HttpContext http, string prefix)
    {
        IReadOnlyList<BrowserSessions.Standing> standing = await sessions.ListAsync(http);
        await writer.WriteAsync<SignOutForm>(http, new SignOutView(prefix, tokens.Issue(http), [.. standing.Select(s => s.Account.UserName)], Done: standing.Count == 0));
    }

    /// <summary>POST P/sign-out.</summary>
    public async Task PostAsync(HttpContext http, string prefix)
    {
        (PageForm? form, FormFault? fault) = await PageForm.ReadAsync(http);
        if (form is null) await writer.RefuseAsync(http, fault!);
        else if (!tokens.Fits(http, form[FormTokens.Field])) await writer.RefuseAsync(http, FormFault.TooOld);
        else if (!await sessions.EndAllAsync(http)) await writer.NotNowAsync(http, TimeSpan.FromSeconds(5));
        else await writer.WriteAsync<SignOutForm>(http, new SignOutView(prefix, "", [], Done: true));
    }
}
