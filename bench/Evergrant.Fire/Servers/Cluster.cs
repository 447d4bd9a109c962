using System.Diagnostics;
using System.Text.Json;
using Evergrant.Fire.Clients;
using Evergrant.Fire.History;

namespace Evergrant.Fire.Servers;

/// <summary>The nodes under fire, one with SQLite, any number with PostgreSQL, and the clients that are declared at them.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    private static readonly string[] Shared = ["root.key", "dev.json"];

    private Cluster(IReadOnlyList<ServerProcess> nodes, JsonElement development)
    {
        Nodes = nodes;
        Issuer = development.GetProperty("issuer").GetString()!;
        UserName = development.GetProperty("user").GetProperty("username").GetString()!;
        Password = development.GetProperty("user").GetProperty("password").GetString()!;
    }

    /// <summary>The nodes; all serve the same issuer.</summary>
    public IReadOnlyList<ServerProcess> Nodes { get; }

    /// <summary>The issuer.</summary>
    public string Issuer { get; }

    /// <summary>Name of the person who signs in.</summary>
    public string UserName { get; }

    /// <summary>Their password.</summary>
    public string Password { get; }

    /// <summary>The clients, in the order of <see cref="FireClients.All"/>.</summary>
    public IReadOnlyList<FireClient> Clients { get; private set; } = [];

    /// <summary>Starts one node on SQLite, in a folder of its own, and declares the clients.</summary>
    public static Task<Cluster> OnSqliteAsync(DrillSetting setting, string folder, CancellationToken cancellationToken, IReadOnlyDictionary<string, string>? environment = null)
    {
        var plan = new ServerPlan(setting.Program, Path.Combine(setting.Scratch, folder), ServerProcess.FreePort());
        return StartAsync([environment is null ? plan : plan with { Environment = environment }], cancellationToken);
    }

    /// <summary>Starts nodes on one PostgreSQL database, one after the other, and declares the clients.</summary>
    /// <param name="setting">Where things are.</param>
    /// <param name="folder">Name of the folder of this cluster; each node has one in it.</param>
    /// <param name="count">Number of nodes.</param>
    /// <param name="connection">Connection string of each node (each may go through a proxy of its own).</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="environment">Environment of all nodes.</param>
    public static Task<Cluster> OnPostgresAsync(
        DrillSetting setting, string folder, int count, Func<int, string> connection, CancellationToken cancellationToken, IReadOnlyDictionary<string, string>? environment = null)
    {
        int first = ServerProcess.FreePort();
        ServerPlan[] plans = [.. Enumerable.Range(0, count).Select(i => new ServerPlan(
            setting.Program, Path.Combine(setting.Scratch, folder, $"node{i}"), i == 0 ? first : ServerProcess.FreePort(), connection(i), i == 0 ? null : $"http://localhost:{first}"))];
        return StartAsync(environment is null ? plans : [.. plans.Select(p => p with { Environment = environment })], cancellationToken);
    }

    /// <summary>Starts nodes by their plans and declares the clients.</summary>
    public static async Task<Cluster> StartAsync(IReadOnlyList<ServerPlan> plans, CancellationToken cancellationToken)
    {
        List<ServerProcess> nodes = [];
        try
        {
            foreach (ServerPlan plan in plans)
            {
                // All nodes have one root key, as in production, and know the same demo people.
                if (nodes.Count > 0) Share(nodes[0].Plan.Folder, plan.Folder);
                nodes.Add(await ServerProcess.StartAsync(plan, cancellationToken));
            }
            var cluster = new Cluster(nodes, await nodes[0].DevelopmentFileAsync(cancellationToken));
            cluster.Clients = await FireClients.DeclareAsync(cluster, cancellationToken);
            return cluster;
        }
        catch
        {
            foreach (ServerProcess node in nodes) await node.DisposeAsync();
            throw;
        }
    }

    /// <summary>The client with these rules.</summary>
    public FireClient Client(string id) => Clients.First(c => c.Id == id);

    /// <summary>Runs a command of the program on the first node's folder.</summary>
    /// <returns>What it wrote to standard output.</returns>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public async Task<string> CommandAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        ServerPlan plan = Nodes[0].Plan;
        string[] line = [.. plan.Program.EndsWith(".dll", StringComparison.Ordinal) ? ["dotnet", plan.Program] : new[] { plan.Program }, .. arguments, "--data", plan.Folder];
        var start = new ProcessStartInfo(line[0], line[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process command = Process.Start(start)!;
        Task<string> errors = command.StandardError.ReadToEndAsync(cancellationToken);
        string said = await command.StandardOutput.ReadToEndAsync(cancellationToken);
        await command.WaitForExitAsync(cancellationToken);
        return command.ExitCode == 0 ? said : throw new InvalidOperationException($"{string.Join(' ', arguments)} ended with {command.ExitCode}: {said}{await errors}");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (ServerProcess node in Nodes) await node.DisposeAsync();
    }

    private static void Share(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string name in Shared.Where(n => File.Exists(Path.Combine(from, n)))) File.Copy(Path.Combine(from, name), Path.Combine(to, name), overwrite: true);
    }
}
