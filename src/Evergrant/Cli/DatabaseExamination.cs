using System.Globalization;
using Evergrant.Postgres;

namespace Evergrant.Cli;

/// <summary>What the doctor says about a PostgreSQL database.</summary>
internal static class DatabaseExamination
{
    private static readonly TimeSpan ClocksApart = TimeSpan.FromSeconds(1);

    /// <summary>Judges what the database says about itself.</summary>
    public static IEnumerable<Finding> Of(DatabaseReport report, DatabaseAddress address)
    {
        yield return Note($"PostgreSQL {report.Server} at {address}, {(report.IsPrimary ? "the primary" : "a standby")}");
        yield return Note(string.Create(CultureInfo.InvariantCulture, $"tables of version {report.Tables}; this program makes version {report.Program}"));
        yield return Note($"synchronous_commit is {report.SynchronousCommit}" + (report.SynchronousStandbys.Length > 0
            ? $"; a commit is confirmed when a standby has it too ({report.SynchronousStandbys})"
            : "; no synchronous standby: what was confirmed is on the disk of one machine, and is lost with it"));
        yield return Note(string.Create(CultureInfo.InvariantCulture, $"max_connections is {report.MaxConnections}; every node may use Maximum Pool Size and one more"));
        if (!report.IsPrimary) yield return new(Severity.Fault, "store", "the database is a standby, which cannot be written");
        if (report.SynchronousCommit is not ("on" or "remote_apply")) yield return new(Severity.Fault, "store", $"synchronous_commit is {report.SynchronousCommit}: what is confirmed may be lost");
        if (!report.FullPageWrites) yield return new(Severity.Warning, "store", "full_page_writes is off: a power loss may leave pages that cannot be put right, unless the disk writes 8 kB whole");
        if (!report.DataChecksums) yield return new(Severity.Warning, "store", "data checksums are off: a disk that forgets is not noticed; pg_checksums --enable turns them on while the server is stopped");
        if (report.Tables > report.Program) yield return new(Severity.Warning, "store", "the tables are one version ahead of this program: finish the upgrade of the nodes");
        if (report.LocalClockAhead.Duration() > ClocksApart) yield return new(Severity.Warning, "store", string.Create(CultureInfo.InvariantCulture,
            $"this machine's clock is {report.LocalClockAhead.TotalSeconds:0.0} s ahead of the database's, by which all nodes go; look at NTP on both"));
    }

    private static Finding Note(string text) => new(Severity.Note, "store", text);
}
