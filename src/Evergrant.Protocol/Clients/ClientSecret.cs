using System.Security.Cryptography;
using System.Text;
using Evergrant.Jose;

namespace Evergrant.Protocol.Clients;

/// <summary>Client secrets: 256 bits made by the server, of [A-Za-z0-9_-] only, stored as an HMAC.</summary>
/// <remarks>With this much entropy a fast check is right; a slow hash would only help those who flood the token endpoint.</remarks>
public static class ClientSecret
{
    /// <summary>Prefix by which secret scanners know it.</summary>
    public const string Prefix = "evs_";

    /// <summary>Makes a secret.</summary>
    /// <param name="random">32 random bytes.</param>
    public static string New(ReadOnlySpan<byte> random)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(random.Length, 32);
        return Prefix + CanonicalBase64Url.Encode(random);
    }

    /// <summary>What is stored of a secret.</summary>
    /// <param name="secret">The secret.</param>
    /// <param name="key">256-bit key that is kept outside the store.</param>
    public static byte[] Hash(string secret, byte[] key) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(secret));

    /// <summary>Whether a secret is one of those stored; takes the same time whichever it is.</summary>
    /// <param name="secret">What was presented.</param>
    /// <param name="key">The key of <see cref="Hash"/>.</param>
    /// <param name="hashes">What is stored.</param>
    public static bool Matches(string secret, byte[] key, IReadOnlyList<byte[]> hashes)
    {
        if (secret.Length > 1024) return false;
        Span<byte> utf8 = stackalloc byte[3072];
        Span<byte> presented = stackalloc byte[32];
        HMACSHA256.HashData(key, utf8[..Encoding.UTF8.GetBytes(secret, utf8)], presented);
        bool matches = false;
        foreach (byte[] hash in hashes) matches |= CryptographicOperations.FixedTimeEquals(presented, hash);
        return matches;
    }
}
