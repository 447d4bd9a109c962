namespace Evergrant.Fire.History;

/// <summary>The state of a grant as the promise has it. Written from the promise, without a line of the server's code.</summary>
/// <param name="Generation">Index of the live token; 0 while the code waits.</param>
/// <param name="Revoked">Whether the family is dead.</param>
/// <param name="Lost">Whether a declared loss came before, so that tokens may be ahead of the store.</param>
/// <param name="Retries">Retries of the last ten generations, four bits each, kept where there is a budget; <see cref="AnyRetries"/> when a loss took them.</param>
/// <param name="RotatedFrom">Earliest instant of the last rotation, kept where there is a window.</param>
/// <param name="RotatedTo">Latest instant of the last rotation.</param>
internal readonly record struct ModelState(int Generation, bool Revoked, bool Lost, long Retries, long RotatedFrom, long RotatedTo)
{
    /// <summary>Any history of retries.</summary>
    public const long AnyRetries = -1;

    private const long TenGenerations = (1L << 40) - 1;

    /// <summary>The family is dead; nothing else matters from here on.</summary>
    public ModelState Dead() => new(Generation, true, Lost, 0, 0, 0);

    /// <summary>One generation further.</summary>
    public ModelState Advanced(GrantRules rules, int to, long from, long until) => new(to, false, Lost,
        rules.Budget is null ? 0 : Retries == AnyRetries ? AnyRetries : (Retries << 4) & TenGenerations,
        rules.Retry == RetryForm.Window ? from : 0, rules.Retry == RetryForm.Window ? until : 0);

    /// <summary>One retry more.</summary>
    public ModelState Counted(GrantRules rules) => rules.Budget is null || Retries == AnyRetries || (Retries & 15) == 15 ? this : this with { Retries = Retries + 1 };

    /// <summary>Retries of the last ten generations.</summary>
    public int TotalRetries()
    {
        int total = 0;
        for (long rest = Retries; rest > 0; rest >>= 4) total += (int)(rest & 15);
        return total;
    }
}
