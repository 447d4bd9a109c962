using System.Security.Cryptography;
using System.Text;
using Evergrant.Pages.QrCodes;
using Xunit;

namespace Evergrant.Pages.Tests.QrCodes;

public sealed class QrCodeTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(14, 1)]
    [InlineData(15, 2)]
    [InlineData(47, 4)]
    [InlineData(84, 5)]
    [InlineData(106, 6)]
    [InlineData(122, 7)]
    [InlineData(180, 9)]
    [InlineData(181, 10)]
    [InlineData(300, 13)]
    [InlineData(500, 17)]
    [InlineData(666, 20)]
    public void What_is_written_is_read_again_without_a_correction(int length, int version)
    {
        string text = string.Concat(Enumerable.Range(0, length).Select(i => (char)('!' + (((i * 7) + length) % 90))));
        QrCode code = QrCode.Of(text)!;
        Assert.Equal((version, 17 + (4 * version)), (code.Version, code.Size));
        Assert.Equal(text, Read(code));
    }

    [Fact]
    public void Letters_of_every_script_are_UTF_8() => Assert.Equal("https://bücher.example/gerät?ключ=鍵", Read(QrCode.Of("https://bücher.example/gerät?ключ=鍵")!));

    [Fact]
    public void What_is_too_long_has_no_code()
    {
        Assert.NotNull(QrCode.Of(""));
        Assert.Null(QrCode.Of(new string('x', 667)));
    }

    // Read by another's program (jsQR 1.4.0) as the text that it was made of.
    [Theory]
    [InlineData("https://id.example/device?user_code=BCD-FGH-JKL", "8cd24d876f76e0ac")]
    [InlineData("https://login.accounts.a-rather-long-name.example/tenants/number-one/device?user_code=BCD-FGH-JKL&and=some-more-to-make-it-longer-than-others", "4fe564f98afae8f0")]
    public void A_code_is_the_same_as_when_others_have_read_it(string text, string hash)
    {
        QrCode code = QrCode.Of(text)!;
        var modules = new StringBuilder();
        for (int row = 0; row < code.Size; row++)
        {
            for (int column = 0; column < code.Size; column++) modules.Append(code[row, column] ? '1' : '0');
        }
        Assert.Equal(hash, Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(modules.ToString())).AsSpan(0, 8)));
    }

    [Fact]
    public void The_check_codewords_are_those_of_the_standards_example() =>
        // ISO/IEC 18004 annex I.2: the data of "01234567" in version 1-M.
        Assert.Equal(
            new byte[] { 0xA5, 0x24, 0xD4, 0xC1, 0xED, 0x36, 0xC7, 0x87, 0x2C, 0x55 },
            ReedSolomon.Checks([0x10, 0x20, 0x0C, 0x56, 0x61, 0x80, 0xEC, 0x11, 0xEC, 0x11, 0xEC, 0x11, 0xEC, 0x11, 0xEC, 0x11], 10));

    [Fact]
    public void The_picture_has_its_quiet_zone_and_every_dark_module_once()
    {
        QrCode code = QrCode.Of("x")!;
        string svg = QrSvg.Of(code);
        Assert.StartsWith("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 29 29\"", svg, StringComparison.Ordinal);
        Assert.Contains("M4 4h7v1h-7z", svg, StringComparison.Ordinal);
        int dark = 0;
        for (int row = 0; row < code.Size; row++)
        {
            for (int column = 0; column < code.Size; column++) dark += code[row, column] ? 1 : 0;
        }
        Assert.Equal(dark, System.Text.RegularExpressions.Regex.Matches(svg, "h([0-9]+)v1").Sum(m => int.Parse(m.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)));
    }

    /// <summary>Reads a code as a scanner does that sees it perfectly: format, mask, the way of the modules, blocks, checks, mode, count, bytes.</summary>
    private static string Read(QrCode code)
    {
        int size = code.Size, version = code.Version;
        // Format: 15 bits around the first finder; level M is 00.
        int format = 0;
        (int Row, int Column)[] places = [(8, 0), (8, 1), (8, 2), (8, 3), (8, 4), (8, 5), (8, 7), (8, 8), (7, 8), (5, 8), (4, 8), (3, 8), (2, 8), (1, 8), (0, 8)];
        foreach ((int row, int column) in places) format = (format << 1) | (code[row, column] ? 1 : 0);
        format ^= 0b101010000010010;
        Assert.Equal(0, format >> 13);
        int mask = (format >> 10) & 7;
        Assert.Equal(code.Mask, mask);
        for (int i = 8; i < size - 8; i++) Assert.True(code[6, i] == (i % 2 == 0) && code[i, 6] == (i % 2 == 0));
        Assert.True(code[size - 8, 8]);

        bool[,] reserved = Reserved(version, size);
        var bits = new List<bool>();
        bool up = true;
        for (int right = size - 1; right > 0; right -= 2, up = !up)
        {
            if (right == 6) right--;
            for (int i = 0; i < size; i++)
            {
                int row = up ? size - 1 - i : i;
                foreach (int column in new[] { right, right - 1 })
                {
                    if (!reserved[row, column]) bits.Add(code[row, column] ^ QrCode.Turns(mask, row, column));
                }
            }
        }
        byte[] codewords = [.. Enumerable.Range(0, QrCode.CodewordsOf(version)).Select(n => (byte)Enumerable.Range(0, 8).Aggregate(0, (v, b) => (v << 1) | (bits[(8 * n) + b] ? 1 : 0)))];
        Assert.True(bits.Count - (8 * codewords.Length) is >= 0 and < 8);

        // Table 9 of the standard, level M: (blocks, codewords in all, codewords of data), and those that have one more.
        (int Count, int All, int Data)[] groups = version switch
        {
            1 => [(1, 26, 16)],
            2 => [(1, 44, 28)],
            4 => [(2, 50, 32)],
            3 => [(1, 70, 44)],
            5 => [(2, 67, 43)],
            6 => [(4, 43, 27)],
            7 => [(4, 49, 31)],
            9 => [(3, 58, 36), (2, 59, 37)],
            10 => [(4, 69, 43), (1, 70, 44)],
            13 => [(8, 59, 37), (1, 60, 38)],
            17 => [(10, 74, 46), (1, 75, 47)],
            20 => [(3, 67, 41), (13, 68, 42)],
            _ => throw new ArgumentOutOfRangeException(nameof(code)),
        };
        var blocks = groups.SelectMany(g => Enumerable.Repeat(g, g.Count)).ToList();
        Assert.Equal(codewords.Length, blocks.Sum(b => b.All));
        var data = blocks.Select(b => new byte[b.Data]).ToList();
        var checks = blocks.Select(b => new byte[b.All - b.Data]).ToList();
        int at = 0;
        for (int i = 0; i < data.Max(d => d.Length); i++) foreach (byte[] block in data.Where(d => i < d.Length)) block[i] = codewords[at++];
        for (int i = 0; i < checks[0].Length; i++) foreach (byte[] block in checks) block[i] = codewords[at++];
        foreach ((byte[] block, byte[] check) in data.Zip(checks)) Assert.True(HasNoSyndrome([.. block, .. check], check.Length));

        byte[] all = [.. data.SelectMany(d => d)];
        int Take(int from, int count) => Enumerable.Range(from, count).Aggregate(0, (v, b) => (v << 1) | ((all[b / 8] >> (7 - (b % 8))) & 1));
        Assert.Equal(0b0100, Take(0, 4));
        int countBits = version < 10 ? 8 : 16, length = Take(4, countBits);
        return Encoding.UTF8.GetString([.. Enumerable.Range(0, length).Select(n => (byte)Take(4 + countBits + (8 * n), 8))]);
    }

    // Whether the polynomial is zero at every root of the generator.
    private static bool HasNoSyndrome(byte[] block, int count)
    {
        byte root = 1;
        for (int i = 0; i < count; i++, root = ReedSolomon.Multiply(root, 2))
        {
            if (block.Aggregate((byte)0, (value, one) => (byte)(ReedSolomon.Multiply(value, root) ^ one)) != 0) return false;
        }
        return true;
    }

    // Annex E: centres of the alignment patterns.
    private static bool[,] Reserved(int version, int size)
    {
        int[] centres = version switch
        {
            1 => [],
            2 => [6, 18],
            3 => [6, 22],
            4 => [6, 26],
            5 => [6, 30],
            6 => [6, 34],
            7 => [6, 22, 38],
            9 => [6, 26, 46],
            10 => [6, 28, 50],
            13 => [6, 34, 62],
            17 => [6, 30, 54, 78],
            20 => [6, 34, 62, 90],
            _ => throw new ArgumentOutOfRangeException(nameof(version)),
        };
        var reserved = new bool[size, size];
        for (int row = 0; row < size; row++)
        {
            for (int column = 0; column < size; column++)
            {
                bool finder = (row < 9 && column < 9) || (row < 9 && column >= size - 8) || (row >= size - 8 && column < 9);
                bool marks = version >= 7 && ((row < 6 && column >= size - 11) || (column < 6 && row >= size - 11));
                reserved[row, column] = finder || marks || row == 6 || column == 6;
            }
        }
        foreach (int y in centres)
        {
            foreach (int x in centres)
            {
                if ((y < 9 && x < 9) || (y < 9 && x > size - 9) || (y > size - 9 && x < 9)) continue;
                for (int row = y - 2; row <= y + 2; row++) for (int column = x - 2; column <= x + 2; column++) reserved[row, column] = true;
            }
        }
        return reserved;
    }
}
