using System.Text;
using Evergrant.Jose;

namespace Evergrant.Protocol.Clients;

/// <summary>How something is encrypted: answers to a client, or its requests to this server.</summary>
/// <param name="Algorithm">JWE alg.</param>
/// <param name="ContentAlgorithm">JWE enc.</param>
public sealed record EncryptionChoice(string Algorithm, string ContentAlgorithm)
{
    /// <summary>How answers are encrypted to the client (OpenID Connect Registration section 2, RFC 9701 section 6, JARM section 3), with a key of its own.</summary>
    internal static EncryptionChoice? Read(JsonMembers read, string what, string? jwks, string? jwksUri)
    {
        string algName = what + "_encrypted_response_alg";
        if (Read(read, algName, what + "_encrypted_response_enc", JweAlgorithm.KeyManagement) is not { } choice) return null;
        bool hasKey = jwks is not null && JwkSet.TryParse(Encoding.UTF8.GetBytes(jwks), out JwkSet? keys, out _) && keys.Keys.Any(k => k.FitsEncryption(choice.Algorithm));
        if (!hasKey && jwksUri is null) read.Fault(algName, "goes with no key in jwks, and there is no jwks_uri");
        return choice;
    }

    /// <summary>How the client encrypts its Request Objects, with a key of this server's.</summary>
    internal static EncryptionChoice? ReadOfRequests(JsonMembers read) => Read(read, "request_object_encryption_alg", "request_object_encryption_enc", Keys.KeyRing.ForEncryption);

    // Without alg nothing is encrypted and enc says nothing; without enc it is A128CBC-HS256.
    private static EncryptionChoice? Read(JsonMembers read, string algName, string encName, IReadOnlyList<string> algorithms)
    {
        string? alg = read.Text(algName), enc = read.Text(encName);
        if (alg is null && enc is not null) read.Fault(encName, $"is there without {algName}");
        if (alg is not null && !algorithms.Contains(alg)) read.Fault(algName, $"is none of {string.Join(", ", algorithms)}");
        if (enc is not null && !JweAlgorithm.ContentEncryption.Contains(enc)) read.Fault(encName, $"is none of {string.Join(", ", JweAlgorithm.ContentEncryption)}");
        return alg is null ? null : new EncryptionChoice(alg, enc ?? JweAlgorithm.A128CbcHs256);
    }
}
