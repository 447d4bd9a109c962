using System.Numerics;
using System.Security.Cryptography;

namespace Evergrant.Jose.Tests;

/// <summary>RSASSA-PSS from its description (RFC 8017 §8.1, §9.1) with a salt of any length, which the BCL does not offer.</summary>
internal sealed class RawPss(RSAParameters key, HashAlgorithmName hash)
{
    private readonly BigInteger modulus = Number(key.Modulus!);
    private readonly int hashLength = CryptographicOperations.HashData(hash, []).Length;

    /// <summary>Signs with a salt of zeros.</summary>
    public byte[] Sign(byte[] text, int saltLength)
    {
        byte[] salt = new byte[saltLength];
        byte[] digest = Digest([.. new byte[8], .. Digest(text), .. salt]);
        byte[] block = new byte[key.Modulus!.Length - hashLength - 1];
        block[^(saltLength + 1)] = 1;
        Mask(block, digest);
        block[0] &= 0x7F;
        var encoded = new BigInteger((byte[])[.. block, .. digest, 0xBC], isUnsigned: true, isBigEndian: true);
        return Octets(BigInteger.ModPow(encoded, Number(key.D!), modulus));
    }

    /// <summary>The length of the salt in a signature of a key whose modulus fills its octets; -1 when it is not PSS at all.</summary>
    public int SaltLengthOf(byte[] signature)
    {
        byte[] encoded = Octets(BigInteger.ModPow(Number(signature), Number(key.Exponent!), modulus));
        byte[] block = encoded[..^(hashLength + 1)];
        Mask(block, encoded[block.Length..^1]);
        block[0] &= 0x7F;
        int one = Array.FindIndex(block, octet => octet != 0);
        return encoded[^1] == 0xBC && one >= 0 && block[one] == 1 ? block.Length - one - 1 : -1;
    }

    private static BigInteger Number(byte[] octets) => new(octets, isUnsigned: true, isBigEndian: true);

    private byte[] Digest(byte[] octets) => CryptographicOperations.HashData(hash, octets);

    // MGF1 with the same hash (appendix B.2.1).
    private void Mask(byte[] block, byte[] seed)
    {
        for (int i = 0; i < block.Length; i++)
            block[i] ^= Digest([.. seed, 0, 0, (byte)(i / hashLength / 256), (byte)(i / hashLength)])[i % hashLength];
    }

    private byte[] Octets(BigInteger number)
    {
        byte[] octets = number.ToByteArray(isUnsigned: true, isBigEndian: true);
        return [.. new byte[key.Modulus!.Length - octets.Length], .. octets];
    }
}
