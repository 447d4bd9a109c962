namespace Evergrant.Sqlite;

/// <summary>Keeps the latest time in the database and tells the mark beside it: with a commit that happens anyway, at most once a second. Used by the writer's thread only.</summary>
internal sealed class TimeMark(StoreMark mark)
{
    private const long Every = 1000; // milliseconds

    private volatile TimeProvider? _time;
    private long _written = mark.Latest;
    private long _moving;
    private bool _open;

    /// <summary>From now on the time is kept.</summary>
    public void Keep(TimeProvider time) => _time = time;

    /// <summary>Moves the time inside the open transaction, when a second has passed.</summary>
    public void Move(Tables tables)
    {
        _moving = 0;
        if (_time?.GetUtcNow().ToUnixTimeMilliseconds() is not { } now || now - _written < Every) return;
        tables.Clock.Move(now);
        _moving = now;
    }

    /// <summary>The transaction is durable.</summary>
    public void Committed()
    {
        if (_open && _moving == 0) return;
        if (_moving > 0) _written = _moving;
        try
        {
            mark.SayOpen(_moving);
            _open = true;
        }
        catch (IOException)
        {
            // The commit stands; a mark that is behind only notices less.
        }
    }
}
