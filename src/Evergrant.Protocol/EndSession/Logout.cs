using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Sessions;

namespace Evergrant.Protocol.EndSession;

/// <summary>What an id_token_hint of this issuer says, however old it is.</summary>
/// <param name="ClientId">Its audience.</param>
/// <param name="Subject">The sub that this client sees.</param>
/// <param name="SessionId">Its sid; null for none.</param>
/// <param name="IsTrusted">Whether its key was never withdrawn. Whoever has a withdrawn key can make any hint: the End-User is asked then.</param>
public sealed record HintedSession(string ClientId, string Subject, string? SessionId, bool IsTrusted);

/// <summary>Everything a logout request is decided from.</summary>
public sealed record LogoutFacts
{
    /// <summary>The request.</summary>
    public required Parameters Request { get; init; }

    /// <summary>The client that client_id or the hint names, as registered; null when none is named, or it is not registered.</summary>
    public Client? Client { get; init; }

    /// <summary>The hint; null when none was sent, or it is not of this issuer.</summary>
    public HintedSession? Hint { get; init; }

    /// <summary>Live sessions of the browser, the one in use first.</summary>
    public required IReadOnlyList<Session> Sessions { get; init; }

    /// <summary>Public ids of those whose End-User logout_hint names.</summary>
    public IReadOnlyCollection<string> Named { get; init; } = [];

    /// <summary>Computes the sub that the hint's client sees of an account.</summary>
    public required Func<string, string> SubjectOf { get; init; }

    /// <summary>Whether the End-User has agreed on the page.</summary>
    public bool Confirmed { get; init; }
}

/// <summary>What the server decides on a logout request.</summary>
public abstract record LogoutDecision;

/// <summary>Nothing ends, and nobody is redirected (OpenID Connect RP-Initiated Logout section 4).</summary>
/// <param name="Error">The error, for a page.</param>
public sealed record LogoutRefused(OAuthError Error) : LogoutDecision;

/// <summary>The End-User is asked first.</summary>
/// <param name="Sessions">What would end; at least one.</param>
public sealed record LogoutPrompted(IReadOnlyList<Session> Sessions) : LogoutDecision;

/// <summary>The sessions end.</summary>
/// <param name="Sessions">Which; empty when nobody was signed in, which is no error.</param>
/// <param name="Target">Where the browser is sent afterwards, with state; null for a page that says that it is done.</param>
public sealed record LoggedOut(IReadOnlyList<Session> Sessions, string? Target) : LogoutDecision;

/// <summary>The decision on a logout request (OpenID Connect RP-Initiated Logout sections 2 to 4), from the start each time.</summary>
public static class Logout
{
    private static readonly OAuthError Repeated = OAuthError.InvalidRequest("A parameter was sent more than once.", Refusal.ParameterRepeated);
    private static readonly OAuthError BadHint = OAuthError.InvalidRequest("id_token_hint is not an ID Token of this server.", Refusal.IdTokenHintInvalid);
    private static readonly OAuthError OtherClient = OAuthError.InvalidRequest("id_token_hint was issued to another application than client_id names.", Refusal.LogoutClientMismatch);
    private static readonly OAuthError NoClient = OAuthError.InvalidRequest("The application is not registered here.", Refusal.ClientUnknown);
    private static readonly OAuthError Nameless = OAuthError.InvalidRequest("The application asked to be returned to, and did not say which one it is.", Refusal.ClientMissing);
    private static readonly OAuthError BadTarget = OAuthError.InvalidRequest("The application asked to be returned to at an address that is not registered for it.", Refusal.PostLogoutRedirectUriUnregistered);

    /// <summary>Decides.</summary>
    /// <param name="facts">Everything that counts.</param>
    public static LogoutDecision Decide(LogoutFacts facts)
    {
        if (Judge(facts) is { } error) return new LogoutRefused(error);
        string? target = Target(facts);
        // Section 4: whoever is not signed in is signed out already.
        if (facts.Sessions.Count == 0) return new LoggedOut([], facts.Confirmed || facts.Hint is { IsTrusted: true } ? target : null);

        Session[] hinted = facts.Hint is { } hint ? [.. facts.Sessions.Where(s => facts.SubjectOf(s.Subject) == hint.Subject)] : [];
        Session? exact = hinted.FirstOrDefault(s => facts.Hint!.SessionId is not { } sid || sid == s.Id);
        if (exact is not null && (facts.Confirmed || facts.Hint!.IsTrusted)) return new LoggedOut([exact], target);
        // Section 2: without a hint, or with one of somebody else or of a session that is not here, the End-User must be asked.
        IReadOnlyList<Session> asked = exact is not null ? [exact] : hinted.Length > 0 ? hinted : Named(facts);
        return facts.Confirmed ? new LoggedOut(asked, target) : new LogoutPrompted(asked);
    }

    private static OAuthError? Judge(LogoutFacts facts)
    {
        Parameters request = facts.Request;
        if (request.Repeated is not null) return Repeated;
        if (request["id_token_hint"] is not null && facts.Hint is null) return BadHint;
        string? named = request["client_id"];
        if (named is not null && facts.Hint is { } hint && hint.ClientId != named) return OtherClient;
        if (named is not null && facts.Client is null) return NoClient;
        if (request["post_logout_redirect_uri"] is not { } uri) return null;
        if (facts.Client is null) return facts.Hint is null ? Nameless : NoClient;
        // Section 3: byte for byte, without the exception that redirect URIs of programs on a device have.
        return facts.Client.PostLogoutRedirectUris.Contains(uri, StringComparer.Ordinal) ? null : BadTarget;
    }

    private static string? Target(LogoutFacts facts) => facts.Request["post_logout_redirect_uri"] is not { } uri ? null
        : facts.Request["state"] is not { } state ? uri : Authorize.AuthorizeReply.Location(uri, false, [new("state", state)]);

    private static IReadOnlyList<Session> Named(LogoutFacts facts)
    {
        Session[] named = [.. facts.Sessions.Where(s => facts.Named.Contains(s.Id))];
        return named.Length > 0 ? named : facts.Sessions;
    }
}
