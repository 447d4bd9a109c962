using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Evergrant.Protocol.Storage;

namespace Evergrant.Protocol.Authorize;

/// <summary>An authorization request (RFC 6749 section 4.1.1, OpenID Connect Core section 3.1.2.1), read once; what is malformed is judged by <see cref="AuthorizeRules"/>.</summary>
public sealed record AuthorizeRequest
{
    /// <summary>What it was read from.</summary>
    public required Parameters Parameters { get; init; }

    /// <summary>client_id; null when absent.</summary>
    public string? ClientId => Parameters["client_id"];

    /// <summary>redirect_uri as sent; null when absent.</summary>
    public string? RedirectUri => Parameters["redirect_uri"];

    /// <summary>response_type; null when absent or unknown.</summary>
    public ResponseType? Type { get; init; }

    /// <summary>response_mode; null when absent.</summary>
    public string? ResponseMode => Parameters["response_mode"];

    /// <summary>state, given back byte for byte; null when absent.</summary>
    public string? State => Parameters["state"];

    /// <summary>nonce; null when absent.</summary>
    public string? Nonce => Parameters["nonce"];

    /// <summary>dpop_jkt: thumbprint of the key that the code is to be bound to (RFC 9449 section 10); null when absent.</summary>
    public string? DpopKey => Parameters["dpop_jkt"];

    /// <summary>The same request, with dpop_jkt naming this key.</summary>
    /// <param name="key">Thumbprint.</param>
    public AuthorizeRequest BoundTo(string key) => DpopKey == key ? this : this with { Parameters = Parameters.From(Parameters.All.Append(new("dpop_jkt", key))) };

    /// <summary>grant_management_action; null when absent.</summary>
    public string? GrantAction => Parameters["grant_management_action"];

    /// <summary>grant_id: name of the grant that is to be changed; null when absent.</summary>
    public string? GrantId => Parameters["grant_id"];

    /// <summary>login_hint; null when absent.</summary>
    public string? LoginHint => Parameters["login_hint"];

    /// <summary>Scope values; null when absent, empty when malformed.</summary>
    public required IReadOnlyList<string>? Scopes { get; init; }

    /// <summary>All resource parameters, and audience as their alias, each once.</summary>
    public required IReadOnlyList<string> Resources { get; init; }

    /// <summary>prompt values; empty when absent.</summary>
    public required IReadOnlyList<string> Prompts { get; init; }

    /// <summary>max_age in seconds; null when absent or malformed.</summary>
    public int? MaxAge { get; init; }

    /// <summary>The claims parameter; null when malformed.</summary>
    public required ClaimsParameter? Claims { get; init; }

    /// <summary>The objects of authorization_details (RFC 9396); empty when absent, null when malformed.</summary>
    public required IReadOnlyList<JsonElement>? Details { get; init; }

    /// <summary>What was wrong with the way it came (Request Object, request_uri); null for nothing.</summary>
    public OAuthError? Fault { get; init; }

    /// <summary>Whether the client pushed it (RFC 9126).</summary>
    public bool IsPushed { get; init; }

    /// <summary>Whether the client signed it (RFC 9101).</summary>
    public bool IsSigned { get; init; }

    /// <summary>jti of its Request Object; null for none.</summary>
    public string? JwtId { get; init; }

    /// <summary>End of its Request Object; null for none.</summary>
    public DateTimeOffset? JwtExpiresAt { get; init; }

    /// <summary>Whether it is an OpenID Connect request.</summary>
    public bool IsOpenId => Scopes?.Contains(Scope.OpenId) == true;

    /// <summary>Whether no page may be shown.</summary>
    public bool IsSilent => Prompts.Contains("none");

    /// <summary>Reads a request.</summary>
    /// <param name="parameters">Query or form.</param>
    public static AuthorizeRequest Read(Parameters parameters)
    {
        IReadOnlyList<string>? scopes = null;
        if (parameters["scope"] is { } scope && !Scope.TryParse(scope, out scopes)) scopes = [];
        return new AuthorizeRequest
        {
            Parameters = parameters,
            Scopes = scopes,
            Resources = [.. parameters.Many("resource").Concat(parameters.Many("audience")).Distinct()],
            Type = Authorize.ResponseType.Parse(parameters["response_type"]),
            Prompts = parameters["prompt"]?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [],
            MaxAge = int.TryParse(parameters["max_age"], NumberStyles.None, CultureInfo.InvariantCulture, out int age) ? age : null,
            Details = AuthorizationDetails.Parse(parameters["authorization_details"]),
            Claims = ClaimsParameter.Parse(parameters["claims"]),
        };
    }

    /// <summary>The change by which a Request Object with a jti counts once; null where it has none.</summary>
    /// <param name="issuer">The issuer that was asked.</param>
    /// <param name="clientId">The client.</param>
    /// <param name="now">The instant of the decision.</param>
    public UseAssertion? Use(string issuer, string clientId, DateTimeOffset now)
    {
        if (JwtId is null) return null;
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes("request object\n" + issuer + "\n" + clientId + "\n" + JwtId));
        // One without end cannot be remembered for ever.
        return new UseAssertion(hash, (JwtExpiresAt ?? now + TimeSpan.FromDays(1)) + TimeSpan.FromMinutes(5));
    }
}
