using System.Text;
using Evergrant.Postgres;

namespace Evergrant.Hosting.Settings;

/// <summary>Judges the settings of the database. What it says repeats nothing of a connection string, which may hold a password.</summary>
internal sealed class DatabaseJudge(SettingValues values, List<string> faults, string folder)
{
    private const int LongestFile = 64 * 1024;

    /// <summary>The database; null when none is set or there are faults.</summary>
    public PostgresOptions? Judge()
    {
        SettingValue? connection = values.Find("postgres.connection"), file = values.Find("postgres.connection_file"), password = values.Find("postgres.password_file"), deadline = values.Find("postgres.deadline");
        if (connection is not null && file is not null)
        {
            faults.Add($"postgres.connection_file: is set beside postgres.connection ({file.Place}); set one of them ({connection.Place})");
            return null;
        }
        if ((connection ?? file) is not { } set)
        {
            if (password is not null) faults.Add($"postgres.password_file: is set without postgres.connection ({password.Place})");
            if (deadline is not null) faults.Add($"postgres.deadline: is set without postgres.connection ({deadline.Place})");
            return null;
        }
        string name = connection is not null ? "postgres.connection" : "postgres.connection_file";
        string? text = connection?.Text ?? Content(name, file!);
        if (text is null) return null;
        var options = new PostgresOptions(text) { Deadline = Deadline(deadline) };
        if (options.Fault() is { } fault)
        {
            faults.Add($"{name}: the connection string {fault} ({set.Place})");
            return null;
        }
        if (password is null || Content("postgres.password_file", password) is not { } secret) return options;
        if (!options.HasPassword()) return options.WithPassword(secret);
        faults.Add($"postgres.password_file: is set, though {name} has a password ({password.Place})");
        return null;
    }

    // The first line, without its end: what editors and secret stores leave there belongs to nobody's password.
    private string? Content(string name, SettingValue value)
    {
        string path = Path.GetFullPath(value.Text, folder);
        try
        {
            if (new FileInfo(path).Length > LongestFile) faults.Add($"{name}: {path} is too long ({value.Place})");
            else if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.GroupWrite)) != 0) faults.Add($"{name}: others may read or write {path}; chmod 600 it ({value.Place})");
            else if (File.ReadLines(path, Encoding.UTF8).FirstOrDefault() is { Length: > 0 } line) return line;
            else faults.Add($"{name}: {path} is empty ({value.Place})");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            faults.Add($"{name}: {path} {(e is FileNotFoundException or DirectoryNotFoundException ? "is not there" : "cannot be read")} ({value.Place})");
        }
        return null;
    }

    private TimeSpan Deadline(SettingValue? deadline)
    {
        if (deadline is null) return TimeSpan.FromSeconds(2);
        if (ServerSettings.Duration(deadline.Text) is { } span && span >= TimeSpan.FromSeconds(1) && span <= TimeSpan.FromMinutes(1)) return span;
        faults.Add($"postgres.deadline: {deadline.Text} is not a duration d.hh:mm:ss from 00:00:01 to 00:01:00 ({deadline.Place})");
        return TimeSpan.FromSeconds(2);
    }
}
