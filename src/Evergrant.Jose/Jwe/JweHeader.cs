using System.Text.Json;

namespace Evergrant.Jose;

/// <summary>The header members that are used (RFC 7516 §4.1, RFC 7518 §4.6.1); others are ignored, among them those that point to keys.</summary>
internal sealed record JweHeader(string Algorithm, string Encryption, string? KeyId, string? Type, string? ContentType, Jwk? Ephemeral, byte[] PartyU, byte[] PartyV)
{
    private const int MaxPartyLength = 512;

    /// <summary>Null and the header, or the fault as a constant sentence.</summary>
    public static string? Read(byte[] utf8, out JweHeader? header)
    {
        header = null;
        if (!StrictJson.TryParseObject(utf8, out JsonDocument? document))
            return "the header is not a strict JSON object";
        using (document)
        {
            JsonElement root = document.RootElement;
            // RFC 7516 §4.1.13, §4.1.3: no extension is understood, and nothing is inflated for a stranger.
            if (root.TryGetProperty("crit", out _) || root.TryGetProperty("zip", out _))
                return "the header asks for extensions or compression, which are not supported";
            if (!root.TryRequiredText("alg", out string? alg) || !root.TryRequiredText("enc", out string? enc))
                return "alg or enc is missing or not a string";
            if (!root.TryOptionalText("kid", out string? keyId) || !root.TryOptionalText("typ", out string? type) || !root.TryOptionalText("cty", out string? contentType))
                return "kid, typ or cty is not a string";
            if (!TryParty(root, "apu", out byte[] partyU) || !TryParty(root, "apv", out byte[] partyV))
                return "apu or apv is not base64url of at most 512 characters";
            Jwk? ephemeral = null;
            if (JweAlgorithm.IsEcdh(alg) && !(root.TryGetProperty("epk", out JsonElement point) && Jwk.TryParseStrict(point, out ephemeral, out _) && ephemeral.Curve is not null))
                return "epk is missing or no point of a supported curve";
            header = new JweHeader(alg, enc, keyId, type, contentType, ephemeral, partyU, partyV);
            return null;
        }
    }

    private static bool TryParty(JsonElement root, string name, out byte[] octets)
    {
        octets = [];
        if (!root.TryOptionalText(name, out string? text) || text?.Length > MaxPartyLength)
            return false;
        if (text is null)
            return true;
        bool good = CanonicalBase64Url.TryDecode(text, out byte[]? decoded);
        octets = decoded ?? [];
        return good;
    }
}
