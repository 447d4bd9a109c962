using System.Text.Json;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.GrantManagement;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Policies;
using Evergrant.Protocol.Sessions;
using Evergrant.Protocol.Storage;
using Evergrant.Protocol.Token;

namespace Evergrant.Protocol.Authorize;

/// <summary>What the End-User answered on the consent page.</summary>
/// <param name="Allow">Whether anything is allowed.</param>
/// <param name="Scopes">Allowed scope values; what was not asked for is not granted because it is here.</param>
/// <param name="Subject">The account that was asked.</param>
public sealed record ConsentAnswer(bool Allow, IReadOnlyList<string> Scopes, string Subject)
{
    /// <summary>Places of the objects of authorization_details that the End-User leaves out.</summary>
    public IReadOnlyList<int> WithoutDetails { get; init; } = [];
}

/// <summary>Everything an authorization is decided from. The decision is made anew, from the start, whenever one of these has changed.</summary>
public sealed record AuthorizationFacts
{
    /// <summary>The request.</summary>
    public required AuthorizeRequest Request { get; init; }

    /// <summary>The verified target.</summary>
    public required AuthorizeTarget Target { get; init; }

    /// <summary>Issuer.</summary>
    public required string Issuer { get; init; }

    /// <summary>The server's scopes and resources.</summary>
    public required ScopeCatalogue Catalogue { get; init; }

    /// <summary>Live sessions of the browser, the one in use first.</summary>
    public required IReadOnlyList<Session> Sessions { get; init; }

    /// <summary>When the request first came in: an authentication before it does not satisfy prompt=login.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Whether the End-User has chosen the first session for this request.</summary>
    public bool AccountChosen { get; init; }

    /// <summary>The sub of id_token_hint as this client sees it; null when no hint was sent.</summary>
    public string? HintedSubject { get; init; }

    /// <summary>Whether an id_token_hint was sent that this issuer did not make.</summary>
    public bool HintIsForeign { get; init; }

    /// <summary>Consent on record of the first fitting session's account; null for none.</summary>
    public Consent? Consent { get; init; }

    /// <summary>The grant under the request's grant_id (Grant Management); null for none.</summary>
    public Grant? Managed { get; init; }

    /// <summary>Answer of the consent page; null before it.</summary>
    public ConsentAnswer? Answer { get; init; }

    /// <summary>What the server demands of every request.</summary>
    public AuthorizeDemands Demands { get; init; } = AuthorizeDemands.None;

    /// <summary>Computes the sub that the client sees of an account.</summary>
    public required Func<string, string> SubjectOf { get; init; }

    /// <summary>The instant of the decision.</summary>
    public required DateTimeOffset Now { get; init; }
}

/// <summary>What the server decides on an authorization request.</summary>
public abstract record AuthorizationDecision
{
    /// <summary>Name of the decision.</summary>
    public string Name => GetType().Name;
}

/// <summary>Which page is to be shown.</summary>
public enum Prompt
{
    /// <summary>Sign-in.</summary>
    SignIn,

    /// <summary>Account selection.</summary>
    SelectAccount,

    /// <summary>Consent.</summary>
    Consent,
}

/// <summary>The End-User has to do something first.</summary>
/// <param name="Prompt">What.</param>
/// <param name="Session">Session of the account that is asked for consent; null otherwise.</param>
/// <param name="Scopes">Scope values that consent is asked for; empty otherwise.</param>
public sealed record Prompted(Prompt Prompt, Session? Session, IReadOnlyList<string> Scopes) : AuthorizationDecision;

/// <summary>A code is issued once the change is durable.</summary>
/// <param name="Grant">The new row; generation 0 is the code.</param>
/// <param name="Change">Writes the row, and the consent where one was given.</param>
public sealed record CodeIssued(Grant Grant, Change Change) : AuthorizationDecision;

