using System.Security.Cryptography;
using Evergrant.Accounts;
using Evergrant.AspNetCore;
using Evergrant.AspNetCore.Authorize;
using Evergrant.Pages.Views;
using Evergrant.Protocol.Accounts;
using Evergrant.Protocol.Sessions;
using Evergrant.Protocol.Storage;
using Microsoft.AspNetCore.WebUtilities;

namespace Evergrant.Pages;

/// <summary>Who is signed in, and the pages of an authorization request.</summary>
internal sealed class PageInteractions(BrowserSessions sessions, IAccountStore accounts, IssuerSites sites, TimeProvider time, PageWriter writer) : IInteractions
{
    public async ValueTask<IReadOnlyList<Session>> SessionsAsync(HttpContext http, CancellationToken cancellationToken) =>
        [.. (await sessions.ListAsync(http)).Select(s => s.Session)];

    public async ValueTask<string?> FindAccountAsync(string hint, CancellationToken cancellationToken)
    {
        if (hint.Length > UserNames.MaxLength) return null;
        Account? account = await accounts.FindAccountByNameAsync(UserNames.Normalize(hint), cancellationToken) ?? await accounts.FindAccountAsync(hint, cancellationToken);
        // Who is locked out after failed attempts is not asked by another way either.
        return account is { Disabled: false } && !(account.LockoutEnd > time.GetUtcNow()) ? account.Id : null;
    }

    public Task ShowSignInAsync(HttpContext http, SignInPage page) => ShowSignInAsync(http, page, null);

    /// <summary>As the interface has it, with the reference of a failed attempt.</summary>
    public Task ShowSignInAsync(HttpContext http, SignInPage page, string? reference)
    {
        string register = sites.Of(http).Prefix + "/sign-up";
        if (page is { Create: true, MayRegister: true })
        {
            return writer.WriteAsync<RegisterForm>(http, new RegisterView(register, page.Ticket, page.ClientName, page.ClientUri, page.LoginHint, page.Fault), formOrigin: page.RedirectOrigin, opener: page.KeepsOpener);
        }
        SignInView view = new(page.Action, page.Ticket, null, null, page.ClientName, page.ClientUri, page.LoginHint, page.Fault, reference, page.MayRegister ? register : null);
        return writer.WriteAsync<SignInForm>(http, view, formOrigin: page.RedirectOrigin, opener: page.KeepsOpener);
    }

    public async Task ShowSelectAccountAsync(HttpContext http, SelectAccountPage page)
    {
        IReadOnlyList<AccountChoice> choices = [.. (await StandingAsync(http, page.Sessions)).Select(s => new AccountChoice(s.Session.Id, s.Account.UserName, PersonName.Of(s.Account)))];
        await writer.WriteAsync<SelectAccountForm>(http, new SelectAccountView(page.Action, page.Ticket, page.ClientName, choices), formOrigin: page.RedirectOrigin, opener: page.KeepsOpener);
    }

    public async Task ShowConsentAsync(HttpContext http, ConsentPage page)
    {
        string user = (await sessions.ListAsync(http)).FirstOrDefault(s => s.Account.Id == page.Subject)?.Account.UserName ?? "";
        await writer.WriteAsync<ConsentForm>(http, new ConsentView(page, user), formOrigin: page.RedirectOrigin, opener: page.KeepsOpener);
    }

    public Task ShowErrorAsync(HttpContext http, ErrorPage page) => writer.WriteAsync<ErrorNotice>(http, page, status: null);

    public Task ShowUserCodeAsync(HttpContext http, UserCodePage page) => writer.WriteAsync<UserCodeForm>(http, page, status: null);

    public Task ShowDeviceDoneAsync(HttpContext http, DeviceDonePage page) => writer.WriteAsync<DeviceDone>(http, page);

    public async Task ShowSignOutAsync(HttpContext http, SignOutPage page)
    {
        IReadOnlyList<string> names = [.. (await StandingAsync(http, page.Sessions)).Select(s => s.Account.UserName)];
        await writer.WriteAsync<SignOutQuestion>(http, new SignOutQuestionView(page, names), formOrigin: page.RedirectOrigin);
    }

    public Task ShowSignedOutAsync(HttpContext http, SignedOutPage page) => ShowSignedOutAsync(http, page, sites.Of(http).Prefix);

    /// <summary>As the interface has it, with the path of the issuer.</summary>
    public async Task ShowSignedOutAsync(HttpContext http, SignedOutPage page, string prefix)
    {
        string? nonce = page.Continue is not null && page.Frames.Count > 0 ? Base64UrlTextEncoder.Encode(RandomNumberGenerator.GetBytes(16)) : null;
        string[] others = [.. (await sessions.ListAsync(http)).Select(s => s.Account.UserName)];
        await writer.WriteAsync<SignedOut>(http, new SignedOutView(page, prefix, nonce, others), nonce: nonce, frames: page.Frames);
    }

    public ValueTask ForgetAsync(HttpContext http, IReadOnlyList<Session> ended) => sessions.ForgetAsync(http, ended);

    public Task ShowFormPostAsync(HttpContext http, FormPostPage page)
    {
        string nonce = Base64UrlTextEncoder.Encode(RandomNumberGenerator.GetBytes(16));
        return writer.WriteAsync<FormPost>(http, new FormPostView(page, nonce), formOrigin: page.Origin, nonce: nonce);
    }

    public Task ShowWebMessageAsync(HttpContext http, WebMessagePage page)
    {
        string nonce = Base64UrlTextEncoder.Encode(RandomNumberGenerator.GetBytes(16));
        return writer.WriteAsync<WebMessage>(http, new WebMessageView(page, nonce), nonce: nonce, opener: true, framedBy: page.Origin);
    }

    // The sessions that the library speaks of, with the accounts that were read with them.
    private async ValueTask<IEnumerable<BrowserSessions.Standing>> StandingAsync(HttpContext http, IReadOnlyList<Session> spokenOf) =>
        (await sessions.ListAsync(http)).Where(s => spokenOf.Any(o => o.Id == s.Session.Id));
}
