using System.Buffers.Text;
using System.Security.Cryptography;

namespace Evergrant.Protocol.Binding;

/// <summary>The client certificate as proxies pass it on in a header. The form is told from the value.</summary>
/// <remarks>
/// RFC 9440 Client-Cert (<c>:base64 of DER:</c>) · a PEM, URL-encoded (nginx <c>$ssl_client_escaped_cert</c>, Traefik) or with its lines joined (Apache, HAProxy) ·
/// Envoy's X-Forwarded-Client-Cert (<c>Cert="URL-encoded PEM"</c>) · base64 of DER alone (HAProxy, Traefik).
/// </remarks>
public static class CertificateHeader
{
    private const int MaximumLength = 16 * 1024;
    private const string Begin = "-----BEGIN CERTIFICATE-----", End = "-----END CERTIFICATE-----";

    /// <summary>Reads the certificate.</summary>
    /// <param name="value">The header's value.</param>
    /// <returns>DER; null when there is not exactly one certificate in one of the forms.</returns>
    public static byte[]? Read(string value)
    {
        if (value.Length > MaximumLength) return null;
        string text = value.Trim();
        if (text.Length > 2 && text[0] == ':' && text[^1] == ':') return Decode(text[1..^1]);
        if (text.Contains("Cert=", StringComparison.OrdinalIgnoreCase)) text = ForwardedElement(text) ?? "";
        if (text.Contains('%')) text = Unescape(text);
        if (!text.StartsWith(Begin, StringComparison.Ordinal)) return Decode(text);
        int end = text.IndexOf(End, Begin.Length, StringComparison.Ordinal);
        // Behind the first certificate there may be those that it was issued by; the client's comes first.
        return end < 0 ? null : Decode(string.Concat(text[Begin.Length..end].Where(c => !char.IsWhiteSpace(c))));
    }

    /// <summary>The Cert member of Envoy's header. Of several elements nobody can say which the client's own is: the proxy is to set the header, not to append to it.</summary>
    private static string? ForwardedElement(string text)
    {
        bool quoted = false;
        string? found = null;
        int start = 0;
        for (int i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && text[i] == '"') quoted = !quoted;
            if (i < text.Length && (quoted || text[i] is not (';' or ','))) continue;
            if (i < text.Length && text[i] == ',') return null;
            string member = text[start..i].Trim();
            start = i + 1;
            if (!member.StartsWith("Cert=", StringComparison.OrdinalIgnoreCase)) continue;
            if (found is not null) return null;
            found = member[5..].Trim('"');
        }
        return quoted ? null : found;
    }

    private static string Unescape(string text)
    {
        // A plus sign is base64 here, not a blank.
        return Uri.UnescapeDataString(text);
    }

    private static byte[]? Decode(string base64)
    {
        if (base64.Length == 0 || !Base64.IsValid(base64)) return null;
        try
        {
            return Convert.FromBase64String(base64);
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
