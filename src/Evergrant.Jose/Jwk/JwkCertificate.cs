using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace Evergrant.Jose;

/// <summary>
/// <c>x5c</c> (RFC 7517 §4.7) is never a source of trust here; but a first certificate with another key than the JWK's is a lie, and the JWK is refused.
/// <c>x5u</c>, <c>x5t</c> and <c>x5t#S256</c> are ignored: nothing is fetched, and nothing is looked up by them.
/// </summary>
internal static class JwkCertificate
{
    private const string Malformed = "x5c is not an array that begins with a certificate";
    private const int MaxTextLength = 16 * 1024;

    public static string? Fault(JsonElement json, EcCurve? curve, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, out string? thumbprint)
    {
        thumbprint = null;
        if (!json.TryGetProperty("x5c", out JsonElement chain))
            return null;
        if (chain.ValueKind != JsonValueKind.Array || chain.GetArrayLength() == 0 ||
            !JsonText.TryText(chain[0], out string? text) || text.Length > MaxTextLength)
        {
            return Malformed;
        }
        try
        {
            using X509Certificate2 certificate = X509CertificateLoader.LoadCertificate(Convert.FromBase64String(text));
            thumbprint = CanonicalBase64Url.Encode(SHA256.HashData(certificate.RawDataMemory.Span));
            return (curve is null ? IsRsa(certificate, first, second) : IsEc(certificate, first, second)) ? null : "x5c certifies another key";
        }
        catch (Exception failure) when (failure is CryptographicException or FormatException)
        {
            return Malformed;
        }
    }

    private static bool IsRsa(X509Certificate2 certificate, ReadOnlySpan<byte> modulus, ReadOnlySpan<byte> exponent)
    {
        using RSA? key = certificate.GetRSAPublicKey();
        return key?.ExportParameters(false) is { } certified && modulus.SequenceEqual(certified.Modulus) && exponent.SequenceEqual(certified.Exponent);
    }

    // Equal coordinates on the JWK's curve: a point of two curves at once would have to be made on purpose, and gains nothing since the JWK's curve is the one used.
    private static bool IsEc(X509Certificate2 certificate, ReadOnlySpan<byte> x, ReadOnlySpan<byte> y)
    {
        using ECDsa? key = certificate.GetECDsaPublicKey();
        return key?.ExportParameters(false) is { } certified && x.SequenceEqual(certified.Q.X) && y.SequenceEqual(certified.Q.Y);
    }
}