/// <summary>Tokens are sent through the browser, alone or with a code, once the change is durable.</summary>
/// <param name="Type">What the response carries.</param>
/// <param name="Code">The row whose generation 0 is the code; null for none.</param>
/// <param name="Grant">The row that the tokens are of: one of its own where there is an access token, which never has a refresh token; otherwise the code's.</param>
/// <param name="Access">For whom the access token is; null for none.</param>
/// <param name="Change">Writes the rows, and the consent where one was given.</param>
public sealed record FrontChannelIssued(ResponseType Type, Grant? Code, Grant Grant, TokenAudience? Access, Change Change) : AuthorizationDecision;

/// <summary>The answer is an error at the redirect URI.</summary>
/// <param name="Error">The error.</param>
/// <param name="Subject">Account that was signed in; null for none.</param>
public sealed record Refused(OAuthError Error, string? Subject) : AuthorizationDecision;

/// <summary>The authorization decision (RFC 6749 section 4.1.1, OpenID Connect Core section 3.1.2), from the start each time.</summary>
public static class Authorization
{
    /// <summary>The acr that a password sign-in reaches.</summary>
    public const string PasswordAcr = "urn:evergrant:acr:password";

    /// <summary>Authentication context classes that can be reached.</summary>
    public static IReadOnlyList<string> AcrValues { get; } = [PasswordAcr];

    /// <summary>Decides.</summary>
    /// <param name="facts">Everything that counts.</param>
    /// <param name="newSeed">Makes what a new grant is made of; asked once for each row that is issued, so not for a page.</param>
    public static AuthorizationDecision Decide(AuthorizationFacts facts, Func<GrantSeed> newSeed)
    {
        AuthorizeRequest request = facts.Request;
        Client client = facts.Target.Client;
        var rules = new AuthorizeFacts(request, client, facts.Catalogue) { Demands = facts.Demands };
        OAuthError? error = AuthorizeRules.Judge(rules) ?? JudgeHint(facts) ?? ManagedGrant.Judge(request, facts.Managed, facts.Issuer, client, null, facts.Now);
        Session? session = FittingSession(facts, out bool mismatch);

        // RFC 9700 section 4.11.2: nobody is redirected, not even with an error, before they have signed in here; silent requests excepted.
        if (error is not null)
        {
            return request.IsSilent || facts.Sessions.Count > 0 ? new Refused(error, (facts.Sessions.Count > 0 ? facts.Sessions[0].Subject : null)) : new Prompted(Prompt.SignIn, null, []);
        }
        if (mismatch)
        {
            // Whoever signed in during this request is not whom it is about (OpenID Connect Core section 3.1.2.2).
            bool triedNow = facts.Sessions.Any(s => s.AuthTime >= facts.StartedAt);
            return request.IsSilent || triedNow
                ? new Refused(new OAuthError("login_required", "The End-User whom the request names is not signed in.", Refusal.SubjectMismatch), facts.Sessions[0].Subject)
                : new Prompted(Prompt.SignIn, null, []);
        }
        if (session is null || NeedsAuthentication(facts, session))
        {
            return request.IsSilent
                ? new Refused(new OAuthError("login_required", "The End-User is not signed in.", Refusal.LoginRequired), session?.Subject)
                : new Prompted(Prompt.SignIn, null, []);
        }
        if (ManagedGrant.Judge(request, facts.Managed, facts.Issuer, client, session.Subject, facts.Now) is { } notTheirs) return new Refused(notTheirs, session.Subject);
        // An account chosen by signing in for this very request needs no second choice.
        if (request.Prompts.Contains("select_account") && !facts.AccountChosen && session.AuthTime < facts.StartedAt) return new Prompted(Prompt.SelectAccount, null, []);
        if (EssentialAcrIsOutOfReach(request, session) || WantedAcrIsOutOfReach(request, client, session))
        {
            return new Refused(new OAuthError("unmet_authentication_requirements", "The authentication context class that the request needs cannot be reached.", Refusal.AcrUnmet), session.Subject);
        }

        IReadOnlyList<string> scopes = Wanted(rules, client);
        ConsentAnswer? answer = facts.Answer?.Subject == session.Subject ? facts.Answer : null;
        if (answer is { Allow: false }) return new Refused(new OAuthError("access_denied", "The End-User has refused.", Refusal.ConsentDenied), session.Subject);
        Consent? given = null;
        IReadOnlyList<JsonElement> details = request.Details!;
        if (answer is not null)
        {
            details = [.. details.Where((_, place) => !answer.WithoutDetails.Contains(place))];
            scopes = [.. scopes.Where(s => s == Scope.OpenId || answer.Scopes.Contains(s))];
            if (scopes.Count == 0 && details.Count == 0 && Wanted(rules, client).Count + request.Details!.Count > 0) return new Refused(new OAuthError("access_denied", "The End-User has refused.", Refusal.ConsentDenied), session.Subject);
            given = Remember(facts, session, scopes);
        }
        else if (client.Consent == ConsentRule.Ask && !ConsentIsOnRecord(facts, session, scopes))
        {
            return request.IsSilent
                ? new Refused(new OAuthError("consent_required", "The End-User has not consented.", Refusal.ConsentRequired), session.Subject)
                : new Prompted(Prompt.Consent, session, scopes);
        }

        // Where nobody is asked, the first authorization stands for the consent.
        bool consented = given is not null || (client.Consent == ConsentRule.Implied && (facts.Consent?.Subject != session.Subject || request.Prompts.Contains("consent")));
        Grant grant = Write(facts, session, scopes, details, consented, newSeed());
        var create = new CreateGrant(grant, session.Key);
        if (given is null && consented && grant.Authorized.Rules!.RefreshTokenRecurrence == RefreshTokenRecurrence.FirstConsentOnly) given = Remember(facts, session, scopes);
        if (request.Type!.IsFrontChannel) return IssueInFront(facts, session, scopes, grant, given, newSeed);
        return new CodeIssued(grant, given is null ? create : new Together([new SaveConsent(given), create]));
    }

