namespace Evergrant.Pages.QrCodes;

/// <summary>The check codewords of QR codes: Reed-Solomon over GF(256) with the polynomial x^8 + x^4 + x^3 + x^2 + 1 (ISO/IEC 18004 section 7.5.2).</summary>
internal static class ReedSolomon
{
    /// <summary>The check codewords of a block.</summary>
    /// <param name="data">The block.</param>
    /// <param name="count">How many.</param>
    public static byte[] Checks(ReadOnlySpan<byte> data, int count)
    {
        byte[] generator = Generator(count), rest = new byte[count];
        foreach (byte one in data)
        {
            byte factor = (byte)(one ^ rest[0]);
            rest.AsSpan(1).CopyTo(rest);
            rest[^1] = 0;
            for (int i = 0; i < count; i++) rest[i] ^= Multiply(generator[i], factor);
        }
        return rest;
    }

    /// <summary>The product of two elements.</summary>
    public static byte Multiply(byte one, byte other)
    {
        int product = 0;
        for (int bit = 7; bit >= 0; bit--)
        {
            product = (product << 1) ^ ((product >> 7) * 0x11D);
            product ^= ((other >> bit) & 1) * one;
        }
        return (byte)product;
    }

    // The product of (x - 2^i), without its leading 1.
    private static byte[] Generator(int degree)
    {
        byte[] result = new byte[degree];
        result[^1] = 1;
        byte root = 1;
        for (int i = 0; i < degree; i++)
        {
            for (int j = 0; j < degree; j++)
            {
                result[j] = Multiply(result[j], root);
                if (j + 1 < degree) result[j] ^= result[j + 1];
            }
            root = Multiply(root, 2);
        }
        return result;
    }
}
