namespace Evergrant.Load.Server;

/// <summary>Nodes that join a server on its database, started one after the other.</summary>
internal sealed class Nodes : IAsyncDisposable
{
    private readonly List<ServerRun> joined = [];

    /// <summary>They, without the first.</summary>
    public IReadOnlyList<ServerRun> Joined => joined;

    /// <summary>Starts them.</summary>
    /// <param name="program">The published program.</param>
    /// <param name="first">The server that is there.</param>
    /// <param name="postgres">Connection string of its database.</param>
    /// <param name="cores">Cores of each of them.</param>
    public static async Task<Nodes> JoinAsync(string program, ServerRun first, string postgres, IEnumerable<string> cores)
    {
        var nodes = new Nodes();
        try
        {
            foreach (var some in cores) nodes.joined.Add(await ServerRun.StartAsync(program, new ServerPlace { Postgres = postgres, Beside = first, Cores = some }));
            return nodes;
        }
        catch
        {
            await nodes.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in joined) await node.DisposeAsync();
    }
}
