using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Evergrant.Tests;

namespace Evergrant.Fire.Postgres;

/// <summary>A temporary folder of a user that is not root, and everything that runs in it: ended by process id and removed with it, also when this process is killed.</summary>
internal sealed class ServerFolder : IAsyncDisposable
{
    // Ends what has left its process id in the folder and really runs there, then removes the folder. Standard input ends when its owner does.
    private const string Keeper = """
        folder=$1 user=$2
        mkdir -m 0700 "$folder" && { [ -z "$user" ] || chown "$user" "$folder"; } || exit 1
        echo ready
        trap : INT TERM HUP
        while read -r _; do :; done
        running() {
            for file in "$folder"/*.pid "$folder"/*/*.pid; do
                pid=$(head -n 1 "$file" 2>/dev/null) || continue
                [ -n "$pid" ] && grep -qsF "$folder" "/proc/$pid/cmdline" && echo "$pid"
            done
        }
        for signal in QUIT KILL; do
            for _ in $(seq 50); do
                pids=$(running | sort -u)
                [ -n "$pids" ] || break 2
                kill -$signal $pids 2>/dev/null
                sleep 0.1
            done
        done
        rm -rf "$folder"
        """;

    private readonly Process _keeper;

    private ServerFolder(Process keeper, string path, string? user) => (_keeper, Path, User) = (keeper, path, user);

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>The user that owns it; null for the one that runs this program.</summary>
    public string? User { get; }

    /// <summary>Folder of PostgreSQL's programs.</summary>
    /// <exception cref="FileNotFoundException">PostgreSQL is not installed.</exception>
    public static string Programs { get; } =
        Directory.Exists("/usr/lib/postgresql")
        && Directory.GetDirectories("/usr/lib/postgresql").OrderByDescending(d => int.TryParse(System.IO.Path.GetFileName(d), out int version) ? version : 0)
            .Select(d => d + "/bin").FirstOrDefault(d => File.Exists(d + "/initdb")) is { } found
            ? found
            : throw new FileNotFoundException("PostgreSQL is not installed: Debian's package postgresql is needed.");

    public static async Task<ServerFolder> CreateAsync()
    {
        string path = System.IO.Path.Combine(System.IO.Path.GetTempPath(), "evergrant-fire-pg-" + Guid.CreateVersion7().ToString("n")[^12..]);
        string? user = Environment.IsPrivilegedProcess ? "postgres" : null;
        Process keeper = Process.Start(new ProcessStartInfo("bash", ["-c", Keeper, "keeper", path, user ?? ""]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        if (await keeper.StandardOutput.ReadLineAsync() == "ready") return new(keeper, path, user);
        throw new InvalidOperationException($"There is no folder {path} of the user {user}: Debian's package postgresql is needed.");
    }

    /// <summary>A port that nobody listens on now.</summary>
    public static int FreePort() => Ports.Free();

    /// <summary>A program as the folder's user, in the folder.</summary>
    public ProcessStartInfo As(string program, params string[] arguments) => new(
        User is null ? program : "setpriv",
        User is null ? arguments : [$"--reuid={User}", $"--regid={User}", "--clear-groups", program, .. arguments])
    {
        WorkingDirectory = Path, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
    };

    /// <summary>Runs a program as the folder's user to its end.</summary>
    /// <returns>Whether it ended well, and what it said.</returns>
    public async Task<(bool Well, string Said)> TryAsync(string program, params string[] arguments)
    {
        using Process process = Process.Start(As(program, arguments))!;
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        string said = await output + await error;
        await process.WaitForExitAsync();
        return (process.ExitCode == 0, said);
    }

    /// <summary>Runs a program of PostgreSQL that has to end well.</summary>
    public async Task RunAsync(string program, params string[] arguments)
    {
        (bool well, string said) = await TryAsync(System.IO.Path.Combine(Programs, program), arguments);
        if (!well) throw new InvalidOperationException($"{program} failed: {said.Trim()}");
    }

    /// <summary>Starts a program that goes on as the folder's user; what it says goes to NAME.log, its process id to NAME.pid.</summary>
    public Process Start(string name, string program, params string[] arguments)
    {
        ProcessStartInfo start = As("bash", ["-c", "exec \"$@\" </dev/null >>\"$0\" 2>&1", System.IO.Path.Combine(Path, name + ".log"), program, .. arguments]);
        (start.RedirectStandardInput, start.RedirectStandardOutput, start.RedirectStandardError) = (false, false, false);
        Process process = Process.Start(start)!;
        File.WriteAllText(System.IO.Path.Combine(Path, name + ".pid"), $"{process.Id}");
        return process;
    }

    /// <summary>Writes a file that the folder's user can read.</summary>
    public async Task WriteAsync(string name, string text)
    {
        string path = System.IO.Path.Combine(Path, name);
        await File.WriteAllTextAsync(path, text);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
    }

    public async ValueTask DisposeAsync()
    {
        _keeper.StandardInput.Close();
        await _keeper.WaitForExitAsync();
        _keeper.Dispose();
    }
}