    private static AuthorizationDecision IssueInFront(AuthorizationFacts facts, Session session, IReadOnlyList<string> scopes, Grant code, Consent? given, Func<GrantSeed> newSeed)
    {
        ResponseType type = facts.Request.Type!;
        TokenAudience? access = null;
        // Whom the End-User has let see everything that the page showed may still have asked for what no one token can be.
        if (type.Token && TokenAudience.Resolve(facts.Issuer, scopes, scopes, facts.Request.Resources, [], facts.Target.Client.Resources, facts.Catalogue, out access) is { } error) return new Refused(error, session.Subject);
        if (access is not null) access = AuthorizationDetails.Add(access, AuthorizationDetails.Parse(code.Authorized.Details)!, [], facts.Catalogue);
        GrantPolicy policy = code.Authorized.Rules!;
        DateTimeOffset? ends = facts.Now + policy.AccessTokenLifetimeLongest;
        // One row more: the code's is pending until it is redeemed, and its tokens are others.
        GrantSeed? seed = type is { Code: true, Token: false } ? null : newSeed();
        Grant tokens = seed is null ? code : code with
        {
            Id = seed.Id,
            Salt = seed.Salt,
            KeyNumber = seed.KeyNumber,
            SessionId = session.Id,
            State = GrantState.Active,
            Generation = 1,
            AccessSerial = 1,
            IdleExpiresAt = null,
            ExpiresAt = code.ExpiresAt < ends ? code.ExpiresAt : ends,
            Authorized = code.Authorized with { IssuesRefreshToken = false, DeviceSso = false, ManagedId = null, Supersedes = null, CodeChallenge = null },
        };
        var changes = new List<Change>(3);
        if (given is not null) changes.Add(new SaveConsent(given));
        if (type.Code) changes.Add(new CreateGrant(code, session.Key));
        if (tokens != code) changes.Add(new CreateGrant(tokens, session.Key));
        return new FrontChannelIssued(type, type.Code ? code : null, tokens, access, changes.Count == 1 ? changes[0] : new Together(changes));
    }

