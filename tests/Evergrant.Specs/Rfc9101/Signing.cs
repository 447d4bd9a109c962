using System.Text.Json.Nodes;
using Evergrant.Specs.Rfc9126;

namespace Evergrant.Specs.Rfc9101;

/// <summary>The clients of the tests about signed requests, and how they sign.</summary>
public static class Signing
{
    /// <summary>The <c>typ</c> of a Request Object.</summary>
    public const string Type = "oauth-authz-req+jwt";

    private static readonly ClientDefinition Keyed = new("jar") { Jwks = ClientKeys.Public(), RedirectUris = ["https://jar.example/callback"] };

    /// <summary>Only signed requests of it are answered.</summary>
    public static ClientDefinition Required { get; } = Keyed with { Id = "jar-required", Further = Pushing.Members(("require_signed_request_object", true)) };

    /// <summary>Signs with ES256 and nothing else.</summary>
    public static ClientDefinition Fixed { get; } = Keyed with { Id = "jar-fixed", Further = Pushing.Members(("request_object_signing_alg", "ES256")) };

    /// <summary>Does not sign.</summary>
    public static ClientDefinition Unsecured { get; } = Keyed with { Id = "jar-unsigned", Further = Pushing.Members(("request_object_signing_alg", "none")) };

    /// <summary>As OpenID Connect has it: what the object does not say is taken from outside.</summary>
    public static ClientDefinition Merging { get; } = Keyed with { Id = "jar-merging", Further = Pushing.Members(("merge_request_object", true)) };

    /// <summary>Encrypts with RSA; the content algorithm is left to the server.</summary>
    public static ClientDefinition EncryptingRsa { get; } = Keyed with { Id = "jar-encrypting-rsa", Further = Pushing.Members(("request_object_encryption_alg", "RSA-OAEP-256"), ("request_object_signing_alg", "ES256")) };

    /// <summary>Encrypts with a key agreement, and sends nothing that is not signed.</summary>
    public static ClientDefinition EncryptingEc { get; } = Keyed with
    {
        Id = "jar-encrypting-ec",
        Further = Pushing.Members(("require_signed_request_object", true), ("request_object_encryption_alg", "ECDH-ES"), ("request_object_encryption_enc", "A256GCM")),
    };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ClientDefinition> All => [Keyed, Required, Fixed, Unsecured, Merging, EncryptingRsa, EncryptingEc];

    /// <summary>The usual one: any signature of its keys.</summary>
    public static ClientDefinition Any => Keyed;

    /// <summary>The request as an object beside nothing but client_id; right unless claims are changed, null takes one out.</summary>
    public static AuthorizationRequest InObject(this AuthorizationRequest request, params (string Name, object? Value)[] changes) => request.Carry(request.ObjectText(changes: changes));

    /// <summary>A request of the same client that carries an object.</summary>
    public static AuthorizationRequest Carry(this AuthorizationRequest request, string text)
    {
        var carrier = new AuthorizationRequest(request.Client);
        return carrier.Without([.. carrier.Parameters.Select(p => p.Name)]).With("client_id", request.Client.Id).With("request", text);
    }

    /// <summary>The object of a request.</summary>
    public static string ObjectText(this AuthorizationRequest request, string algorithm = "ES256", string? type = Type, object? key = null, string? kid = null, params (string Name, object? Value)[] changes)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var claims = request.Parameters.ToDictionary(p => p.Name, p => (object)p.Value);
        claims["iss"] = request.Client.Id;
        claims["aud"] = request.Client.Api.Issuer;
        claims["nbf"] = now;
        claims["exp"] = now + 300;
        foreach (var (name, value) in changes)
        {
            claims.Remove(name);
            if (value is not null) claims[name] = value is JsonNode node ? node : value;
        }

        (object? usual, string? name1) = algorithm switch { "ES256" => ((object?)(request.Client.Definition.Key ?? ClientKeys.Ec), (string?)"ec"), "RS256" or "PS256" => (ClientKeys.Rsa, "rsa"), _ => (null, null) };
        return Jwt.Sign(claims, algorithm, key ?? usual, kid ?? name1, type);
    }
}
