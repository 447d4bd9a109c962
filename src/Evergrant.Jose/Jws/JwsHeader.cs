using System.Text.Json;

namespace Evergrant.Jose;

/// <summary>The header members that are used (RFC 7515 §4.1); all others are ignored.</summary>
internal sealed record JwsHeader(string Algorithm, string? KeyId, string? Type)
{
    private const int MaxNameLength = 255;

    public static JwtFault Read(byte[] utf8, out JwsHeader? header, out string? fault)
    {
        header = null;
        if (!StrictJson.TryParseObject(utf8, out JsonDocument? document))
        {
            fault = "the header is not a strict JSON object";
            return JwtFault.NotAJws;
        }
        using (document)
        {
            JsonElement root = document.RootElement;
            // RFC 7515 §4.1.11: no extension is understood here, so every list of them is refused: an empty one, and one that names registered
            // parameters, are invalid anyway. RFC 7797's b64 changes what is signed and without crit it is an error of its own.
            if (root.TryGetProperty("crit", out _) || root.TryGetProperty("b64", out _))
            {
                fault = "the header asks for extensions that are not understood";
                return JwtFault.CriticalHeader;
            }
            if (!root.TryRequiredText("alg", out string? algorithm) || algorithm.Length > MaxNameLength)
            {
                fault = "alg is missing or not a string";
                return JwtFault.NotAJws;
            }
            if (!root.TryOptionalText("kid", out string? keyId) || !root.TryOptionalText("typ", out string? type) ||
                keyId?.Length > MaxNameLength || type?.Length > MaxNameLength)
            {
                fault = "kid or typ is not a string of at most 255 characters";
                return JwtFault.NotAJws;
            }
            header = new JwsHeader(algorithm, keyId, type);
            fault = null;
            return JwtFault.None;
        }
    }
}
