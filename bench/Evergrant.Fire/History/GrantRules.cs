namespace Evergrant.Fire.History;

/// <summary>The forms of the retry rule, as a client knows them.</summary>
internal enum RetryForm
{
    /// <summary>A predecessor is a replay at once.</summary>
    Never,

    /// <summary>A predecessor is good for a time after the rotation.</summary>
    Window,

    /// <summary>A predecessor is good until its successor was used.</summary>
    UntilAcknowledged,
}

/// <summary>What the server promises about a grant: what the checker holds it to.</summary>
/// <param name="Retry">The retry rule.</param>
internal sealed record GrantRules(RetryForm Retry)
{
    /// <summary>Length of the window in microseconds; zero for other rules.</summary>
    public long Window { get; init; }

    /// <summary>Retries allowed within ten rotations; null for any number.</summary>
    public int? Budget { get; init; }

    /// <summary>Doubt about the server's clock at the end of the window, in microseconds: it counts milliseconds, and decides before it writes.</summary>
    public long Slack { get; init; } = 5_000;
}
