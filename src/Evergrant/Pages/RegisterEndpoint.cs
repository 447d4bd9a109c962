using Evergrant.Accounts;
using Evergrant.AspNetCore;
using Evergrant.AspNetCore.Authorize;
using Evergrant.Pages.Views;

namespace Evergrant.Pages;

/// <summary>P/sign-up: a person makes an account for themselves, and goes on with the request that led here (Initiating User Registration via OpenID Connect).</summary>
internal sealed class RegisterEndpoint(
    AccountRegistry registry, BrowserSessions sessions, SignInEndpoint signIn, PageInteractions interactions, IAuthorizeContinuation continuation, PageWriter writer, EvergrantOptions options, TimeProvider time)
{
    private const string Taken = "That user name is taken. Choose another one.";
    private const string Different = "The two passwords are not the same.";

    // Whoever makes accounts by the dozen makes them for a program.
    private readonly FailureRate _made = new(burst: 10, perMinute: 0.2);

    /// <summary>POST P/sign-up: the filled form, or the way to it from the sign-in page and back.</summary>
    public async Task PostAsync(HttpContext http)
    {
        (PageForm? form, FormFault? fault) = await PageForm.ReadAsync(http);
        if (form is null)
        {
            await writer.RefuseAsync(http, fault!);
            return;
        }
        string? ticket = form["ticket"];
        if (continuation.Open(http, ticket) is not { MayRegister: true } opened || options.Demands.RefusesCreate)
        {
            // A bad ticket is answered where tickets are made.
            await (continuation.Open(http, ticket) is null ? continuation.ContinueAsync(http, ticket, [], chosen: false) : writer.RefuseAsync(http, FormFault.TooOld));
            return;
        }
        SignInPage page = await signIn.NamedAsync(http, opened);
        if (form["cancel"] is not null) await continuation.CancelAsync(http, ticket);
        else if (form["sign_in"] is not null) await interactions.ShowSignInAsync(http, page);
        else if (form["create"] is not null || form["password"] is not { } password) await interactions.ShowSignInAsync(http, page with { Create = true });
        else await MakeAsync(http, page, form["username"] ?? "", password, form["again"]);
    }

    private async Task MakeAsync(HttpContext http, SignInPage page, string userName, string password, string? again)
    {
        string address = http.Connection.RemoteIpAddress?.ToString() ?? "";
        if (_made.WaitOf(address, time.GetUtcNow()) is var wait && wait > TimeSpan.Zero)
        {
            await writer.NotNowAsync(http, wait, StatusCodes.Status429TooManyRequests);
            return;
        }
        if (password != again)
        {
            await ShowAsync(Different);
            return;
        }
        switch (await registry.CreateAsync(new DeclaredAccount(userName, password), http.RequestAborted))
        {
            case AccountOutcome.Done { Account: var account }:
                _made.Fail(address, time.GetUtcNow());
                if (await sessions.StartAsync(http, account) is { } standing) await continuation.ContinueAsync(http, page.Ticket, [.. standing.Select(s => s.Session)], chosen: false);
                else await writer.NotNowAsync(http, TimeSpan.FromSeconds(5));
                return;
            case AccountOutcome.NameTaken:
                // Who tries names finds out which are taken, as everywhere where people choose them; so this counts too.
                _made.Fail(address, time.GetUtcNow());
                await ShowAsync(Taken);
                return;
            case AccountOutcome.Faulty { Why: var why }:
                await ShowAsync(why);
                return;
            default:
                await writer.NotNowAsync(http, TimeSpan.FromSeconds(5));
                return;
        }

        Task ShowAsync(string fault) => interactions.ShowSignInAsync(http, page with { Create = true, Fault = fault, LoginHint = userName.Length <= UserNames.MaxLength ? userName : null });
    }
}
