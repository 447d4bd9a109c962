namespace Evergrant.Accounts;

/// <summary>How many failures an address may have: a burst, and then a steady few per minute, since many people can stand behind one address.</summary>
/// <remarks>Kept in memory and bounded: when the table is full, the addresses that failed longest ago go. Safe for concurrent use.</remarks>
/// <param name="burst">Failures at once.</param>
/// <param name="perMinute">Failures that are forgiven in a minute.</param>
internal sealed class FailureRate(double burst, double perMinute)
{
    private const int Capacity = 20_000;
    private readonly Dictionary<string, (double Failures, DateTimeOffset At)> _entries = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    /// <summary>How long an address has to wait before it may try again; zero when it may now.</summary>
    public TimeSpan WaitOf(string address, DateTimeOffset now)
    {
        lock (_lock)
        {
            double over = Level(address, now) - (burst - 1);
            return over <= 0 ? TimeSpan.Zero : TimeSpan.FromMinutes(over / perMinute);
        }
    }

    /// <summary>Counts a failure.</summary>
    public void Fail(string address, DateTimeOffset now)
    {
        lock (_lock)
        {
            if (_entries.Count >= Capacity && !_entries.ContainsKey(address)) MakeRoom();
            _entries[address] = (Level(address, now) + 1, now);
        }
    }

    private double Level(string address, DateTimeOffset now) =>
        _entries.TryGetValue(address, out (double Failures, DateTimeOffset At) entry) ? Math.Max(0, entry.Failures - Math.Max(0, (now - entry.At).TotalMinutes) * perMinute) : 0;

    private void MakeRoom()
    {
        foreach (string key in _entries.OrderBy(e => e.Value.At).Take(Capacity / 10).Select(e => e.Key).ToArray()) _entries.Remove(key);
    }
}
