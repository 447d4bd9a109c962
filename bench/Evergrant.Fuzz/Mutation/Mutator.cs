namespace Evergrant.Fuzz.Mutation;

/// <summary>Makes new inputs of old ones: one to a few changes of bytes, pieces, or order. The same seed makes the same inputs.</summary>
internal sealed class Mutator(int seed)
{
    /// <summary>Longest input, in bytes.</summary>
    public const int Longest = 8 * 1024;

    private readonly byte[] _next = new byte[Longest];
    private readonly byte[] _spare = new byte[Longest];

    /// <summary>The source of chance.</summary>
    public Random Random { get; } = new(seed);

    /// <summary>One of a list.</summary>
    public T Any<T>(IReadOnlyList<T> list) => list[Random.Next(list.Count)];

    /// <summary>Changes an input.</summary>
    /// <param name="of">The input; it stays as it is.</param>
    /// <param name="other">Another one, parts of which may be put in.</param>
    /// <returns>The new one; good until the next call.</returns>
    public ReadOnlySpan<byte> Change(ReadOnlySpan<byte> of, ReadOnlySpan<byte> other)
    {
        int length = Math.Min(of.Length, Longest);
        of[..length].CopyTo(_next);
        // Mostly one change: what is far from anything valid is refused at the first byte.
        int changes = Random.Next(4) == 0 ? 1 + Random.Next(6) : 1;
        for (int i = 0; i < changes; i++) length = Once(length, other);
        return _next.AsSpan(0, length);
    }

    private int Once(int length, ReadOnlySpan<byte> other)
    {
        int at = Random.Next(length + 1);
        switch (Random.Next(10))
        {
            case 0 when at < length:
                _next[at] ^= (byte)(1 << Random.Next(8));
                return length;
            case 1 when at < length:
                _next[at] = (byte)Random.Next(256);
                return length;
            case 2: return Replace(length, at, Random.Next(Math.Min(8, length - at) + 1), []);
            case 3: return Replace(length, at, Random.Next(length - at + 1), []);
            case 4: return Replace(length, at, 0, Any(Words.All));
            case 5: return Replace(length, at, Random.Next(Math.Min(12, length - at) + 1), Any(Words.All));
            case 6 when other.Length > 0:
                int from = Random.Next(other.Length);
                return Replace(length, at, Random.Next(length - at + 1), other.Slice(from, Random.Next(other.Length - from + 1)));
            case 7 when at < length:
                {
                    // Said again, once or many times.
                    int size = 1 + Random.Next(Math.Min(24, length - at));
                    Span<byte> piece = stackalloc byte[24];
                    _next.AsSpan(at, size).CopyTo(piece);
                    for (int times = Random.Next(16) == 0 ? 1 + Random.Next(400) : 1; times > 0; times--) length = Replace(length, at, 0, piece[..size]);
                    return length;
                }
            case 8: return Replace(length, at, 0, [(byte)(32 + Random.Next(95))]);
            default: return Structure(length);
        }
    }

    // A whole member, parameter or part goes, comes twice, or changes its place.
    private int Structure(int length)
    {
        ReadOnlySpan<byte> separators = "&,.;\"{} /"u8;
        byte separator = separators[Random.Next(separators.Length)];
        Span<byte> text = _next.AsSpan(0, length);
        int first = text.IndexOf(separator);
        if (first < 0) return Replace(length, 0, 0, [separator]);
        Span<int> places = stackalloc int[64];
        int count = 0;
        for (int i = first; i < length && count < places.Length; i++)
        {
            if (text[i] == separator) places[count++] = i;
        }
        int which = Random.Next(count);
        int begins = places[which], ends = which + 1 < count ? places[which + 1] : length;
        if (Random.Next(2) == 0) return Replace(length, begins, ends - begins, []);
        int size = ends - begins;
        Span<byte> part = stackalloc byte[Math.Min(size, 512)];
        _next.AsSpan(begins, part.Length).CopyTo(part);
        return Replace(length, places[Random.Next(count)], 0, part);
    }

    private int Replace(int length, int at, int remove, ReadOnlySpan<byte> with)
    {
        int put = Math.Min(with.Length, Longest - at);
        ReadOnlySpan<byte> rest = _next.AsSpan(at + remove, length - at - remove);
        int kept = Math.Min(rest.Length, Longest - at - put);
        rest[..kept].CopyTo(_spare);
        with[..put].CopyTo(_next.AsSpan(at));
        _spare.AsSpan(0, kept).CopyTo(_next.AsSpan(at + put));
        return at + put + kept;
    }
}
