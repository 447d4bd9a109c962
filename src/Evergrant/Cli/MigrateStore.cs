using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Evergrant.Hosting;
using Evergrant.Hosting.Settings;
using Evergrant.Postgres;
using Evergrant.Protocol.Storage;
using Evergrant.Sqlite;

namespace Evergrant.Cli;

/// <summary>migrate-store: takes everything from the file in the data folder into an empty PostgreSQL database. With the same root key, all that clients and browsers hold goes on working.</summary>
internal static class MigrateStore
{
    private static readonly Option<string?> Postgres = new("--postgres") { Description = "The database, where the settings name none (development mode)", HelpName = "CONNECTION" };

    /// <summary>The command.</summary>
    public static Command Command()
    {
        var command = new Command("migrate-store", "Copy everything from the file in the data folder into an empty PostgreSQL database; the server is stopped, and the file stays as it is") { Postgres, CommandLine.Json };
        command.SetAction((parse, cancellationToken) => RunAsync(parse, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parse, CancellationToken cancellationToken)
    {
        ServerSettings settings = WithDatabase(Location.Of(parse).Settings(), parse.GetValue(Postgres));
        if (!File.Exists(Path.Combine(settings.Folder, "evergrant.db"))) throw new UnusableException($"{settings.Folder} has no evergrant.db to copy from");
        bool json = parse.GetValue(CommandLine.Json);
        long begun = Stopwatch.GetTimestamp();
        await using OpenServer source = await OpenSourceAsync(settings with { Postgres = null });
        SqliteStore file = source.Operations.Store.File!;
        await using PostgresStore target = await PostgresStore.OpenAsync(settings.Postgres!, cancellationToken);
        if (!json) Console.WriteLine($"From {file.FilePath}\nto   PostgreSQL {target.ServerVersion} at {target.Address}");
        var expected = new Dictionary<string, long>(StringComparer.Ordinal);
        TakeOver done = await target.TakeOverAsync(file.Contents(), (table, rows) => Tell(expected, table, rows, json), cancellationToken);
        if (!done.Done) return NotEmpty(done.Rows, file, json);

        // What is there now is asked for anew, and the root key has to open it.
        IReadOnlyDictionary<string, long> there = await target.CountAsync(cancellationToken);
        string[] wrong = [.. expected.Where(e => there[e.Key] != e.Value).Select(e => string.Create(CultureInfo.InvariantCulture, $"{e.Key}: {e.Value:N0} rows in the file, {there[e.Key]:N0} in the database"))];
        if (wrong.Length > 0) throw new StoreUnavailableException("The database does not have what was copied: " + string.Join("; ", wrong));
        await using (await OpenServer.OpenAsync(settings)) Write(expected, Stopwatch.GetElapsedTime(begun), copied: true, json);
        if (!json) Console.WriteLine($"Start the server with postgres.connection in its settings. Put {Path.GetFileName(file.FilePath)} away then: a server that is started on it once more would go a way of its own.");
        return ExitCode.Done;
    }

    private static ServerSettings WithDatabase(ServerSettings settings, string? connection)
    {
        if (connection is null) return settings.Postgres is not null ? settings : throw new UnusableException("the settings name no database; set postgres.connection (or say --postgres in development mode)");
        if (settings.Postgres is not null) throw new UnusableException("--postgres: the settings name a database already");
        var options = new PostgresOptions(connection);
        return options.Fault() is { } fault ? throw new UnusableException($"--postgres: the connection string {fault}") : settings with { Postgres = options };
    }

    private static async Task<OpenServer> OpenSourceAsync(ServerSettings settings)
    {
        try
        {
            return await OpenServer.OpenAsync(settings);
        }
        catch (StoreInUseException e)
        {
            throw new StoreInUseException($"{e.Message} Stop the server first: what it went on to write would be left behind.", e);
        }
    }

    private static void Tell(Dictionary<string, long> expected, StoredTable table, long rows, bool json)
    {
        expected[table.Name] = table.Count;
        if (!json && (rows == table.Count ? rows > 0 : table.Count > 0)) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {table.Name,-16} {rows,12:N0} of {table.Count:N0}"));
    }

    // An earlier run may have done it and been broken off before it could say so.
    private static int NotEmpty(IReadOnlyDictionary<string, long> found, SqliteStore file, bool json)
    {
        Dictionary<string, long> expected = file.Contents().ToDictionary(t => t.Name, t => t.Count, StringComparer.Ordinal);
        if (expected.All(e => found.TryGetValue(e.Key, out long rows) && rows == e.Value))
        {
            Write(expected, TimeSpan.Zero, copied: false, json);
            return ExitCode.Done;
        }
        string there = string.Join(", ", found.Where(f => f.Value > 0).Select(f => string.Create(CultureInfo.InvariantCulture, $"{f.Value:N0} {f.Key}")));
        Console.Error.WriteLine($"evergrant: the database is not empty ({there}), and not a copy of the file; nothing was written. Name an empty one");
        return ExitCode.Refused;
    }

    private static void Write(Dictionary<string, long> tables, TimeSpan took, bool copied, bool json)
    {
        long rows = tables.Values.Sum();
        if (json)
        {
            JsonOutput.Write(Console.Out, new JsonObject
            {
                ["copied"] = copied,
                ["rows"] = rows,
                ["tables"] = new JsonObject(tables.OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => KeyValuePair.Create<string, JsonNode?>(t.Key, t.Value))),
                ["seconds"] = Math.Round(took.TotalSeconds, 1),
            });
        }
        else Console.WriteLine(copied
            ? string.Create(CultureInfo.InvariantCulture, $"Copied {rows:N0} rows in {took.TotalSeconds:0.0} s; counted and found complete.")
            : string.Create(CultureInfo.InvariantCulture, $"The database has as many rows of each kind as the file already ({rows:N0}); nothing was copied."));
    }
}
