namespace Evergrant.Protocol.Storage;

/// <summary>What somebody who administers the server changed, or tried to: who, what, how it was before and how it is after.</summary>
/// <remarks>It is written, as <see cref="AuditOutcome.Begun"/>, before the change is made; a change whose record cannot be written is not made. A record that still says so later
/// is of a change that was broken off in the middle: look whether it was made.</remarks>
public sealed record AuditRecord
{
    /// <summary>Its id, a UUID of version 7.</summary>
    public required Guid Id { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Who: the name of the operating system's user who gave the command, or what else asked for it.</summary>
    public required string Actor { get; init; }

    /// <summary>The command, without its arguments: <c>client rotate-secret</c>, <c>apply</c> ….</summary>
    public required string Action { get; init; }

    /// <summary>What is changed: <c>client shop of https://as.example</c>, <c>user alice</c> …; null when the command never came so far.</summary>
    public string? Target { get; init; }

    /// <summary>The members that change, as they were: a JSON object; null when there was nothing. Secrets are masked.</summary>
    public string? Before { get; init; }

    /// <summary>The same as they are to be; null when nothing is left.</summary>
    public string? After { get; init; }

    /// <summary>What became of it.</summary>
    public AuditOutcome Outcome { get; init; }

    /// <summary>Why not; null for what was done.</summary>
    public string? Reason { get; init; }
}

/// <summary>What became of an administrator's change. The numbers are stored.</summary>
public enum AuditOutcome
{
    /// <summary>It has begun; what became of it has not been written.</summary>
    Begun = 0,

    /// <summary>It was made.</summary>
    Done = 1,

    /// <summary>It was not made: what it asked for cannot be.</summary>
    Refused = 2,

    /// <summary>It failed; whether it was made may be uncertain.</summary>
    Failed = 3,
}
