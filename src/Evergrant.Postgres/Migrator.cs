using System.Reflection;
using System.Text.RegularExpressions;
using Evergrant.Protocol.Storage;
using Npgsql;

namespace Evergrant.Postgres;

/// <summary>Brings the tables to the newest version, one script after the other, each in its transaction. There is no way back.</summary>
/// <remarks>One node at a time, under an advisory lock. A script only adds (expand); what it made needless goes in a script of the release after the next (contract), so that
/// a program works with tables that are one version ahead of it while nodes are replaced one by one.</remarks>
internal static partial class Migrator
{
    private const long LockKey = 0x45564752; // "EVGR"

    // A migration waits for another node's longer than a request waits for anything.
    private const int Seconds = 120;

    private static readonly string[] Scripts = [.. Assembly.GetExecutingAssembly().GetManifestResourceNames().Where(name => name.EndsWith(".sql", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    /// <summary>The version that this program works with.</summary>
    public static int Newest => Scripts.Length;

    /// <summary>The tables that the scripts make.</summary>
    public static IReadOnlyList<string> Tables { get; } = [.. Scripts.SelectMany(s => CreateTable().Matches(Read(s)).Select(m => m.Groups[1].Value)).Order(StringComparer.Ordinal)];

    /// <summary>Runs the scripts that the database has not seen; returns the version of the tables and of the server.</summary>
    /// <exception cref="StoreOpenException">The database cannot be reached, belongs to another program, or is more than one version ahead.</exception>
    public static async Task<(int Tables, string Server)> RunAsync(PostgresOptions options, CancellationToken cancellationToken)
    {
        try
        {
            await using Primary source = Source(options);
            await using NpgsqlConnection connection = await source.OpenAsync(cancellationToken);
            if (connection.PostgreSqlVersion.Major < 15)
                throw new StoreOpenException($"PostgreSQL {connection.PostgreSqlVersion} is too old; 15 or later is needed.");
            await AssertSessionsAsync(source, connection, cancellationToken);
            // The lock goes with the connection, which is closed, not pooled.
            await ExecuteAsync(connection, $"select pg_advisory_lock({LockKey})", cancellationToken);
            // Asked first: whoever may not make tables may still use those that are there.
            if (!await HasVersionsAsync(connection, cancellationToken)) await ExecuteAsync(connection, "create table evergrant_versions (version integer not null primary key)", cancellationToken);
            int version = await VersionAsync(connection, cancellationToken);
            if (version > Newest + 1)
                throw new StoreOpenException($"The database has schema version {version}; this program works with versions up to {Newest + 1}. Run the newer program, or restore a backup made before the upgrade.");
            for (; version < Newest; version++) await ApplyAsync(connection, Scripts[version], version + 1, cancellationToken);
            return (version, connection.PostgreSqlVersion.ToString());
        }
        catch (Exception e) when (Outcome.IsOfServer(e))
        {
            throw new StoreOpenException($"The database cannot be opened. {e.Message}", e);
        }
        catch (StoreUnavailableException e)
        {
            throw new StoreOpenException($"The database cannot be opened. {e.Message}", e);
        }
    }

    // What a session is told, the channel it listens to and the lock below are lost or somebody else's when a pooler gives each statement another connection. It shows by two sessions that share a process of the server.
    private static async Task AssertSessionsAsync(Primary source, NpgsqlConnection first, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection second = await source.OpenAsync(cancellationToken);
        (int, int)? before = null;
        for (int i = 0; i < 3; i++)
        {
            (int One, int Other) processes = (await ProcessAsync(first, cancellationToken), await ProcessAsync(second, cancellationToken));
            // Engines that have no processes answer with a number that is none.
            if (processes.One <= 0 || processes.Other <= 0) return;
            if (processes.One == processes.Other || before is { } last && last != processes)
            {
                throw new StoreOpenException("A pooler stands between that gives each statement or transaction another connection. " +
                    "Let it give each session its own (PgBouncer: pool_mode = session), or connect to the server itself.");
            }
            before = processes;
        }
    }

    private static async Task<int> ProcessAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = new("select pg_backend_pid()", connection);
        return (int)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static Primary Source(PostgresOptions options)
    {
        NpgsqlConnectionStringBuilder builder = Database.Forced(options);
        // A server that has just started, or has much to do, takes longer for its first connection than a request may wait.
        (builder.Pooling, builder.Timeout, builder.CommandTimeout, builder.MaxAutoPrepare) = (false, builder.Timeout * 4, Seconds, 0);
        return new(builder, SessionSettings.OfWork());
    }

    private static async Task ApplyAsync(NpgsqlConnection connection, string script, int version, CancellationToken cancellationToken)
    {
        string sql = Read(script);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, sql, cancellationToken);
        await ExecuteAsync(connection, $"insert into evergrant_versions (version) values ({version})", cancellationToken);
        await transaction.CommitAsync(CancellationToken.None);
    }

    private static string Read(string script)
    {
        using StreamReader reader = new(Assembly.GetExecutingAssembly().GetManifestResourceStream(script)!);
        return reader.ReadToEnd();
    }

    [GeneratedRegex("^create table (\\w+)", RegexOptions.Multiline)]
    private static partial Regex CreateTable();

    private static async Task<bool> HasVersionsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = new("select to_regclass('evergrant_versions') is not null", connection);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task<int> VersionAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = new("select coalesce(max(version), 0) from evergrant_versions", connection);
        return (int)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = new(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
