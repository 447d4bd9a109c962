namespace Evergrant.Protocol.Keys;

/// <summary>The timeline of signing keys.</summary>
public sealed record KeyTimes
{
    /// <summary>How long a key is in the JWK Set before it signs: no less than caches keep the set.</summary>
    public TimeSpan Announce { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How long before its predecessor ends a key is made: twice the time of its announcement, so that a look that comes late still announces it in time.</summary>
    public TimeSpan MadeAhead => 2 * Announce;

    /// <summary>How long a key signs.</summary>
    public TimeSpan Sign { get; init; } = TimeSpan.FromDays(90);

    /// <summary>How long a key stays in the JWK Set after it has signed last: no less than the longest token it signed lives.</summary>
    public TimeSpan Retain { get; init; } = TimeSpan.FromHours(25);
}
