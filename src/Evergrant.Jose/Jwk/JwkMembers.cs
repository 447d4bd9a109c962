using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Text.Json;

namespace Evergrant.Jose;

/// <summary>What a key says about itself. <c>MayVerify</c> is false when <c>use</c> or <c>key_ops</c> (RFC 7517 §4.2, §4.3) rule verification out.</summary>
internal readonly record struct JwkMarks(string? KeyId, string? Algorithm, string? Use, bool MayVerify)
{
    /// <summary>Whether the same rule encryption out.</summary>
    public bool MayEncrypt { get; init; }

    /// <summary>SHA-256 of the first certificate of <c>x5c</c>, in base64url; null when there is none.</summary>
    public string? CertificateThumbprint { get; init; }
}

/// <summary>The members of a JWK, read and checked. A fault is a constant sentence without any of the input in it.</summary>
internal static class JwkMembers
{
    /// <summary>The fault for which a whole set is refused: somebody has published a secret.</summary>
    public const string Private = "the key has private or symmetric members";

    private const int MaxKeyIdLength = 255;

    // RFC 7518 §6.2.2, §6.3.2, §6.4.
    private static readonly string[] PrivateMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

    /// <summary>Null and all parts, or a fault. RSA: n and e, and no curve; EC: the curve, x and y.</summary>
    public static string? Read(JsonElement json, out JwkMarks marks, out EcCurve? curve, out byte[]? first, out byte[]? second)
    {
        (marks, curve, first, second) = (default, null, null, null);
        if (json.ValueKind != JsonValueKind.Object)
            return "the key is not an object";
        foreach (string member in PrivateMembers)
        {
            if (json.TryGetProperty(member, out _))
                return Private;
        }
        if (!json.TryRequiredText("kty", out string? type))
            return "kty is missing or not a string";
        string? fault = ReadMarks(json, out marks) ?? type switch
        {
            "RSA" => ReadRsa(json, out first, out second),
            "EC" => ReadEc(json, out curve, out first, out second),
            _ => "kty is not one that is supported",
        };
        if (fault is null)
        {
            fault = JwkCertificate.Fault(json, curve, first!, second!, out string? certificate);
            marks = marks with { CertificateThumbprint = certificate };
        }
        return fault;
    }

    /// <summary>Null, or why RFC 7518 §3.3 and §6.3.1 or plain sense refuse the numbers.</summary>
    public static string? RsaFault(ReadOnlySpan<byte> modulus, ReadOnlySpan<byte> exponent)
    {
        if (modulus.Length == 0 || modulus[0] == 0 || exponent.Length == 0 || exponent[0] == 0)
            return "n or e is empty or has leading zero octets";
        long bits = new BigInteger(modulus, isUnsigned: true, isBigEndian: true).GetBitLength();
        if (bits is < 2048 or > 8192)
            return "the RSA key has fewer than 2048 or more than 8192 bits";
        if ((modulus[^1] & 1) == 0)
            return "n is even";
        // A long exponent only makes verification slow, which is all an attacker who registers a key could want of it.
        if (exponent.Length > 4 || (exponent[^1] & 1) == 0 || (exponent.Length == 1 && exponent[0] < 3))
            return "e is even, below 3 or above 32 bits";
        return null;
    }

    private static string? ReadMarks(JsonElement json, out JwkMarks marks)
    {
        marks = default;
        if (!json.TryOptionalText("kid", out string? keyId) || keyId is { Length: 0 or > MaxKeyIdLength })
            return "kid is not a string of 1 to 255 characters";
        if (!json.TryOptionalText("alg", out string? algorithm) || !json.TryOptionalText("use", out string? use))
            return "alg or use is not a string";
        if (!TryOperations(json, out bool verify, out bool encrypt))
            return "key_ops is not an array of strings";
        marks = new JwkMarks(keyId, algorithm, use, use is null or "sig" && verify) { MayEncrypt = use is null or "enc" && encrypt };
        return null;
    }

    private static bool TryOperations(JsonElement json, out bool verify, out bool encrypt)
    {
        verify = encrypt = true;
        if (!json.TryGetProperty("key_ops", out JsonElement operations))
            return true;
        if (operations.ValueKind != JsonValueKind.Array)
            return false;
        verify = encrypt = false;
        foreach (JsonElement operation in operations.EnumerateArray())
        {
            if (!JsonText.TryText(operation, out string? name))
                return false;
            verify |= name == "verify";
            encrypt |= name is "encrypt" or "wrapKey" or "deriveKey" or "deriveBits";
        }
        return true;
    }

    private static string? ReadRsa(JsonElement json, out byte[]? modulus, out byte[]? exponent)
    {
        exponent = null;
        if (!TryOctets(json, "n", out modulus) || !TryOctets(json, "e", out exponent))
            return "n or e is missing or not base64url";
        return RsaFault(modulus, exponent);
    }

    private static string? ReadEc(JsonElement json, out EcCurve? curve, out byte[]? x, out byte[]? y)
    {
        (curve, x, y) = (null, null, null);
        if (!json.TryRequiredText("crv", out string? name) || (curve = EcCurve.ByName(name)) is null)
            return "crv is not one that is supported";
        if (!TryOctets(json, "x", out x) || !TryOctets(json, "y", out y))
            return "x or y is missing or not base64url";
        // RFC 7518 §6.2.1.2: full length, leading zeros included.
        if (x!.Length != curve.CoordinateLength || y!.Length != curve.CoordinateLength)
            return "x or y has not the length of the curve";
        return curve.Contains(x, y) ? null : "the point is not on the curve";
    }

    private static bool TryOctets(JsonElement json, string name, [NotNullWhen(true)] out byte[]? octets)
    {
        octets = null;
        return json.TryRequiredText(name, out string? text) && text.Length <= 4096 && CanonicalBase64Url.TryDecode(text, out octets);
    }
}
