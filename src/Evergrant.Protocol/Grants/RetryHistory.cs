namespace Evergrant.Protocol.Grants;

/// <summary>How often a lost answer was given again, for each of the last ten generations: four bits a generation, the present one lowest.</summary>
/// <remarks>The whole history is one integer, so that the row stays as large as it was (grants.md, invariant I8).</remarks>
/// <param name="Bits">40 bits in use; what is stored in the row.</param>
public readonly record struct RetryHistory(long Bits)
{
    /// <summary>Generations that the history looks back on.</summary>
    public const int Span = 10;

    private const long Mask = (1L << (4 * Span)) - 1;

    /// <summary>Retries within the span, at most 150.</summary>
    public int Total
    {
        get
        {
            int total = 0;
            for (long rest = Bits & Mask; rest != 0; rest >>= 4) total += (int)(rest & 15);
            return total;
        }
    }

    /// <summary>Retries of the present generation, at most 15.</summary>
    public int OfPresent => (int)(Bits & 15);

    /// <summary>The history after the grant has advanced by one generation.</summary>
    public RetryHistory Advanced() => new((Bits << 4) & Mask);

    /// <summary>The history after one more retry of the present generation; saturates at 15.</summary>
    public RetryHistory Counted() => (Bits & 15) == 15 ? this : new(Bits + 1);
}
