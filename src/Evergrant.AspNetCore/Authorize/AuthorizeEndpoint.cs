using Evergrant.AspNetCore.CheckSession;
using Evergrant.AspNetCore.Clients;
using Evergrant.AspNetCore.GrantManagement;
using Evergrant.AspNetCore.Keys;
using Evergrant.AspNetCore.Token;
using Evergrant.Jose;
using Evergrant.Protocol;
using Evergrant.Protocol.Authorize;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.PushedAuthorization;
using Evergrant.Protocol.Sessions;
using Evergrant.Protocol.Storage;
using Evergrant.Protocol.Token;
using Microsoft.AspNetCore.Http;

namespace Evergrant.AspNetCore.Authorize;

/// <summary>The authorization endpoint (RFC 6749 section 3.1, OpenID Connect Core section 3.1.2). Each page that comes back is decided again from the start.</summary>
internal sealed class AuthorizeEndpoint(
    AuthorizeRequests requests, ClientCatalogue clients, EvergrantOptions options, IGrantStore store, IServerSecrets secrets, KeyRings rings, IInteractions interactions, InteractionTickets tickets, TokenWriter tokens,
    AuthorizePages pages, FrontChannelTokens front, BrowserStateCookie states, ManagedGrants managed, RefusalLog log, TimeProvider clock)
{
    private const int Attempts = 4;

    private static readonly OAuthError ReplayedObject = new("invalid_request_object", "The Request Object was used before.", Refusal.RequestObjectReplayed);
    private static readonly OAuthError NoAccount = new("access_denied", "The account is not available.", Refusal.AccountUnavailable);
    private static readonly OAuthError BadTicket = new("invalid_request", "This page has expired. Go back to the application and begin again.", Refusal.TicketInvalid);
    private static readonly OAuthError Busy = new("temporarily_unavailable", "The server cannot answer now; try again.", Refusal.StoreUnavailable);

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
            // A Lax cookie does not come with a cross-site POST; with the redirect to the same request by GET it does.
            http.Response.StatusCode = StatusCodes.Status303SeeOther;
            http.Response.Headers.Location = AuthorizeReply.Location(site.Base + "/authorize", false, parameters.All);
            return;
        }
        DateTimeOffset startedAt = DateTimeOffset.FromUnixTimeMilliseconds(clock.GetUtcNow().ToUnixTimeMilliseconds());
        await DecideAsync(http, site, new Interaction(parameters, startedAt, Prompt.SignIn, null), sessions, false, null);
    }

    /// <summary>The consent page comes back.</summary>
    public async Task ConsentAsync(HttpContext http, IssuerSite site, EndpointRule rule)
    {
        (Microsoft.AspNetCore.Http.IFormCollection? form, OAuthError? error) = await AuthorizePages.ReadFormAsync(http, rule.BodyLimit);
        Interaction? interaction = form is null ? null : tickets.Open(http, site, form["ticket"].ToString());
        if (interaction is not { About: InteractionSubject.Authorization, Page: Prompt.Consent } || form!["decision"].ToString() is not ("allow" or "deny"))
        {
            await pages.RefuseAsync(http, site, error ?? BadTicket, null);
            return;
        }
        // The page shows what is asked for, and a box beside each part that leaves it out; what has no box ticked is allowed.
        ReceivedRequest received = await requests.ReadAsync(site, interaction, http.RequestAborted);
        IReadOnlyList<string> asked = received.Request.Scopes ?? [];
        IEnumerable<string> allowed = (asked.Count > 0 ? asked : received.Client?.Scopes ?? []).Except(form["without"].OfType<string>());
        var answer = new ConsentAnswer(form["decision"] == "allow", [.. allowed], interaction.Subject!) { WithoutDetails = AuthorizePages.DetailsWithout(form) };
        await DecideAsync(http, site, interaction, await interactions.SessionsAsync(http, http.RequestAborted), true, answer, received);
    }

    /// <summary>Decides and answers.</summary>
    public async Task DecideAsync(HttpContext http, IssuerSite site, Interaction interaction, IReadOnlyList<Session> sessions, bool chosen, ConsentAnswer? answer, ReceivedRequest? received = null)
    {
        if (await FindAsync(http, site, interaction, received) is not { } found) return;
        bool replayed = false;
        try
        {
            for (int attempt = 0; attempt < Attempts; attempt++)
            {
                // A reference may have been used by another page meanwhile.
                if (attempt > 0 && await FindAsync(http, site, interaction) is { } again) found = again;
                else if (attempt > 0) return;
                AuthorizationFacts facts = await GatherAsync(http, site, interaction, found, sessions, chosen, answer);
                DateTimeOffset now = facts.Now;
                CommitResult result;
                AuthorizationDecision decision = replayed ? new Protocol.Authorize.Refused(ReplayedObject, null)
                    : Authorization.Decide(facts, () => secrets.NewSeed(now));
                switch (decision)
                {
                    case Prompted prompted:
                        await pages.ShowAsync(http, site, found.Sent, facts, prompted);
                        return;
                    case Protocol.Authorize.Refused refused:
                        if (found.Use is RemoveHandle removal)
                        {
                            result = await store.CommitAsync(removal, null, http.RequestAborted);
                            if (result == CommitResult.Conflict) continue;
                            if (result == CommitResult.Unknown) refused = new Protocol.Authorize.Refused(Busy, refused.Subject);
                        }
                        await ReplyErrorAsync(http, site, found, refused.Error, refused.Subject, sessions, answered: answer is not null);
                        return;
                    default:
                        (Change change, List<KeyValuePair<string, string>>? parameters) = await MakeAsync(site, found.Target.Client, decision, now, http.RequestAborted);
                        if (parameters is null)
                        {
                            await ReplyErrorAsync(http, site, found, NoAccount, sessions[0].Subject, sessions, answered: answer is not null);
                            return;
                        }
                        await clients.KeepAsync(found.Target.Client, http.RequestAborted);
                        result = await store.CommitAsync(With(found.Use, change), null, http.RequestAborted);
                        if (result == CommitResult.Committed)
                        {
                            log.Count(decision.Name, null);
                            await pages.ReplyAsync(http, site, found.Target, WithState(http, found, sessions, AuthorizeReply.Success(parameters, found.Request.State, site.Issuer)));
                            return;
                        }
                        if (result == CommitResult.Unknown)
                        {
                            attempt = Attempts;
                            break;
                        }
                        // The session has ended since it was read (sign-out, a new password): decide again without it. If none has, it is the object that was used.
                        IReadOnlyList<Session> standing = await StandingAsync(sessions, http.RequestAborted);
                        replayed = found.Use is UseAssertion && standing.Count == sessions.Count;
                        sessions = standing;
                        break;
                }
            }
        }
        catch (StoreUnavailableException exception)
        {
            log.Fault(exception, "Authorize");
        }
        // RFC 6749 section 4.1.2.1: a server that cannot answer says so at the redirect URI, for a 503 would be seen by nobody who can act.
        await ReplyErrorAsync(http, site, found, Busy, null, sessions, answered: false);
    }

    /// <summary>Answers with an error at the redirect URI of a ticket.</summary>
    public async Task CancelAsync(HttpContext http, IssuerSite site, Interaction interaction)
    {
        if (await FindAsync(http, site, interaction) is not { } found) return;
        if (found.Use is RemoveHandle removal && await store.CommitAsync(removal, null, http.RequestAborted) == CommitResult.Conflict)
        {
            if (await FindAsync(http, site, interaction) is null) return;
        }
        AuthorizeRequest request = found.Request;
        OAuthError error = interaction.Page switch
        {
            Prompt.SelectAccount => new("account_selection_required", "The End-User chose no account.", Refusal.AccountSelectionRequired),
            Prompt.SignIn when request.Prompts.Contains("login") => new("login_required", "The End-User did not sign in.", Refusal.LoginRequired),
            _ => new("access_denied", "The End-User has refused.", Refusal.ConsentDenied),
        };
        await ReplyErrorAsync(http, site, found, error, null, await interactions.SessionsAsync(http, http.RequestAborted), answered: true);
    }

    /// <summary>Finds what a request means and where its answer may go; answers with a page when it may go nowhere.</summary>
    private async ValueTask<Answerable?> FindAsync(HttpContext http, IssuerSite site, Interaction interaction, ReceivedRequest? received = null)
    {
        received ??= await requests.ReadAsync(site, interaction, http.RequestAborted);
        OAuthError? unanswerable = AuthorizeTarget.Find(received.Request, received.Client, out AuthorizeTarget? target);
        if (received.ClientFault is not null) unanswerable = received.ClientFault;
        // A reference that is not good hides where, and with which state, the client wants to be answered; so does an object, unless a redirect URI stands beside it.
        if (received is { Client: not null, Request.Fault: { } fault } && (received.Request.RedirectUri is null || PushedRequest.IsUri(received.Request.Parameters["request_uri"]))) unanswerable = fault;
        if (unanswerable is null) return new(received.Request, target!, received.Sent, received.Use);
        await pages.RefuseAsync(http, site, unanswerable, received.Request.ClientId);
        return null;
    }

    /// <summary>What a success changes and carries; the parameters are null when the account is gone.</summary>
    private async ValueTask<(Change Change, List<KeyValuePair<string, string>>? Parameters)> MakeAsync(IssuerSite site, Client client, AuthorizationDecision decision, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (decision is CodeIssued issued) return (issued.Change, [new("code", CodeOf(issued.Grant))]);
        var tokens = (FrontChannelIssued)decision;
        return (tokens.Change, await front.MakeAsync(site, client, tokens, tokens.Code is { } grant ? CodeOf(grant) : null, now, cancellationToken));
    }

    private string CodeOf(Grant grant) => GrantCredential.Write(secrets.Credentials, grant.KeyNumber, CredentialKind.Code, grant, 0);

    private static Change With(Change? use, Change change) => use is null ? change : new Together(change is Together several ? [use, .. several.Changes] : [use, change]);

    private async Task ReplyErrorAsync(HttpContext http, IssuerSite site, Answerable found, OAuthError error, string? subject, IReadOnlyList<Session> sessions, bool answered)
    {
        // RFC 9700 section 4.11.2: nobody is sent on to the address of a stranger that they have never allowed anything, unless they have just pressed a button here.
        if (found.Target.Client.IsSelfAsserted && !answered && !await IsKnownAsync(site, found.Target.Client, sessions, http.RequestAborted))
        {
            await pages.RefuseAsync(http, site, error with { Refusal = Refusal.RedirectUntrusted }, found.Target.Client.ClientId);
            return;
        }
        string reference = await log.RecordAsync(new Told("Refused", "Authorize", site.Issuer, found.Target.Client.ClientId, error, Subject: subject), http.RequestAborted);
        await pages.ReplyAsync(http, site, found.Target, WithState(http, found, sessions, AuthorizeReply.Failure(error, RefusalLog.Describe(error, reference), found.Request.State, site.Issuer)));
    }

    /// <summary>Adds session_state to a response of OpenID Connect, an error too (OpenID Connect Session Management section 2).</summary>
    private List<KeyValuePair<string, string>> WithState(HttpContext http, Answerable found, IReadOnlyList<Session> sessions, List<KeyValuePair<string, string>> parameters)
    {
        if (found.Request.IsOpenId && states.SessionState(http, sessions, found.Target.Client.ClientId, found.Target.RedirectUri) is { } state) parameters.Add(new("session_state", state));
        return parameters;
    }

    private async ValueTask<bool> IsKnownAsync(IssuerSite site, Client client, IReadOnlyList<Session> sessions, CancellationToken cancellationToken)
    {
        foreach (Session session in sessions)
        {
            if (await store.FindConsentAsync(site.Issuer, session.Subject, client.ClientId, cancellationToken) is not null) return true;
        }
        return false;
    }

    private async ValueTask<IReadOnlyList<Session>> StandingAsync(IReadOnlyList<Session> sessions, CancellationToken cancellationToken)
    {
        var standing = new List<Session>();
        foreach (Session session in sessions)
        {
            if (await store.FindSessionAsync(session.Key, cancellationToken) is not null) standing.Add(session);
        }
        return standing;
    }

    private async ValueTask<AuthorizationFacts> GatherAsync(
        HttpContext http, IssuerSite site, Interaction interaction, Answerable found, IReadOnlyList<Session> sessions, bool chosen, ConsentAnswer? answer)
    {
        (AuthorizeRequest request, AuthorizeTarget target, _, _) = found;
        string? hinted = null;
        bool foreign = false;
        if (request.Parameters["id_token_hint"] is { } hint)
        {
            KeySnapshot keys = await rings.CurrentAsync(site.Issuer, http.RequestAborted);
            JwtVerdict<IdToken> verdict = IdToken.JudgeAsHint(hint, keys.Published, site.Issuer);
            hinted = verdict.Value?.Subject;
            foreign = verdict.Value is null;
        }
        Func<string, string> subjectOf = await tokens.SubjectsOfAsync(target.Client, http.RequestAborted);
        // The consent that counts is that of the account which the decision will pick: the first, or the hinted one.
        Session? likely = sessions.FirstOrDefault(s => hinted is null || subjectOf(s.Subject) == hinted);
        Consent? consent = likely is null ? null : await store.FindConsentAsync(site.Issuer, likely.Subject, target.Client.ClientId, http.RequestAborted);
        if (consent is not null && target.Client.ConsentSince > consent.GivenAt) consent = null;
        return new AuthorizationFacts
        {
            Request = request,
            Target = target,
            Issuer = site.Issuer,
            Demands = options.Demands,
            Catalogue = await clients.ScopesAsync(http.RequestAborted),
            Sessions = sessions,
            StartedAt = interaction.StartedAt,
            AccountChosen = chosen,
            HintedSubject = hinted,
            HintIsForeign = foreign,
            Consent = consent,
            Managed = await managed.FindAsync(site.Issuer, request, http.RequestAborted),
            Answer = answer,
            SubjectOf = subjectOf,
            Now = clock.GetUtcNow(),
        };
    }

    /// <summary>A request whose answer has somewhere to go.</summary>
    private sealed record Answerable(AuthorizeRequest Request, AuthorizeTarget Target, Parameters Sent, Change? Use);
}
