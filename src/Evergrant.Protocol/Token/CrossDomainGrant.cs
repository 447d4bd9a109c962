using System.Text.Json;
using System.Text.Json.Nodes;
using Evergrant.Jose;
using Evergrant.Protocol.Clients;

namespace Evergrant.Protocol.Token;

/// <summary>Token exchange for an assertion that another authorization server accepts: identity chaining across domains, and the identity assertion grant (ID-JAG).</summary>
public static class CrossDomainGrant
{
    /// <summary>typ of an ID-JAG.</summary>
    public const string IdJagType = "oauth-id-jag+jwt";

    /// <summary>The grant profile (ID-JAG section 7.2).</summary>
    public const string Profile = "urn:ietf:params:oauth:grant-profile:id-jag";

    private static readonly OAuthError NoTarget = OAuthError.InvalidRequest("The parameter audience is missing.", Refusal.ParameterMissing);
    private static readonly OAuthError UnknownTarget = OAuthError.InvalidTarget("The audience is unknown, or not allowed for this client.", Refusal.ResourceInvalid);
    private static readonly OAuthError UnknownResource = OAuthError.InvalidTarget("The resource is not one that this client may name there.", Refusal.ResourceInvalid);
    private static readonly OAuthError NotOwn = TokenExchangeGrant.BadSubject with { Refusal = Refusal.SubjectTokenNotExchangeable };
    private static readonly OAuthError NotConfidential = new("unauthorized_client", "A client that proves nothing of itself cannot get assertions.", Refusal.GrantTypeNotAllowed);
    private static readonly OAuthError NoScope = OAuthError.InvalidScope("Nothing of the scope may be asked for there.", Refusal.ScopeWidened);
    private static readonly OAuthError Stale = new("insufficient_user_authentication", "The user has to authenticate again.", Refusal.AuthenticationTooOld);

    /// <summary>Whether a name means another authorization server for a client.</summary>
    /// <param name="client">The client.</param>
    /// <param name="name">An audience or resource.</param>
    public static bool IsTarget(Client client, string name) => Find(client, name) is not null;

    /// <summary>Decides.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="subject">The subject token, judged.</param>
    /// <param name="request">What is common to token requests.</param>
    /// <param name="client">The authenticated client.</param>
    /// <param name="now">The instant of the decision.</param>
    public static TokenDecision Decide(ExchangeRequest exchange, ExchangedToken subject, TokenRequest request, Client client, DateTimeOffset now)
    {
        if (client.IsPublic) return new Refused(NotConfidential);
        // One authorization server for each assertion (identity chaining section 2.3.3); the target may be named either way (section 2.3.1).
        IReadOnlyList<string> named = exchange.Audiences.Count > 0 || exchange.RequestedType == TokenType.IdJag ? exchange.Audiences : [.. exchange.Resources.Where(r => IsTarget(client, r))];
        if (named.Count == 0) return new Refused(NoTarget);
        if (named.Count > 1 || Find(client, named[0]) is not { } target) return new Refused(UnknownTarget);
        // ID-JAG section 4.3.3: a token about a user that this client itself was given, and no assertion of somebody else.
        if (subject.ClientId != client.ClientId || subject.Account is null || exchange.ActorToken is not null) return new Refused(NotOwn);
        if (exchange.RequestedType == TokenType.IdJag && !subject.IsIdToken && !subject.IsRefreshToken) return new Refused(NotOwn);
        List<string> resources = [.. exchange.Resources.Where(r => !IsTarget(client, r))];
        if (resources.Any(r => !target.Resources.Contains(r))) return new Refused(UnknownResource);
        if (target.MaximumAuthAge is { } age && !(subject.AuthTime >= now - age)) return new Refused(Stale);
        // What is asked is reduced to what the target's entry and the subject token allow, and told (ID-JAG section 4.3.4).
        List<string> scopes = [.. (request.Scopes ?? target.Scopes).Where(s => target.Scopes.Contains(s) && (subject.IsIdToken || subject.IsRefreshToken || subject.Scopes?.Contains(s) == true))];
        if (request.Scopes is { Count: > 0 } && scopes.Count == 0) return new Refused(NoScope);
        DateTimeOffset end = now + target.Lifetime;
        return new AssertionIssued(
            exchange.RequestedType == TokenType.IdJag ? IdJagType : GrantAssertion.Type, exchange.RequestedType, target.Issuer, target.ClientId ?? client.ClientId, subject.Account, Scope.Join(scopes), resources, now,
            subject.ExpiresAt < end && !subject.IsIdToken ? subject.ExpiresAt : end)
        {
            AuthTime = subject.AuthTime,
            Acr = subject.Acr,
            Amr = subject.Amr,
            Key = request.Proven.Dpop,
        };
    }

    private static CrossDomainTarget? Find(Client client, string name) => client.CrossDomain.FirstOrDefault(t => t.Issuer == name || t.Names.Contains(name));
}

/// <summary>An assertion for another authorization server is issued; nothing is stored.</summary>
/// <param name="Type">typ of its header.</param>
/// <param name="TokenType">issued_token_type.</param>
/// <param name="Audience">Issuer identifier of the other server.</param>
/// <param name="ClientId">The client's id there.</param>
/// <param name="Account">Account id of the End-User.</param>
/// <param name="Scope">Space-delimited values; empty for none.</param>
/// <param name="Resources">Resources there; empty for none.</param>
/// <param name="IssuedAt">The instant of the decision.</param>
/// <param name="ExpiresAt">Its end.</param>
public sealed record AssertionIssued(
    string Type, string TokenType, string Audience, string ClientId, string Account, string Scope, IReadOnlyList<string> Resources, DateTimeOffset IssuedAt, DateTimeOffset ExpiresAt) : TokenDecision
{
    /// <summary>When the End-User authenticated; null when it is not known.</summary>
    public DateTimeOffset? AuthTime { get; init; }

    /// <summary>Authentication context class; null when it is not known.</summary>
    public string? Acr { get; init; }

    /// <summary>Authentication methods; null when they are not known.</summary>
    public IReadOnlyList<string>? Amr { get; init; }

    /// <summary>The key that only its holder may redeem it with; null for none.</summary>
    public Confirmation? Key { get; init; }

    /// <summary>Its claims beside the registered ones.</summary>
    /// <param name="email">Email address that identifies the user there; null when it may not be told.</param>
    public IReadOnlyDictionary<string, JsonElement> Claims(string? email)
    {
        var json = new JsonObject { ["client_id"] = ClientId };
        if (Scope.Length > 0) json["scope"] = Scope;
        if (Resources.Count > 0) json["resource"] = Resources.Count == 1 ? Resources[0] : new JsonArray([.. Resources.Select(r => (JsonNode)r)]);
        if (AuthTime is { } time) json["auth_time"] = time.ToUnixTimeSeconds();
        if (Acr is not null) json["acr"] = Acr;
        if (Amr is not null) json["amr"] = new JsonArray([.. Amr.Select(a => (JsonNode)a)]);
        if (email is not null) json["email"] = email;
        if (Key is not null) json["cnf"] = new JsonObject { [Key.Member] = Key.Thumbprint };
        using JsonDocument document = JsonDocument.Parse(json.ToJsonString());
        return document.RootElement.EnumerateObject().ToDictionary(m => m.Name, m => m.Value.Clone(), StringComparer.Ordinal);
    }
}
