using System.Globalization;
using Evergrant.Protocol.Storage;
using Npgsql;

namespace Evergrant.Postgres;

/// <summary>What the database says about itself.</summary>
public sealed record DatabaseReport
{
    /// <summary>Version of the server.</summary>
    public required string Server { get; init; }

    /// <summary>Whether it is the primary.</summary>
    public required bool IsPrimary { get; init; }

    /// <summary>synchronous_commit as it holds for the store's connections.</summary>
    public required string SynchronousCommit { get; init; }

    /// <summary>synchronous_standby_names: who must have a commit before it is confirmed; empty for nobody else.</summary>
    public required string SynchronousStandbys { get; init; }

    /// <summary>full_page_writes: whether pages that were torn by a power loss can be put right.</summary>
    public required bool FullPageWrites { get; init; }

    /// <summary>Whether data pages carry checksums.</summary>
    public required bool DataChecksums { get; init; }

    /// <summary>Connections that the server admits.</summary>
    public required int MaxConnections { get; init; }

    /// <summary>Version of the tables.</summary>
    public required int Tables { get; init; }

    /// <summary>Version of the tables that this program makes and works with.</summary>
    public required int Program { get; init; }

    /// <summary>How far this machine's time of day is from the database's; positive when it is ahead. Within half the time of asking.</summary>
    public required TimeSpan LocalClockAhead { get; init; }
}

/// <summary>Asks the database about itself.</summary>
internal static class Examination
{
    private const string Sql =
        "select current_setting('server_version'), not pg_is_in_recovery(), current_setting('synchronous_commit'), current_setting('synchronous_standby_names'), " +
        "current_setting('full_page_writes') = 'on', current_setting('data_checksums') = 'on', current_setting('max_connections'), " +
        "(select max(version) from evergrant_versions)";

    /// <summary>Asks.</summary>
    /// <exception cref="StoreUnavailableException">It does not answer.</exception>
    public static async ValueTask<DatabaseReport> RunAsync(Readers readers, PostgresClock clock, CancellationToken cancellationToken)
    {
        DatabaseReport? report = await readers.FindAsync(new Statement(Sql), row => new DatabaseReport
        {
            Server = row.Text(0),
            IsPrimary = row.Flag(1),
            SynchronousCommit = row.Text(2),
            SynchronousStandbys = row.Text(3),
            FullPageWrites = row.Flag(4),
            DataChecksums = row.Flag(5),
            MaxConnections = int.Parse(row.Text(6), CultureInfo.InvariantCulture),
            Tables = row.Small(7),
            Program = Migrator.Newest,
            LocalClockAhead = TimeProvider.System.GetUtcNow() - clock.GetUtcNow(),
        }, cancellationToken);
        return report!;
    }
}
