using System.Text.Json;
using Evergrant.AspNetCore.Authorize;
using Evergrant.AspNetCore.CheckSession;
using Evergrant.AspNetCore.Clients;
using Evergrant.AspNetCore.Keys;
using Evergrant.AspNetCore.Token;
using Evergrant.Jose;
using Evergrant.Protocol;
using Evergrant.Protocol.Authorize;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.EndSession;
using Evergrant.Protocol.Keys;
using Evergrant.Protocol.Sessions;
using Evergrant.Protocol.Storage;
using Microsoft.AspNetCore.Http;

namespace Evergrant.AspNetCore.EndSession;

/// <summary>The logout endpoint (OpenID Connect RP-Initiated Logout section 2). The page that asks comes back with the request, which is decided again from the start.</summary>
internal sealed class EndSessionEndpoint(
    ClientCatalogue clients, KeyRings rings, IInteractions interactions, InteractionTickets tickets, TokenWriter tokens, SessionEnds ends, BrowserStateCookie states, AuthorizePages pages, EvergrantOptions options, RefusalLog log,
    TimeProvider clock)
{
    private static readonly OAuthError TooLarge = new("invalid_request", "The request is too large.", Refusal.RequestTooLarge);
    private static readonly OAuthError BadTicket = new("invalid_request", "This page has expired. Go back to the application and sign out again.", Refusal.TicketInvalid);
    private static readonly OAuthError Busy = new("temporarily_unavailable", "The server cannot answer now; try again.", Refusal.StoreUnavailable);

    // What may identify an End-User in logout_hint besides sid and sub.
    private static readonly string[] Naming = ["preferred_username", "email", "phone_number"];

    /// <summary>A request from a client, by GET or POST.</summary>
    public async Task HandleAsync(HttpContext http, IssuerSite site, EndpointRule rule)
    {
        (Parameters? parameters, OAuthError? error) = await FormReader.ReadQueryOrFormAsync(http, rule.BodyLimit);
        if (parameters is null)
        {
            await pages.RefuseAsync(http, site, error!, null);
            return;
        }
        IReadOnlyList<Session> sessions = await interactions.SessionsAsync(http, http.RequestAborted);
        if (sessions.Count == 0 && HttpMethods.IsPost(http.Request.Method) && http.Request.Headers["Sec-Fetch-Site"] == "cross-site")
        {
            // A Lax cookie does not come with a cross-site POST; with a form of our own it does, and the ID Token stays out of the address.
            await interactions.ShowFormPostAsync(http, new FormPostPage(site.Prefix + "/end_session", "'self'", parameters.All));
            return;
        }
        await DecideAsync(http, site, parameters, sessions, confirmed: false);
    }

    /// <summary>POST: the End-User has answered.</summary>
    public async Task AnswerAsync(HttpContext http, IssuerSite site, EndpointRule rule)
    {
        (IFormCollection? form, OAuthError? error) = await AuthorizePages.ReadFormAsync(http, rule.BodyLimit);
        Interaction? interaction = form is null ? null : tickets.Open(http, site, form["ticket"].ToString());
        if (interaction is not { About: InteractionSubject.SignOut } || form!["sign_out"].ToString() is not ("yes" or "no"))
        {
            await pages.RefuseAsync(http, site, error ?? BadTicket, null);
            return;
        }
        if (form["sign_out"] == "no") await interactions.ShowSignedOutAsync(http, new SignedOutPage { SignedOut = false });
        else await DecideAsync(http, site, interaction.Parameters, await interactions.SessionsAsync(http, http.RequestAborted), confirmed: true);
    }

    private async Task DecideAsync(HttpContext http, IssuerSite site, Parameters parameters, IReadOnlyList<Session> sessions, bool confirmed)
    {
        LogoutFacts facts = await GatherAsync(http, site, parameters, sessions, confirmed);
        switch (Logout.Decide(facts))
        {
            case LogoutRefused refused:
                await RefuseAsync(http, site, facts, refused.Error, StatusCodes.Status400BadRequest);
                return;
            case LogoutPrompted prompted:
                await AskAsync(http, site, facts, prompted);
                return;
            case LoggedOut done:
                IReadOnlyList<string>? frames = done.Sessions.Count == 0 ? [] : await ends.EndAsync(done.Sessions, "EndSession", http.RequestAborted);
                if (frames is null)
                {
                    http.Response.Headers.RetryAfter = "5";
                    await RefuseAsync(http, site, facts, Busy, StatusCodes.Status503ServiceUnavailable);
                    return;
                }
                await interactions.ForgetAsync(http, done.Sessions);
                states.Keep(http, [.. facts.Sessions.Where(s => done.Sessions.All(d => d.Id != s.Id))]);
                log.Count(nameof(LoggedOut), null);
                await LeaveAsync(http, facts, done.Target, frames);
                return;
        }
    }

    private async Task LeaveAsync(HttpContext http, LogoutFacts facts, string? target, IReadOnlyList<string> frames)
    {
        // Section 3: the clients are told first, and the browser is sent on then.
        if (target is null || frames.Count > 0)
        {
            await interactions.ShowSignedOutAsync(http, new SignedOutPage { SignedOut = true, Frames = frames, Continue = target, ClientName = facts.Client?.Name ?? facts.Client?.ClientId });
            return;
        }
        http.Response.StatusCode = StatusCodes.Status303SeeOther;
        http.Response.Headers.Location = target;
    }

    private async Task AskAsync(HttpContext http, IssuerSite site, LogoutFacts facts, LogoutPrompted prompted)
    {
        var interaction = new Interaction(facts.Request, DateTimeOffset.FromUnixTimeMilliseconds(clock.GetUtcNow().ToUnixTimeMilliseconds()), Prompt.SignIn, null, InteractionSubject.SignOut);
        if (tickets.Seal(http, site, interaction) is not { } ticket)
        {
            await RefuseAsync(http, site, facts, TooLarge, StatusCodes.Status413PayloadTooLarge);
            return;
        }
        await interactions.ShowSignOutAsync(http, new SignOutPage
        {
            Ticket = ticket,
            Action = site.Prefix + "/end_session/answer",
            ClientName = facts.Client?.Name ?? facts.Client?.ClientId,
            RedirectOrigin = facts.Request["post_logout_redirect_uri"] is { } uri ? RedirectUri.OriginOf(uri) : "'none'",
            Sessions = prompted.Sessions,
        });
    }

    private async ValueTask<LogoutFacts> GatherAsync(HttpContext http, IssuerSite site, Parameters parameters, IReadOnlyList<Session> sessions, bool confirmed)
    {
        HintedSession? hint = parameters["id_token_hint"] is { } token ? await JudgeAsync(site, token, http.RequestAborted) : null;
        Client? client = (parameters["client_id"] ?? hint?.ClientId) is { } id ? await clients.FindAsync(site.Issuer, id, http.RequestAborted) : null;
        return new LogoutFacts
        {
            Request = parameters,
            Client = client,
            Hint = hint,
            Sessions = sessions,
            Named = parameters["logout_hint"] is { } name ? await NamedAsync(name, sessions, http.RequestAborted) : [],
            SubjectOf = client is null ? static account => account : await tokens.SubjectsOfAsync(client, http.RequestAborted),
            Confirmed = confirmed,
        };
    }

    // Every key that is on record counts, so that a hint that outlived its key still says whom it is about.
    private async ValueTask<HintedSession?> JudgeAsync(IssuerSite site, string token, CancellationToken cancellationToken)
    {
        KeySnapshot snapshot = await rings.CurrentAsync(site.Issuer, cancellationToken);
        JwtVerdict<IdToken> verdict = IdToken.JudgeAsHint(token, snapshot.Known, site.Issuer);
        bool trusted = verdict.Value is not null;
        if (!trusted) verdict = IdToken.JudgeAsHint(token, KeySnapshot.PublicOf(snapshot.Records.Where(k => k.WithdrawnAt is not null)), site.Issuer);
        return verdict.Value is { } hint ? new(hint.Audience, hint.Subject, hint.SessionId, trusted) : null;
    }

    private async ValueTask<IReadOnlyCollection<string>> NamedAsync(string hint, IReadOnlyList<Session> sessions, CancellationToken cancellationToken)
    {
        var named = new List<string>();
        foreach (Session session in sessions)
        {
            bool found = hint == session.Id || hint == session.Subject;
            if (!found && await options.Claims(new ClaimsRequest(session.Subject, null, "openid profile email phone"), cancellationToken) is { } set)
            {
                found = Naming.Any(claim => set.Claims.TryGetValue(claim, out JsonElement value) && value.ValueKind == JsonValueKind.String && string.Equals(value.GetString(), hint, StringComparison.OrdinalIgnoreCase));
            }
            if (found) named.Add(session.Id);
        }
        return named;
    }

    private async Task RefuseAsync(HttpContext http, IssuerSite site, LogoutFacts facts, OAuthError error, int status)
    {
        string reference = await log.RecordAsync(
            new Told("Refused", "EndSession", site.Issuer, facts.Client?.ClientId ?? facts.Request["client_id"], error, Stranger: facts.Client is null), http.RequestAborted);
        http.Response.StatusCode = status;
        await interactions.ShowErrorAsync(http, new ErrorPage("You are not signed out", error.Description, error.Code, reference));
    }
}
