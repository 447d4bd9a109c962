using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Evergrant.Jose;

/// <summary>ECDH-ES (RFC 7518 §4.6): agreement on a curve, and the Concat KDF with SHA-256.</summary>
internal static class KeyAgreement
{
    /// <summary>The agreed key.</summary>
    /// <param name="own">One's own private key.</param>
    /// <param name="other">The other's public key, on the same curve; it was checked to be a point of it.</param>
    /// <param name="name">alg where the key wraps another, otherwise enc.</param>
    /// <param name="length">Octets.</param>
    /// <param name="partyU">apu, decoded; empty for none.</param>
    /// <param name="partyV">apv, decoded; empty for none.</param>
    public static byte[] Agree(ECDiffieHellman own, ECParameters other, string name, int length, ReadOnlySpan<byte> partyU, ReadOnlySpan<byte> partyV)
    {
        using var publicKey = ECDiffieHellman.Create(new ECParameters { Curve = other.Curve, Q = other.Q });
        byte[] secret = own.DeriveRawSecretAgreement(publicKey.PublicKey);
        byte[] key = ConcatKdf(secret, name, length, partyU, partyV);
        CryptographicOperations.ZeroMemory(secret);
        return key;
    }

    // NIST SP 800-56A §5.8.1 as RFC 7518 §4.6.2 fills it.
    private static byte[] ConcatKdf(ReadOnlySpan<byte> secret, string name, int length, ReadOnlySpan<byte> partyU, ReadOnlySpan<byte> partyV)
    {
        byte[] algorithm = Encoding.ASCII.GetBytes(name);
        byte[] input = [.. new byte[4], .. secret, .. Prefixed(algorithm), .. Prefixed(partyU), .. Prefixed(partyV), .. Number(length * 8)];
        byte[] key = new byte[length];
        Span<byte> hash = stackalloc byte[32];
        for (int round = 1, at = 0; at < length; round++, at += hash.Length)
        {
            BinaryPrimitives.WriteInt32BigEndian(input, round);
            SHA256.HashData(input, hash);
            hash[..Math.Min(hash.Length, length - at)].CopyTo(key.AsSpan(at));
        }
        CryptographicOperations.ZeroMemory(input);
        return key;
    }

    private static byte[] Prefixed(ReadOnlySpan<byte> octets) => [.. Number(octets.Length), .. octets];

    private static byte[] Number(int number)
    {
        byte[] octets = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(octets, number);
        return octets;
    }
}
