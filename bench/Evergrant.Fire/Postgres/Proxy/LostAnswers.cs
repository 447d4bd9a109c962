namespace Evergrant.Fire.Postgres.Proxy;

/// <summary>Says of which statements the answer is lost: of every n-th that contains a text. The server gets them and does them.</summary>
/// <param name="contains">Text in the statement; "" for each.</param>
/// <param name="every">1 for each one.</param>
/// <param name="close">Whether the connection ends then; otherwise it stays silent.</param>
internal sealed class LostAnswers(string contains, int every, bool close)
{
    private int _seen, _lost;

    public bool Closes => close;

    /// <summary>How many answers were lost.</summary>
    public int Lost => Volatile.Read(ref _lost);

    /// <summary>Whether the answer to this statement is lost.</summary>
    public bool Takes(string sql)
    {
        if (!sql.Contains(contains, StringComparison.OrdinalIgnoreCase) || Interlocked.Increment(ref _seen) % every != 0) return false;
        Interlocked.Increment(ref _lost);
        return true;
    }
}
