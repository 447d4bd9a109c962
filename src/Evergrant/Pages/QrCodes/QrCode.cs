using System.Text;

namespace Evergrant.Pages.QrCodes;

/// <summary>A QR code (ISO/IEC 18004) of a short text: byte mode, error correction M, versions 1 to 20. Immutable.</summary>
/// <remarks>In the order of the standard's section 7: analyse, encode, correct, place, mask, mark.</remarks>
internal sealed class QrCode
{
    // Of level M: check codewords of each block, and number of blocks, from version 1 on (table 9).
    private static readonly int[] CheckLength = [10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26];
    private static readonly int[] Blocks = [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16];

    private readonly bool[,] _dark;
    private readonly bool[,] _fixed;

    private QrCode(int version)
    {
        Version = version;
        Size = 17 + (4 * version);
        _dark = new bool[Size, Size];
        _fixed = new bool[Size, Size];
    }

    /// <summary>1 to 20.</summary>
    public int Version { get; }

    /// <summary>Modules on a side, without the quiet zone.</summary>
    public int Size { get; }

    /// <summary>The mask pattern, 0 to 7.</summary>
    public int Mask { get; private set; }

    /// <summary>Whether a module is dark.</summary>
    /// <param name="row">From 0, the top.</param>
    /// <param name="column">From 0, the left.</param>
    public bool this[int row, int column] => _dark[row, column];

    /// <summary>Makes the code of a text.</summary>
    /// <param name="text">The text; UTF-8 in the code.</param>
    /// <returns>Null when it is longer than 666 bytes.</returns>
    public static QrCode? Of(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        for (int version = 1; version <= Blocks.Length; version++)
        {
            int countBits = version < 10 ? 8 : 16;
            if (4 + countBits + (8 * bytes.Length) > 8 * DataLength(version)) continue;
            var code = new QrCode(version);
            code.PlaceFunctionPatterns();
            code.PlaceData(WithChecks(version, Data(version, bytes, countBits)));
            code.ChooseMask();
            return code;
        }
        return null;
    }

    /// <summary>Codewords that a version holds, those for checking among them.</summary>
    internal static int CodewordsOf(int version)
    {
        int modules = (((16 * version) + 128) * version) + 64;
        if (version >= 2)
        {
            int alignments = (version / 7) + 2;
            modules -= (((25 * alignments) - 10) * alignments) - 55;
            if (version >= 7) modules -= 36;
        }
        return modules / 8;
    }

    private static int DataLength(int version) => CodewordsOf(version) - (CheckLength[version - 1] * Blocks[version - 1]);

    // Mode 0100, the count, the bytes, the end, and 236 and 17 in turn until it is full.
    private static byte[] Data(int version, byte[] bytes, int countBits)
    {
        byte[] data = new byte[DataLength(version)];
        int at = 0;
        Append(0b0100, 4);
        Append(bytes.Length, countBits);
        foreach (byte one in bytes) Append(one, 8);
        at = Math.Min(at + 4, 8 * data.Length);
        int next = (at + 7) / 8;
        for (bool first = true; next < data.Length; next++, first = !first) data[next] = first ? (byte)0xEC : (byte)0x11;
        return data;

        void Append(int value, int bits)
        {
            for (int bit = bits - 1; bit >= 0; bit--, at++) data[at >> 3] |= (byte)(((value >> bit) & 1) << (7 - (at & 7)));
        }
    }

    // Blocks of nearly the same length, the shorter ones first, each with its checks; then column by column.
    private static byte[] WithChecks(int version, byte[] data)
    {
        int count = Blocks[version - 1], check = CheckLength[version - 1], all = CodewordsOf(version);
        int shorter = count - (all % count), length = (all / count) - check;
        byte[][] blocks = new byte[count][], checks = new byte[count][];
        for (int block = 0, at = 0; block < count; block++)
        {
            int size = length + (block < shorter ? 0 : 1);
            blocks[block] = data[at..(at + size)];
            checks[block] = ReedSolomon.Checks(blocks[block], check);
            at += size;
        }
        var result = new List<byte>(all);
        for (int column = 0; column <= length; column++) result.AddRange(blocks.Where(b => column < b.Length).Select(b => b[column]));
        for (int column = 0; column < check; column++) result.AddRange(checks.Select(c => c[column]));
        return [.. result];
    }

    private void Set(int row, int column, bool dark)
    {
        _dark[row, column] = dark;
        _fixed[row, column] = true;
    }

    private void PlaceFunctionPatterns()
    {
        for (int i = 0; i < Size; i++)
        {
            Set(6, i, i % 2 == 0);
            Set(i, 6, i % 2 == 0);
        }
        foreach ((int row, int column) in new[] { (3, 3), (3, Size - 4), (Size - 4, 3) }) PlaceFinder(row, column);
        int[] centres = AlignmentCentres();
        foreach (int row in centres)
        {
            foreach (int column in centres)
            {
                bool atFinder = (row == 6 && (column == 6 || column == centres[^1])) || (row == centres[^1] && column == 6);
                if (!atFinder) PlaceAlignment(row, column);
            }
        }
        PlaceFormat(0);
        PlaceVersion();
    }

    private void PlaceFinder(int row, int column)
    {
        for (int y = -4; y <= 4; y++)
        {
            for (int x = -4; x <= 4; x++)
            {
                int distance = Math.Max(Math.Abs(x), Math.Abs(y));
                if (row + y >= 0 && row + y < Size && column + x >= 0 && column + x < Size) Set(row + y, column + x, distance is not (2 or 4));
            }
        }
    }

