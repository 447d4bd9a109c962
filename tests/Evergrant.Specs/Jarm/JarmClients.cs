using System.Text.Json.Nodes;
using Evergrant.Specs.Rfc9126;

namespace Evergrant.Specs.Jarm;

/// <summary>The clients of the tests about signed responses.</summary>
public static class JarmClients
{
    /// <summary>Signed with what is usual.</summary>
    public static ClientDefinition Usual { get; } = new("jarm") { Consent = "ask" };

    /// <summary>Signed with ES256.</summary>
    public static ClientDefinition Es256 { get; } = Usual with { Id = "jarm-es256", Further = Pushing.Members(("authorization_signed_response_alg", "ES256")) };

    /// <summary>Takes signed responses and no others.</summary>
    public static ClientDefinition Only { get; } = Usual with { Id = "jarm-only", Further = Pushing.Members(("response_modes", new JsonArray("jwt"))) };

    /// <summary>Encrypted; the content algorithm is left to the server.</summary>
    public static ClientDefinition Encrypted { get; } = Usual with { Id = "jarm-encrypted", Jwks = Rfc7516.EncryptedClients.Jwks, Further = Pushing.Members(("authorization_encrypted_response_alg", "RSA-OAEP-256")) };

    /// <summary>Encrypted with a key agreement.</summary>
    public static ClientDefinition Agreed { get; } = Encrypted with
    {
        Id = "jarm-agreed",
        Further = Pushing.Members(("authorization_signed_response_alg", "ES256"), ("authorization_encrypted_response_alg", "ECDH-ES"), ("authorization_encrypted_response_enc", "A256GCM")),
    };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ClientDefinition> All => [Usual, Es256, Only, Encrypted, Agreed];
}
