namespace Evergrant.Postgres;

/// <summary>Where the database is and how long it may take.</summary>
/// <param name="ConnectionString">As Npgsql reads it, e.g. <c>Host=db1,db2;Database=evergrant;Username=evergrant</c>; with several hosts the primary is found.
/// What decides about lost or doubtful commits (time limits of commands, cancellation, target, keepalive, session settings) is set by the store, whatever stands here.
/// <c>Maximum Pool Size</c> bounds the connections of this node.</param>
public sealed record PostgresOptions(string ConnectionString)
{
    /// <summary>How long a statement may take, and how long one waits for a connection, before the answer is 503; in whole seconds, at least one.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Leaves out the connection string, which may hold a password.</summary>
    public override string ToString() => $"{nameof(PostgresOptions)} {{ Deadline = {Deadline} }}";
}
