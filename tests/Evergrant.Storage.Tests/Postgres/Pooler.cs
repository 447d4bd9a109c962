using System.Diagnostics;
using System.Net.Sockets;
using Evergrant.Tests;

namespace Evergrant.Storage.Tests.Postgres;

/// <summary>PgBouncer before the tests' own server, on the loopback interface. It ends when this process does.</summary>
internal sealed class Pooler : IAsyncDisposable
{
    private const string Program = "/usr/sbin/pgbouncer";

    // Not as root. Ends it when standard input ends.
    private const string Script = """
        as=()
        if ((EUID == 0)); then as=(setpriv "--reuid=$(stat -c %u "$1")" "--regid=$(stat -c %g "$1")" --clear-groups); fi
        "${as[@]}" "$0" -q "$1" </dev/null &
        while read -r; do :; done
        kill -KILL $!
        wait $! 2>/dev/null || true
        rm -f "$1" "$1.log"
        """;

    private readonly Process _process;
    private readonly int _port;

    private Pooler(Process process, int port) => (_process, _port) = (process, port);

    /// <summary>Starts one.</summary>
    /// <param name="cluster">The server behind it.</param>
    /// <param name="mode">session, transaction or statement.</param>
    public static async Task<Pooler> StartAsync(PostgresCluster cluster, string mode)
    {
        int port = Ports.Free();
        string settings = Path.Combine(cluster.Folder, $"pooler-{port}.ini");
        await File.WriteAllTextAsync(settings, $"""
            [databases]
            * = host={cluster.Folder} user=evergrant
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {port}
            unix_socket_dir =
            auth_type = any
            pool_mode = {mode}
            default_pool_size = 30
            logfile = {settings}.log
            """);
        using (Process owner = Process.Start("chown", [$"--reference={cluster.Folder}", settings])) await owner.WaitForExitAsync();
        Process process = Process.Start(new ProcessStartInfo("bash", ["-c", Script, Program, settings]) { RedirectStandardInput = true })
            ?? throw new InvalidOperationException($"{Program} does not start (Debian's package pgbouncer is needed).");
        Pooler pooler = new(process, port);
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(10));
        for (int look = 0; !await pooler.ListensAsync(); look++)
        {
            if (process.HasExited || look == 1000)
            {
                string said = File.Exists(settings + ".log") ? await File.ReadAllTextAsync(settings + ".log") : "nothing";
                await pooler.DisposeAsync();
                throw new InvalidOperationException($"PgBouncer (Debian's package pgbouncer) does not listen. It said: {said}");
            }
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
        return pooler;
    }

    /// <summary>As a node is told to find a database.</summary>
    public string ConnectionString(string database) => $"Host=127.0.0.1;Port={_port};Username=evergrant;Database={database};Maximum Pool Size=6;SSL Mode=Disable";

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task<bool> ListensAsync()
    {
        try
        {
            using TcpClient client = new();
            await client.ConnectAsync("127.0.0.1", _port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
