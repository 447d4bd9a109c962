using System.Text;
using Evergrant.Jose;

namespace Evergrant.Protocol.Clients;

/// <summary>How answers are encrypted to a client.</summary>
/// <param name="Algorithm">JWE alg.</param>
/// <param name="ContentAlgorithm">JWE enc.</param>
public sealed record EncryptionChoice(string Algorithm, string ContentAlgorithm)
{
    /// <summary>OpenID Connect Registration section 2, RFC 9701 section 6: without alg nothing is encrypted and enc says nothing; without enc it is A128CBC-HS256.</summary>
    internal static EncryptionChoice? Read(JsonMembers read, string what, string? jwks, string? jwksUri)
    {
        string algName = what + "_encrypted_response_alg", encName = what + "_encrypted_response_enc";
        string? alg = read.Text(algName), enc = read.Text(encName);
        if (alg is null && enc is not null) read.Fault(encName, $"is there without {algName}");
        if (alg is not null && !JweAlgorithm.KeyManagement.Contains(alg)) read.Fault(algName, $"is none of {string.Join(", ", JweAlgorithm.KeyManagement)}");
        if (enc is not null && !JweAlgorithm.ContentEncryption.Contains(enc)) read.Fault(encName, $"is none of {string.Join(", ", JweAlgorithm.ContentEncryption)}");
        if (alg is null) return null;
        bool hasKey = jwks is not null && JwkSet.TryParse(Encoding.UTF8.GetBytes(jwks), out JwkSet? keys, out _) && keys.Keys.Any(k => k.FitsEncryption(alg));
        if (!hasKey && jwksUri is null) read.Fault(algName, "goes with no key in jwks, and there is no jwks_uri");
        return new EncryptionChoice(alg, enc ?? JweAlgorithm.A128CbcHs256);
    }
}
