using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Evergrant.Jose;

/// <summary>AES key wrapping (RFC 3394) of keys whose length is a multiple of eight octets, sixteen at least.</summary>
internal static class AesKeyWrap
{
    private const ulong Initial = 0xA6A6A6A6A6A6A6A6;

    public static byte[] Wrap(ReadOnlySpan<byte> wrappingKey, ReadOnlySpan<byte> key)
    {
        using var aes = Aes.Create();
        aes.SetKey(wrappingKey);
        byte[] wrapped = new byte[key.Length + 8];
        key.CopyTo(wrapped.AsSpan(8));
        Span<byte> block = stackalloc byte[16];
        ulong a = Initial;
        int n = key.Length / 8;
        for (int j = 0; j < 6; j++)
        {
            for (int i = 1; i <= n; i++)
            {
                BinaryPrimitives.WriteUInt64BigEndian(block, a);
                wrapped.AsSpan(i * 8, 8).CopyTo(block[8..]);
                aes.EncryptEcb(block, block, PaddingMode.None);
                a = BinaryPrimitives.ReadUInt64BigEndian(block) ^ (ulong)((n * j) + i);
                block[8..].CopyTo(wrapped.AsSpan(i * 8));
            }
        }
        BinaryPrimitives.WriteUInt64BigEndian(wrapped, a);
        return wrapped;
    }

    /// <summary>Null when the wrapping key is another, or the length is none.</summary>
    public static byte[]? Unwrap(ReadOnlySpan<byte> wrappingKey, ReadOnlySpan<byte> wrapped)
    {
        if (wrapped.Length is < 24 or > 128 || wrapped.Length % 8 != 0)
            return null;
        using var aes = Aes.Create();
        aes.SetKey(wrappingKey);
        byte[] key = wrapped[8..].ToArray();
        Span<byte> block = stackalloc byte[16];
        ulong a = BinaryPrimitives.ReadUInt64BigEndian(wrapped);
        int n = key.Length / 8;
        for (int j = 5; j >= 0; j--)
        {
            for (int i = n; i >= 1; i--)
            {
                BinaryPrimitives.WriteUInt64BigEndian(block, a ^ (ulong)((n * j) + i));
                key.AsSpan((i - 1) * 8, 8).CopyTo(block[8..]);
                aes.DecryptEcb(block, block, PaddingMode.None);
                a = BinaryPrimitives.ReadUInt64BigEndian(block);
                block[8..].CopyTo(key.AsSpan((i - 1) * 8));
            }
        }
        return a == Initial ? key : null;
    }
}
