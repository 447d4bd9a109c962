namespace Evergrant.Fire.Postgres.Proxy;

/// <summary>Where a line breaks: the server gets so many statements, counted over all connections, and on the connection of the last one not a byte more. It does what it got, and finds nobody there.</summary>
/// <param name="after">Number of the last statement that arrives, from 1 on; 0 only counts.</param>
/// <param name="act">What else happens then, before the client is cut off.</param>
internal sealed class BreakPoint(int after, Action? act = null)
{
    private int _seen;

    /// <summary>Statements that were sent.</summary>
    public int Seen => Volatile.Read(ref _seen);

    /// <summary>Whether it has broken.</summary>
    public bool HasBroken => after > 0 && Seen >= after;

    /// <summary>Whether this statement is the last one.</summary>
    public bool Takes() => Interlocked.Increment(ref _seen) == after;

    /// <summary>Does what else happens.</summary>
    public void Act() => act?.Invoke();
}