    private void PlaceAlignment(int row, int column)
    {
        for (int y = -2; y <= 2; y++)
        {
            for (int x = -2; x <= 2; x++) Set(row + y, column + x, Math.Max(Math.Abs(x), Math.Abs(y)) != 1);
        }
    }

    private int[] AlignmentCentres()
    {
        if (Version == 1) return [];
        int count = (Version / 7) + 2;
        int step = (((4 * Version) + (2 * count) + 1) / ((2 * count) - 2)) * 2;
        int[] centres = new int[count];
        centres[0] = 6;
        for (int i = count - 1, at = Size - 7; i >= 1; i--, at -= step) centres[i] = at;
        return centres;
    }

    // Section 7.9: level M is 00; five bits and ten of a BCH code, masked, in two places.
    private void PlaceFormat(int mask)
    {
        int rest = mask;
        for (int i = 0; i < 10; i++) rest = (rest << 1) ^ ((rest >> 9) * 0x537);
        int bits = ((mask << 10) | rest) ^ 0x5412;
        bool Bit(int i) => ((bits >> i) & 1) != 0;
        for (int i = 0; i <= 5; i++) Set(i, 8, Bit(i));
        Set(7, 8, Bit(6));
        Set(8, 8, Bit(7));
        Set(8, 7, Bit(8));
        for (int i = 9; i < 15; i++) Set(8, 14 - i, Bit(i));
        for (int i = 0; i < 8; i++) Set(8, Size - 1 - i, Bit(i));
        for (int i = 8; i < 15; i++) Set(Size - 15 + i, 8, Bit(i));
        Set(Size - 8, 8, true);
    }

    // Section 7.10: from version 7 on.
    private void PlaceVersion()
    {
        if (Version < 7) return;
        int rest = Version;
        for (int i = 0; i < 12; i++) rest = (rest << 1) ^ ((rest >> 11) * 0x1F25);
        int bits = (Version << 12) | rest;
        for (int i = 0; i < 18; i++)
        {
            bool dark = ((bits >> i) & 1) != 0;
            Set(i / 3, Size - 11 + (i % 3), dark);
            Set(Size - 11 + (i % 3), i / 3, dark);
        }
    }

    // Section 7.7.3: upwards and downwards in turn, two columns at a time from the right.
    private void PlaceData(byte[] codewords)
    {
        int bit = 0;
        for (int right = Size - 1; right >= 1; right -= 2)
        {
            if (right == 6) right = 5;
            bool upwards = ((right + 1) & 2) == 0;
            for (int step = 0; step < Size; step++)
            {
                int row = upwards ? Size - 1 - step : step;
                for (int column = right; column >= right - 1; column--)
                {
                    if (_fixed[row, column]) continue;
                    // What remains stays light.
                    if (bit < 8 * codewords.Length) _dark[row, column] = ((codewords[bit >> 3] >> (7 - (bit & 7))) & 1) != 0;
                    bit++;
                }
            }
        }
    }

    private void ChooseMask()
    {
        int best = int.MaxValue;
        for (int mask = 0; mask < 8; mask++)
        {
            Apply(mask);
            PlaceFormat(mask);
            int penalty = Penalty();
            if (penalty < best) (best, Mask) = (penalty, mask);
            Apply(mask);
        }
        Apply(Mask);
        PlaceFormat(Mask);
    }

    /// <summary>Whether a mask turns a module over (table 10).</summary>
    internal static bool Turns(int mask, int row, int column) => mask switch
    {
        0 => (row + column) % 2 == 0,
        1 => row % 2 == 0,
        2 => column % 3 == 0,
        3 => (row + column) % 3 == 0,
        4 => ((row / 2) + (column / 3)) % 2 == 0,
        5 => (row * column % 2) + (row * column % 3) == 0,
        6 => ((row * column % 2) + (row * column % 3)) % 2 == 0,
        _ => (((row + column) % 2) + (row * column % 3)) % 2 == 0,
    };

    private void Apply(int mask)
    {
        for (int row = 0; row < Size; row++)
        {
            for (int column = 0; column < Size; column++) _dark[row, column] ^= !_fixed[row, column] && Turns(mask, row, column);
        }
    }

    // Section 7.8.3: long runs, blocks of four, what looks like a finder, too much of one colour.
    private int Penalty()
    {
        int penalty = 0, dark = 0;
        for (int i = 0; i < Size; i++)
        {
            int line = i;
            penalty += PenaltyOfLine(j => _dark[line, j]) + PenaltyOfLine(j => _dark[j, line]);
            for (int j = 0; j < Size; j++)
            {
                if (_dark[i, j]) dark++;
                if (i > 0 && j > 0 && _dark[i, j] == _dark[i - 1, j] && _dark[i, j] == _dark[i, j - 1] && _dark[i, j] == _dark[i - 1, j - 1]) penalty += 3;
            }
        }
        return penalty + (10 * (Math.Abs((20 * dark) - (10 * Size * Size)) / (Size * Size)));
    }

    private int PenaltyOfLine(Func<int, bool> module)
    {
        int penalty = 0, run = 1, window = 0;
        for (int j = 0; j < Size; j++)
        {
            if (j > 0) run = module(j) == module(j - 1) ? run + 1 : 1;
            if (run == 5) penalty += 3;
            else if (run > 5) penalty++;
            window = ((window << 1) | (module(j) ? 1 : 0)) & 0x7FF;
            if (j >= 10 && window is 0b10111010000 or 0b00001011101 && j >= 10) penalty += 40;
        }
        return penalty;
    }
}
