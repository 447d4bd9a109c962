using Npgsql;

namespace Evergrant.Postgres;

/// <summary>Where the database is and how long it may take.</summary>
/// <param name="ConnectionString">As Npgsql reads it, e.g. <c>Host=db1,db2;Database=evergrant;Username=evergrant</c>; with several hosts the primary is found.
/// What decides about lost or doubtful commits (time limits of commands, cancellation, target, keepalive, session settings) is set by the store, whatever stands here.
/// <c>Maximum Pool Size</c> bounds the connections of this node, to which one comes that only listens.</param>
public sealed record PostgresOptions(string ConnectionString)
{
    /// <summary>How long a statement may take, and how long one waits for a connection, before the answer is 503; in whole seconds, at least one.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Where the database is, without secrets; null when the connection string cannot be read.</summary>
    public DatabaseAddress? Address() => Parse() is { } parsed ? new(parsed.Host ?? "", parsed.Port, parsed.Database ?? parsed.Username ?? "", parsed.Username ?? "") : null;

    /// <summary>What is wrong with the connection string, as the end of a sentence; null when it can be used. Repeats nothing of it.</summary>
    public string? Fault() => Parse() is not { } parsed
        ? "cannot be read: it is made of Keyword=value pairs with semicolons between, and a value that holds ; or = stands in quotes"
        : string.IsNullOrEmpty(parsed.Host) ? "names no Host"
        : string.IsNullOrEmpty(parsed.Username) ? "names no Username"
        : null;

    /// <summary>Whether the connection string holds a password.</summary>
    public bool HasPassword() => !string.IsNullOrEmpty(Parse()?.Password);

    /// <summary>These options with a password that was kept elsewhere.</summary>
    /// <param name="password">The password.</param>
    /// <exception cref="InvalidOperationException">The connection string cannot be read.</exception>
    public PostgresOptions WithPassword(string password)
    {
        NpgsqlConnectionStringBuilder parsed = Parse() ?? throw new InvalidOperationException("The connection string cannot be read.");
        parsed.Password = password;
        return this with { ConnectionString = parsed.ConnectionString };
    }

    /// <summary>Leaves out the connection string, which may hold a password.</summary>
    public override string ToString() => $"{nameof(PostgresOptions)} {{ Deadline = {Deadline} }}";

    // The message of the cause may repeat a part of the string, which may be a secret.
    private NpgsqlConnectionStringBuilder? Parse()
    {
        try
        {
            return new(ConnectionString);
        }
        catch (Exception e) when (e is ArgumentException or FormatException or InvalidOperationException or NotSupportedException or OverflowException)
        {
            return null;
        }
    }
}

/// <summary>Where a database is.</summary>
/// <param name="Host">Hosts with commas between, or the folder of a socket.</param>
/// <param name="Port">Port.</param>
/// <param name="Database">Its name.</param>
/// <param name="User">Role.</param>
public sealed record DatabaseAddress(string Host, int Port, string Database, string User)
{
    /// <summary>In one line, e.g. <c>db1,db2:5432/evergrant as evergrant</c>.</summary>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Host}:{Port}/{Database} as {User}");
}
