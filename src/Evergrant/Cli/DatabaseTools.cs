using System.Globalization;
using Evergrant.Postgres;

namespace Evergrant.Cli;

/// <summary>PostgreSQL is backed up by its own tools; says which, with what is known of the database.</summary>
internal static class DatabaseTools
{
    /// <summary>What to do instead of evergrant backup. No password stands in it.</summary>
    public static string Instead(DatabaseAddress at)
    {
        string switches = string.Create(CultureInfo.InvariantCulture, $"--host={at.Host.Split(',')[0]} --port={at.Port} --username={at.User}");
        return $"""
            PostgreSQL is backed up by its own tools; nothing was copied. The database is {at}.
              the whole server with its log, to go back to any moment (a role with REPLICATION):
                pg_basebackup {switches} --pgdata=FOLDER --wal-method=stream --checkpoint=fast
              this database alone, as it is at one moment:
                pg_dump {switches} --format=custom --file=FILE {at.Database}
            docs/operations/postgres.md tells how to restore. Keep the root key elsewhere: a backup is worth nothing without it, and much together with it.
            """;
    }
}
