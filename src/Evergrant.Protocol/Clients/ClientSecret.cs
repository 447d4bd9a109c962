using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Evergrant.Jose;
using Evergrant.Protocol.Keys;

namespace Evergrant.Protocol.Clients;

/// <summary>Client secrets: 256 bits made by the server, of [A-Za-z0-9_-] only, stored as an HMAC.</summary>
/// <remarks>With this much entropy a fast check is right; a slow hash would only help those who flood the token endpoint.</remarks>
public static class ClientSecret
{
    /// <summary>Prefix by which secret scanners know it.</summary>
    public const string Prefix = "evs_";

    /// <summary>Purpose of the keys of <see cref="Hash"/>.</summary>
    public const string Purpose = "client-secret";

    private const int NumberLength = 2;

    /// <summary>Makes a secret.</summary>
    /// <param name="random">32 random bytes.</param>
    public static string New(ReadOnlySpan<byte> random)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(random.Length, 32);
        return Prefix + CanonicalBase64Url.Encode(random);
    }

    /// <summary>What is stored of a secret: the number of the key (2 bytes) and HMAC-SHA-256 (32 bytes).</summary>
    /// <param name="secret">The secret.</param>
    /// <param name="keys">Keys that are kept outside the store; the current one is taken.</param>
    public static byte[] Hash(string secret, NumberedKeys keys)
    {
        byte[] hash = new byte[NumberLength + HMACSHA256.HashSizeInBytes];
        BinaryPrimitives.WriteUInt16BigEndian(hash, (ushort)keys.CurrentNumber);
        HMACSHA256.HashData(keys.Current, Encoding.UTF8.GetBytes(secret), hash.AsSpan(NumberLength));
        return hash;
    }

    /// <summary>Number of the key of a stored hash; null for a hash of before keys were numbered, which is 32 bytes of the lowest key.</summary>
    /// <param name="hash">What is stored.</param>
    public static int? KeyNumberOf(ReadOnlySpan<byte> hash) =>
        hash.Length == NumberLength + HMACSHA256.HashSizeInBytes ? BinaryPrimitives.ReadUInt16BigEndian(hash) : null;

    /// <summary>Whether a secret is one of those stored; takes the same time whichever it is.</summary>
    /// <param name="secret">What was presented.</param>
    /// <param name="keys">The keys of <see cref="Hash"/>.</param>
    /// <param name="hashes">What is stored.</param>
    public static bool Matches(string secret, NumberedKeys keys, IReadOnlyList<byte[]> hashes) => Find(secret, keys, hashes) is not null;

    /// <summary>The stored hash of a secret, null when it is none of those; takes the same time whichever it is.</summary>
    /// <param name="secret">What was presented.</param>
    /// <param name="keys">The keys of <see cref="Hash"/>.</param>
    /// <param name="hashes">What is stored.</param>
    public static byte[]? Find(string secret, NumberedKeys keys, IReadOnlyList<byte[]> hashes)
    {
        if (secret.Length > 1024) return null;
        Span<byte> utf8 = stackalloc byte[3072];
        utf8 = utf8[..Encoding.UTF8.GetBytes(secret, utf8)];
        Span<byte> presented = stackalloc byte[HMACSHA256.HashSizeInBytes];
        byte[]? found = null;
        foreach (byte[] hash in hashes)
        {
            int? number = KeyNumberOf(hash);
            if (keys.Find(number) is not { } key) continue;
            HMACSHA256.HashData(key, utf8, presented);
            if (CryptographicOperations.FixedTimeEquals(presented, hash.AsSpan(number is null ? 0 : NumberLength))) found = hash;
        }
        return found;
    }
}
