using Evergrant.Accounts;
using Evergrant.AspNetCore;
using Evergrant.AspNetCore.Authorize;
using Evergrant.Pages.Views;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Storage;

namespace Evergrant.Pages;

/// <summary>P/sign-in and P/select-account: the steps of an authorization request that need a person, and signing in to our own pages.</summary>
internal sealed class SignInEndpoint(
    SignIn signIn, KnownDevice devices, BrowserSessions sessions, FormTokens tokens, PageInteractions interactions, IAuthorizeContinuation continuation, IClientStore clients, IssuerSites sites,
    PageWriter writer)
{
    // One answer for everything that can be wrong.
    private const string Fault = "That name and password do not go together. Check both and try again.";
    private static readonly TimeSpan DeviceLifetime = TimeSpan.FromDays(180);

    /// <summary>GET P/sign-in: for the account and operator pages; an authorization request shows its own.</summary>
    public Task ShowAsync(HttpContext http, string prefix) => ShowAsync(http, prefix, ReturnTargets.Parse(http.Request.Query["return"]) ?? ReturnTarget.Account, null, null, null);

    /// <summary>POST P/sign-in.</summary>
    public async Task PostAsync(HttpContext http, string prefix)
    {
        (PageForm? form, FormFault? fault) = await PageForm.ReadAsync(http);
        if (form is null)
        {
            await writer.RefuseAsync(http, fault!);
            return;
        }
        string? ticket = form["ticket"];
        if (ticket is not null && form["cancel"] is not null)
        {
            await continuation.CancelAsync(http, ticket);
            return;
        }
        SignInPage? page = ticket is null ? null : continuation.Open(http, ticket);
        ReturnTarget? target = ticket is null && tokens.Fits(http, form[FormTokens.Field]) ? ReturnTargets.Parse(form["return"]) : null;
        if (page is null && target is null)
        {
            // A bad ticket is answered where tickets are made.
            await (ticket is null ? writer.RefuseAsync(http, FormFault.TooOld) : continuation.ContinueAsync(http, ticket, [], chosen: false));
            return;
        }

        string userName = form["username"] ?? "";
        SignInAttempt attempt = new(userName, form["password"] ?? "", http.Connection.RemoteIpAddress, PageCookies.Read(http, PageCookies.Device));
        switch (await signIn.VerifyAsync(attempt, http.RequestAborted))
        {
            case SignInDecision.TooManyAttempts wait:
                await writer.NotNowAsync(http, wait.RetryAfter, StatusCodes.Status429TooManyRequests);
                return;
            case SignInDecision.Busy:
                await writer.NotNowAsync(http, TimeSpan.FromSeconds(5));
                return;
            case SignInDecision.Refused refused:
                await (page is not null
                    ? interactions.ShowSignInAsync(http, (await NamedAsync(http, page)) with { LoginHint = Shown(userName), Fault = Fault }, refused.Reference)
                    : ShowAsync(http, prefix, target!.Value, Shown(userName), Fault, refused.Reference));
                return;
            case SignInDecision.SignedIn { Account: var account }:
                if (await sessions.StartAsync(http, account) is not { } standing)
                {
                    await writer.NotNowAsync(http, TimeSpan.FromSeconds(5));
                    return;
                }
                PageCookies.Set(http, PageCookies.Device, devices.MarkOf(account), DeviceLifetime);
                if (page is not null) await continuation.ContinueAsync(http, ticket, [.. standing.Select(s => s.Session)], chosen: false);
                else PageWriter.SeeOther(http, ReturnTargets.PathOf(target!.Value, prefix));
                return;
        }
    }

    /// <summary>POST P/select-account: one of the accounts signed in here, or another one.</summary>
    public async Task SelectAsync(HttpContext http)
    {
        (PageForm? form, FormFault? fault) = await PageForm.ReadAsync(http);
        if (form is null)
        {
            await writer.RefuseAsync(http, fault!);
            return;
        }
        if (form["cancel"] is not null) await continuation.CancelAsync(http, form["ticket"]);
        else if (continuation.Open(http, form["ticket"]) is not { } page) await continuation.ContinueAsync(http, form["ticket"], [], chosen: false);
        else if (form["sid"] is { } sid && sid != "other" && await sessions.ChooseAsync(http, sid) is { } standing)
            await continuation.ContinueAsync(http, form["ticket"], [.. standing.Select(s => s.Session)], chosen: true);
        else await interactions.ShowSignInAsync(http, await NamedAsync(http, page));
    }

    /// <summary>The page of a ticket with its client's name. A ticket holds the request only; what the client is called, and where a request without redirect_uri leads, is in its registration.</summary>
    public async ValueTask<SignInPage> NamedAsync(HttpContext http, SignInPage page)
    {
        if (await clients.FindClientAsync(sites.Of(http).Issuer, page.ClientName, http.RequestAborted) is not { } client) return page;
        string origin = page.RedirectOrigin == "'none'" && client.RedirectUris.Count == 1 ? RedirectUri.OriginOf(client.RedirectUris[0]) : page.RedirectOrigin;
        origin = string.Join(' ', client.AllowedOrigins.Prepend(origin).Distinct());
        return page with { ClientName = client.Name ?? client.ClientId, ClientUri = client.ClientUri, RedirectOrigin = origin };
    }

    private Task ShowAsync(HttpContext http, string prefix, ReturnTarget target, string? userName, string? fault, string? reference) => writer.WriteAsync<SignInForm>(
        http, new SignInView(prefix + "/sign-in", null, ReturnTargets.NameOf(target), tokens.Issue(http), null, null, userName, fault, reference));

    private static string? Shown(string userName) => userName.Length <= UserNames.MaxLength ? userName : null;
}

/// <summary>The pages of ours that signing in can lead to. A fixed list: an address is never taken from a request.</summary>
internal enum ReturnTarget
{
    /// <summary>P/account.</summary>
    Account,

    /// <summary>/admin/explain.</summary>
    Explain,
}

/// <summary>Names and paths of the return targets.</summary>
internal static class ReturnTargets
{
    public static ReturnTarget? Parse(string? name) => name switch { "account" => ReturnTarget.Account, "explain" => ReturnTarget.Explain, _ => null };

    public static string NameOf(ReturnTarget target) => target == ReturnTarget.Account ? "account" : "explain";

    public static string PathOf(ReturnTarget target, string prefix) => target == ReturnTarget.Account ? prefix + "/account" : "/admin/explain";
}