    private static OAuthError? JudgeHint(AuthorizationFacts facts) =>
        facts.HintIsForeign ? OAuthError.InvalidRequest("id_token_hint is not an ID Token of this issuer.", Refusal.IdTokenHintInvalid) : null;

    /// <summary>The session of the End-User whom the request names, or the one in use. A request that names somebody else than those signed in is a mismatch.</summary>
    private static Session? FittingSession(AuthorizationFacts facts, out bool mismatch)
    {
        mismatch = false;
        RequestedClaim? subject = facts.Request.Claims?.IdToken.FirstOrDefault(c => c.Name == "sub" && c.Values.Count > 0);
        if (facts.HintedSubject is null && subject is null) return facts.Sessions.Count > 0 ? facts.Sessions[0] : null;
        foreach (Session session in facts.Sessions)
        {
            string sub = facts.SubjectOf(session.Subject);
            bool hinted = facts.HintedSubject is null || facts.HintedSubject == sub;
            bool asked = subject is null || subject.Values.Any(v => v.ValueKind == JsonValueKind.String && v.GetString() == sub);
            if (hinted && asked) return session;
        }
        mismatch = facts.Sessions.Count > 0;
        return null;
    }

    private static bool NeedsAuthentication(AuthorizationFacts facts, Session session)
    {
        if (session.AuthTime >= facts.StartedAt) return false;
        // A new account is made on the page on which one signs in; whoever has one may use it there all the same.
        if (facts.Request.Prompts.Contains("login") || facts.Request.Prompts.Contains("create")) return true;
        int? maxAge = facts.Request.MaxAge ?? facts.Target.Client.MaxAge;
        return maxAge is { } seconds && facts.Now - session.AuthTime > TimeSpan.FromSeconds(seconds) - (seconds == 0 ? TimeSpan.FromTicks(1) : TimeSpan.Zero);
    }

    private static bool EssentialAcrIsOutOfReach(AuthorizeRequest request, Session session) =>
        request.Claims?.IdToken.FirstOrDefault(c => c is { Name: "acr", Essential: true, Values.Count: > 0 }) is { } acr
        && !acr.Values.Any(v => v.ValueKind == JsonValueKind.String && v.GetString() == session.Acr);

    private static bool WantedAcrIsOutOfReach(AuthorizeRequest request, Client client, Session session) =>
        client.RequireAcrValues && request.Parameters["acr_values"] is { } wanted && !wanted.Split(' ', StringSplitOptions.RemoveEmptyEntries).Contains(session.Acr);

    /// <summary>What the client would get if the End-User allowed all of it.</summary>
    private static IReadOnlyList<string> Wanted(AuthorizeFacts rules, Client client)
    {
        bool mayRefresh = client.GrantTypes.Contains("refresh_token") && client.EffectivePolicy.RefreshTokens != RefreshTokenIssuance.Never;
        // offline_access means nothing to a client that gets no refresh token (OpenID Connect Core section 11).
        // Nor does device_sso where no code is redeemed for an ID Token (OpenID Connect Native SSO section 3.3).
        return [.. AuthorizeRules.Grantable(rules).Where(s => s switch
        {
            Scope.OfflineAccess => mayRefresh && rules.Request.Type!.Code,
            Scope.DeviceSso => client.NativeSsoGroup is not null && rules.Request.IsOpenId && rules.Request.Type!.Code,
            _ => true,
        })];
    }

