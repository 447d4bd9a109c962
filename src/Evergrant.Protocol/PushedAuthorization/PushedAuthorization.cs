using Evergrant.Jose;
using Evergrant.Protocol.Authorize;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Storage;

namespace Evergrant.Protocol.PushedAuthorization;

/// <summary>What the server decides when a client pushes a request.</summary>
public abstract record PushDecision
{
    /// <summary>Name of the decision.</summary>
    public string Name => GetType().Name;
}

/// <summary>The request is kept once the change is durable.</summary>
/// <param name="RequestUri">What the browser brings.</param>
/// <param name="Change">Writes the handle, and uses up the object's jti where it has one.</param>
public sealed record Pushed(string RequestUri, Change Change) : PushDecision;

/// <summary>The client gets an error.</summary>
/// <param name="Error">The error.</param>
public sealed record PushRefused(OAuthError Error) : PushDecision;

/// <summary>Everything a push is decided from.</summary>
public sealed record PushFacts
{
    /// <summary>The form.</summary>
    public required Parameters Form { get; init; }

    /// <summary>The issuer that was asked.</summary>
    public required string Issuer { get; init; }

    /// <summary>The authenticated client.</summary>
    public required Client Client { get; init; }

    /// <summary>Thumbprint of the key that the push proves by DPoP; null for none.</summary>
    public string? DpopKey { get; init; }

    /// <summary>The client's keys; null when it has none.</summary>
    public JwkSet? Keys { get; init; }

    /// <summary>The server's scopes and resources.</summary>
    public required ScopeCatalogue Catalogue { get; init; }

    /// <summary>What the server demands of every request.</summary>
    public AuthorizeDemands Demands { get; init; } = AuthorizeDemands.None;

    /// <summary>How long a browser may take to bring the request_uri.</summary>
    public required TimeSpan Lifetime { get; init; }

    /// <summary>How long a page may lie open after that.</summary>
    public required TimeSpan PageLifetime { get; init; }

    /// <summary>The instant of the decision.</summary>
    public required DateTimeOffset Now { get; init; }
}

/// <summary>The pushed authorization request (RFC 9126 section 2): judged by the same rules as one that a browser brings.</summary>
public static class PushedAuthorization
{
    private static readonly OAuthError NoClientId = OAuthError.InvalidRequest("The parameter client_id is missing.", Refusal.ParameterMissing);
    private static readonly OAuthError OtherKey = new("invalid_dpop_proof", "The DPoP proof is of another key than dpop_jkt names.", Refusal.KeyMismatch);
    private static readonly OAuthError HasUri = OAuthError.InvalidRequest("A pushed request holds no request_uri.", Refusal.RequestUriPushed);

    /// <summary>Decides.</summary>
    /// <param name="facts">Everything that counts.</param>
    /// <param name="random"><see cref="PushedRequest.RandomLength"/> random bytes.</param>
    public static PushDecision Decide(PushFacts facts, byte[] random)
    {
        // Section 2.1, step 2.
        if (facts.Form["request_uri"] is not null) return new PushRefused(HasUri);
        if (facts.Form["client_id"] is null) return new PushRefused(NoClientId);
        Parameters sent = Parameters.From(facts.Form.All.Where(p => p.Key is not ("client_secret" or "client_assertion" or "client_assertion_type")));
        AuthorizeRequest request = RequestObjects.Read(sent, facts.Client, facts.Keys, facts.Issuer, facts.Now) with { IsPushed = true };
        if (request.Fault is { } fault) return new PushRefused(fault);
        // RFC 9449 section 10.1: a proof here binds the code as if its key had been named.
        if (facts.DpopKey is { } key)
        {
            if ((request.DpopKey ?? key) != key) return new PushRefused(OtherKey);
            request = request.BoundTo(key);
        }
        // Step 3: as at the authorization endpoint, except for what depends on the End-User (section 2.3).
        if (AuthorizeTarget.Find(request, facts.Client, out _) is { } unanswerable) return new PushRefused(unanswerable);
        if (AuthorizeRules.Judge(new AuthorizeFacts(request, facts.Client, facts.Catalogue) { Demands = facts.Demands }) is { } error) return new PushRefused(error);
        string requestUri = PushedRequest.UriOf(random);
        DateTimeOffset expiresAt = facts.Now + facts.Lifetime;
        string document = new PushedRequest(facts.Issuer, request, expiresAt).Write();
        var add = new AddHandle(new Handle(PushedRequest.KeyOf(facts.Issuer, requestUri), HandleKind.PushedRequest, null, document, expiresAt + facts.PageLifetime));
        return new Pushed(requestUri, request.Use(facts.Issuer, facts.Client.ClientId, facts.Now) is { } use ? new Together([use, add]) : add);
    }
}
