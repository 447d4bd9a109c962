using System.Diagnostics;
using System.Reflection;
using System.Text.RegularExpressions;
using Evergrant.Fire.Postgres;

namespace Evergrant.Fire.Disk;

/// <summary>The scripts of docs/operations/backup-and-restore.md and postgres.md, run as they stand there.</summary>
internal static partial class Runbook
{
    /// <summary>Runs a script for the embedded store, whose first line is "# NAME".</summary>
    /// <param name="name">backup or restore.</param>
    /// <param name="program">What "evergrant" is in it.</param>
    /// <param name="data">$DATA.</param>
    /// <param name="backup">$BACKUP.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What it wrote.</returns>
    /// <exception cref="InvalidOperationException">It failed, or there is none of that name.</exception>
    public static async Task<string> RunAsync(string name, string program, string data, string backup, CancellationToken cancellationToken)
    {
        string command = program.EndsWith(".dll", StringComparison.Ordinal) ? $"dotnet exec '{program}'" : $"'{program}'";
        var start = new ProcessStartInfo("/bin/sh", ["-e", "-u", "-c", $"evergrant() {{ {command} \"$@\"; }}\n{Script("backup-and-restore.md", name)}"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["DATA"] = data;
        start.Environment["BACKUP"] = backup;
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(cancellationToken), error = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0 ? await output : throw new InvalidOperationException($"The script {name} of the runbook ended with {process.ExitCode}: {await error}");
    }

    /// <summary>Runs a script for PostgreSQL, as the user who owns the server.</summary>
    /// <param name="name">base-backup, base-restore, dump or dump-restore.</param>
    /// <param name="folder">Of the server.</param>
    /// <param name="server">The server; libpq's variables name it.</param>
    /// <param name="database">$DATABASE.</param>
    /// <param name="backup">$BACKUP.</param>
    /// <exception cref="InvalidOperationException">It failed, or there is none of that name.</exception>
    public static async Task OnPostgresAsync(string name, ServerFolder folder, Instance server, string database, string backup)
    {
        (bool well, string said) = await folder.TryAsync("env",
            $"PATH={ServerFolder.Programs}:{Environment.GetEnvironmentVariable("PATH")}", "PGHOST=127.0.0.1", $"PGPORT={server.Port}", "PGUSER=evergrant",
            $"PGDATA={server.Data}", $"DATABASE={database}", $"BACKUP={backup}", "/bin/sh", "-e", "-u", "-c", Script("postgres.md", name));
        if (!well) throw new InvalidOperationException($"The script {name} of the runbook failed: {said.Trim()}");
    }

    private static string Script(string document, string name)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(document)!);
        Match script = Scripts().Matches(reader.ReadToEnd()).FirstOrDefault(m => m.Groups[1].Value == name) ?? throw new InvalidOperationException($"The runbook has no script {name}.");
        return script.Groups[2].Value;
    }

    [GeneratedRegex(@"^```sh\n# (\S+)\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Scripts();
}
