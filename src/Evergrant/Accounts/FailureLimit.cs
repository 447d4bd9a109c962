namespace Evergrant.Accounts;

/// <summary>Failures counted by a key (a name, an address, a device): the first few are free, then each one blocks the key for twice as long as the one before.</summary>
/// <remarks>Kept in memory and bounded: when the table is full, the keys that failed longest ago go. Safe for concurrent use.</remarks>
/// <param name="free">Failures without consequence.</param>
/// <param name="first">First block.</param>
/// <param name="longest">Longest block.</param>
/// <param name="forgetAfter">A key that has not failed for this long begins again.</param>
internal sealed class FailureLimit(int free, TimeSpan first, TimeSpan longest, TimeSpan forgetAfter)
{
    private const int Capacity = 20_000;
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    /// <summary>End of the block of a key; null when it is not blocked.</summary>
    public DateTimeOffset? BlockedUntil(string key, DateTimeOffset now)
    {
        lock (_lock) return _entries.TryGetValue(key, out Entry entry) && entry.BlockedUntil > now ? entry.BlockedUntil : null;
    }

    /// <summary>Counts a failure.</summary>
    public void Fail(string key, DateTimeOffset now)
    {
        lock (_lock)
        {
            int failures = _entries.TryGetValue(key, out Entry entry) && now - entry.LastAt < forgetAfter ? entry.Failures + 1 : 1;
            if (_entries.Count >= Capacity && !_entries.ContainsKey(key)) MakeRoom();
            _entries[key] = new(failures, now, now + BlockAfter(failures));
        }
    }

    /// <summary>Forgets a key: it has succeeded.</summary>
    public void Forget(string key)
    {
        lock (_lock) _entries.Remove(key);
    }

    /// <summary>How long the n-th failure in a row blocks; zero while failures are free.</summary>
    public TimeSpan BlockAfter(int failures)
    {
        if (failures < free) return TimeSpan.Zero;
        TimeSpan block = first * Math.Pow(2, Math.Min(failures - free, 20));
        return block < longest ? block : longest;
    }

    private void MakeRoom()
    {
        foreach (string key in _entries.OrderBy(e => e.Value.LastAt).Take(Capacity / 10).Select(e => e.Key).ToArray()) _entries.Remove(key);
    }

    private readonly record struct Entry(int Failures, DateTimeOffset LastAt, DateTimeOffset BlockedUntil);
}
