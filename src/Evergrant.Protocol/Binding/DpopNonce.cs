using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Evergrant.Jose;
using Evergrant.Protocol.Keys;

namespace Evergrant.Protocol.Binding;

/// <summary>Nonces for DPoP proofs (RFC 9449 section 8): nothing is stored; each is an HMAC over issuer and time, by a key that all nodes have, and is good for some minutes on each of them.</summary>
public static class DpopNonce
{
    /// <summary>Label of the keys.</summary>
    public const string Purpose = "dpop-nonce";

    private const int TagLength = 16, StepAt = 2, TagAt = StepAt + 8, Length = TagAt + TagLength;

    /// <summary>How long one nonce is given out.</summary>
    public static TimeSpan Step { get; } = TimeSpan.FromMinutes(2);

    /// <summary>For how many steps it is good after the one that it was given out in.</summary>
    private const int Later = 2;

    /// <summary>From when it is given out until it is refused, at most; clocks that differ included.</summary>
    public static TimeSpan LongestLife { get; } = (Later + 2) * Step;

    /// <summary>The nonce of an instant.</summary>
    /// <param name="keys">Keys of <see cref="Purpose"/>.</param>
    /// <param name="issuer">Issuer.</param>
    /// <param name="now">The instant.</param>
    public static string Write(NumberedKeys keys, string issuer, DateTimeOffset now)
    {
        byte[] octets = new byte[Length];
        BinaryPrimitives.WriteUInt16BigEndian(octets, (ushort)keys.CurrentNumber);
        BinaryPrimitives.WriteInt64BigEndian(octets.AsSpan(StepAt), StepOf(now));
        Tag(keys.Current, issuer, octets.AsSpan(0, TagAt), octets.AsSpan(TagAt));
        return CanonicalBase64Url.Encode(octets);
    }

    /// <summary>Whether a nonce was given out by this server a short time ago.</summary>
    /// <param name="nonce">What was shown.</param>
    /// <param name="keys">Keys of <see cref="Purpose"/>.</param>
    /// <param name="issuer">Issuer.</param>
    /// <param name="now">The instant.</param>
    public static bool IsGood(string nonce, NumberedKeys keys, string issuer, DateTimeOffset now)
    {
        Span<byte> octets = stackalloc byte[Length + 3], tag = stackalloc byte[TagLength];
        if (nonce.Length > Length * 2 || !CanonicalBase64Url.TryDecode(nonce, octets, out int written) || written != Length) return false;
        if (keys.Find(BinaryPrimitives.ReadUInt16BigEndian(octets)) is not { } key) return false;
        Tag(key, issuer, octets[..TagAt], tag);
        if (!CryptographicOperations.FixedTimeEquals(tag, octets[TagAt..Length])) return false;
        long age = StepOf(now) - BinaryPrimitives.ReadInt64BigEndian(octets[StepAt..]);
        // One ahead: of a node whose clock is a little ahead.
        return age is >= -1 and <= Later;
    }

    private static long StepOf(DateTimeOffset now) => now.ToUnixTimeSeconds() / (long)Step.TotalSeconds;

    private static void Tag(byte[] key, string issuer, ReadOnlySpan<byte> head, Span<byte> tag) =>
        HMACSHA256.HashData(key, (byte[])[.. head, .. Encoding.UTF8.GetBytes(issuer)]).AsSpan(0, TagLength).CopyTo(tag);
}
