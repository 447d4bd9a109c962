using System.Diagnostics;
using System.Globalization;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;
using Evergrant.Sqlite;
using static Evergrant.Storage.Tests.Rows;

namespace Evergrant.Storage.Tests.Sqlite;

/// <summary>This very program, started a second time to be killed: it advances a grant and prints each generation that was acknowledged.</summary>
internal sealed class ChildProcess : IDisposable
{
    private const string Folder = "EVERGRANT_TEST_CHILD_FOLDER";

    private readonly Process _process;

    private ChildProcess(Process process) => _process = process;

    public int Id => _process.Id;

    public static ChildProcess Start(string folder)
    {
        string program = Path.ChangeExtension(typeof(ChildProcess).Assembly.Location, null);
        ProcessStartInfo start = new(program) { RedirectStandardOutput = true, UseShellExecute = false };
        start.Environment[Folder] = folder;
        return new(Process.Start(start)!);
    }

    /// <summary>The next generation that the child says is durable; null when it says no more.</summary>
    public async Task<long?> NextAsync() =>
        await _process.StandardOutput.ReadLineAsync() is { } line && long.TryParse(line, CultureInfo.InvariantCulture, out long generation) ? generation : null;

    /// <summary>Kills it as kill -9 does and returns the last generation that it said.</summary>
    public async Task<long> KillAsync(long last)
    {
        _process.Kill();
        while (await NextAsync() is { } generation) last = generation;
        await _process.WaitForExitAsync();
        return last;
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }

    /// <summary>What the child does, until it is killed; null when this process is no child.</summary>
    public static Task<int>? RunIfChild() => Environment.GetEnvironmentVariable(Folder) is { } folder ? RunAsync(folder) : null;

    private static async Task<int> RunAsync(string folder)
    {
        await using SqliteStore store = await SqliteStore.OpenAsync(new SqliteOptions(folder));
        await store.Grants.CommitAsync(new CreateGrant(Active()), null, default);
        Grant grant = (await store.Grants.FindGrantAsync(GrantId, default))!;
        using Stream output = Console.OpenStandardOutput();
        for (long generation = grant.Generation; ; generation++)
        {
            CommitResult result = await store.Grants.CommitAsync(Advance(GrantId, generation), null, default);
            if (result != CommitResult.Committed) return 3;
            output.Write(System.Text.Encoding.ASCII.GetBytes((generation + 1).ToString(CultureInfo.InvariantCulture) + "\n"));
            output.Flush();
        }
    }
}
