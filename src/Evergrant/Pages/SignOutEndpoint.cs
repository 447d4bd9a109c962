using Evergrant.AspNetCore.Authorize;
using Evergrant.AspNetCore.EndSession;
using Evergrant.Pages.Views;
using Evergrant.Protocol.Sessions;

namespace Evergrant.Pages;

/// <summary>P/sign-out: GET asks, POST ends the sessions of this browser and what was bound to them. It leads nowhere else.</summary>
internal sealed class SignOutEndpoint(BrowserSessions sessions, SessionEnds ends, PageInteractions interactions, FormTokens tokens, PageWriter writer)
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
        if (form is null || !tokens.Fits(http, form[FormTokens.Field]))
        {
            await writer.RefuseAsync(http, fault ?? FormFault.TooOld);
            return;
        }
        Session[] standing = [.. (await sessions.ListAsync(http)).Select(s => s.Session)];
        if (await ends.EndAsync(standing, "SignOut", http.RequestAborted) is not { } frames)
        {
            await writer.NotNowAsync(http, TimeSpan.FromSeconds(5));
            return;
        }
        await sessions.ForgetAsync(http, standing);
        await interactions.ShowSignedOutAsync(http, new SignedOutPage { SignedOut = true, Frames = frames }, prefix);
    }
}