    private static bool ConsentIsOnRecord(AuthorizationFacts facts, Session session, IReadOnlyList<string> scopes)
    {
        // What is asked for in detail is another matter each time (RFC 9396 section 3).
        if (facts.Request.Prompts.Contains("consent") || facts.Request.Details!.Count > 0) return false;
        // Whoever can claim to be the client must not profit from an earlier consent (RFC 6749 section 10.2, RFC 8252 section 8.6).
        if (!IdentityIsAssured(facts.Target)) return false;
        return facts.Consent is { } consent && consent.Subject == session.Subject && scopes.All(consent.Scopes.Contains)
            && facts.Request.Resources.All(consent.Resources.Contains) && ClaimNames(facts).All(consent.Claims.Contains);
    }

    /// <summary>A confidential client proves itself at the token endpoint; a claimed https redirect URI proves a public one (RFC 8252 section 8.6).</summary>
    /// <param name="target">The verified target.</param>
    public static bool IdentityIsAssured(AuthorizeTarget target) =>
        !target.Client.IsPublic || target.RedirectUri.StartsWith("https:", StringComparison.Ordinal);

    private static IEnumerable<string> ClaimNames(AuthorizationFacts facts) => facts.Request.Claims?.Names ?? [];

    private static Consent Remember(AuthorizationFacts facts, Session session, IReadOnlyList<string> scopes)
    {
        Consent? before = facts.Consent?.Subject == session.Subject ? facts.Consent : null;
        return new Consent
        {
            Issuer = facts.Issuer,
            Subject = session.Subject,
            ClientId = facts.Target.Client.ClientId,
            Scopes = [.. scopes.Union(before?.Scopes ?? [])],
            Resources = [.. facts.Request.Resources.Union(before?.Resources ?? [])],
            Claims = [.. ClaimNames(facts).Union(before?.Claims ?? [])],
            GivenAt = facts.Now,
        };
    }

    private static Grant Write(AuthorizationFacts facts, Session session, IReadOnlyList<string> scopes, IReadOnlyList<JsonElement> details, bool consented, GrantSeed seed)
    {
        AuthorizeRequest request = facts.Request;
        Client client = facts.Target.Client;
        scopes = ManagedGrant.ScopesAfter(scopes, request, facts.Managed);
        bool deviceSso = scopes.Contains(Scope.DeviceSso);
        // Whoever signs in to several apps at once leaves all of them at once (OpenID Connect Native SSO section 4.3).
        bool offline = scopes.Contains(Scope.OfflineAccess) && !deviceSso;
        var judged = new PolicyFacts(client, "authorization_code", scopes, name => request.Parameters[name], consented);
        EffectivePolicy effective = PolicyResolution.Resolve(judged);
        GrantPolicy policy = effective.Policy;
        return new Grant
        {
            Id = seed.Id,
            Issuer = facts.Issuer,
            ClientId = client.ClientId,
            Subject = session.Subject,
            SessionId = offline ? null : session.Id,
            State = GrantState.Pending,
            Generation = 0,
            GenerationAt = facts.Now,
            KeyNumber = seed.KeyNumber,
            CreatedAt = facts.Now,
            IdleExpiresAt = facts.Now + (client.IsFapi && policy.CodeLifetime > FapiProfile.LongestCode ? FapiProfile.LongestCode : policy.CodeLifetime),
            ExpiresAt = facts.Now + policy.AbsoluteLifetime,
            Salt = seed.Salt,
            Authorized = effective.Govern(ManagedGrant.Name(new Authorized
            {
                Scope = Scope.Join(scopes),
                Resources = request.Resources,
                RedirectUri = request.RedirectUri,
                CodeChallenge = request.Parameters["code_challenge"],
                DpopKey = request.DpopKey,
                Nonce = request.Nonce,
                Claims = request.Parameters["claims"],
                Details = AuthorizationDetails.Write(details),
                AuthTime = session.AuthTime,
                Acr = session.Acr,
                Amr = session.Amr,
                SessionId = session.Id,
                DeviceSso = deviceSso,
                Policy = policy.Name,
            }, request, facts.Managed, (seed.Id, seed.Salt)), PolicyResolution.IssuesRefreshToken(policy, judged)),
        };
    }
}
