using System.Net;
using Evergrant.Program.Tests.Harness;
using Evergrant.Storage.Tests.Postgres;
using Xunit;

namespace Evergrant.Program.Tests.Nodes;

/// <summary>Nodes of one issuer on one database, as they stand behind a proxy: each a process with a folder of its own that holds nothing but the root key.</summary>
internal sealed class NodeSet : IAsyncDisposable
{
    public const string Issuer = "https://id.example";
    public const string User = "ada";
    public const string Password = "correct horse battery";

    private readonly TemporaryFolder _folder = new();
    private readonly List<Node> _nodes = [];
    private bool _onFile;
    private string? _applied;

    private NodeSet(PostgresCluster cluster, string database) => (Cluster, Database) = (cluster, database);

    public PostgresCluster Cluster { get; }

    public string Database { get; }

    /// <summary>The secret of the client "web".</summary>
    public string Secret { get; private set; } = "";

    public Node this[int node] => _nodes[node];

    public IReadOnlyList<Node> All => _nodes;

    /// <summary>A database with a client and an account, and so many nodes that are started at once.</summary>
    /// <param name="count">How many.</param>
    /// <param name="onFile">Whether the store is a file in the folder of the first node, the only one then, until <see cref="UseDatabase"/>.</param>
    /// <param name="apply">What every node applies when it starts; null for nothing.</param>
    public static async Task<NodeSet> StartAsync(int count, bool onFile = false, string? apply = null)
    {
        PostgresCluster cluster = await SharedCluster.Cluster;
        var set = new NodeSet(cluster, await cluster.CreateDatabaseAsync()) { _onFile = onFile };
        if (apply is not null) set._applied = set._folder.Write("apply.json", apply);
        try
        {
            for (int i = 0; i < count; i++) set._nodes.Add(set.Make(i));
            Said made = await RunningProgram.Run("init", "--config", set[0].Config);
            Assert.True(made.ExitCode == 0, made.Error);
            foreach (Node node in set._nodes.Skip(1)) set.GiveKey(node);
            await Task.WhenAll(set._nodes.Select(n => n.StartAsync()));
            Said applied = await set.Run(State, "apply", "-f", "-", "--yes", "--json");
            Assert.True(applied.ExitCode == 0, applied.Error);
            set.Secret = System.Text.Json.JsonDocument.Parse(applied.Output).RootElement.GetProperty("changes").EnumerateArray()
                .Select(c => c.TryGetProperty("client_secret", out System.Text.Json.JsonElement secret) ? secret.GetString() : null).Single(s => s is not null)!;
            return set;
        }
        catch
        {
            await set.DisposeAsync();
            throw;
        }
    }

    /// <summary>Puts the database into the settings of the first node.</summary>
    public void UseDatabase()
    {
        _onFile = false;
        WriteConfig(0, _nodes[0].Port, _nodes[0].Folder);
    }

    /// <summary>A further node, which is started.</summary>
    public async Task<Node> AddAsync()
    {
        Node node = Make(_nodes.Count);
        _nodes.Add(node);
        GiveKey(node);
        await node.StartAsync();
        return node;
    }

    /// <summary>A command as an operator gives it, with the settings of the first node.</summary>
    public Task<Said> Run(string input, params string[] arguments) => RunningProgram.RunWith(input, [.. arguments, "--config", _nodes[0].Config]);

    public Task ExecuteAsync(string sql) => Cluster.ExecuteAsync(Database, sql);

    /// <summary>Asks again until it holds.</summary>
    public static async Task Until(Func<Task<bool>> condition, string what)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!await condition())
        {
            Assert.False(limit.IsCancellationRequested, $"It never came that {what}.");
            await timer.WaitForNextTickAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Node node in _nodes) await node.DisposeAsync();
        _folder.Dispose();
    }

    private void GiveKey(Node node) => File.Copy(System.IO.Path.Combine(_nodes[0].Folder, "root.key"), System.IO.Path.Combine(node.Folder, "root.key"));

    private Node Make(int number)
    {
        int port = RunningProgram.FreePort();
        string folder = _folder.At($"n{number}");
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new Node(port, folder, WriteConfig(number, port, folder));
    }

    // The machine is shared with the other suites: a long deadline, so that none of them is seen here.
    private string WriteConfig(int number, int port, string folder) => _folder.Write($"n{number}.json", $$"""
        { "data": "{{folder}}", "issuers": [ { "issuer": "{{Issuer}}" } ], "urls": [ "http://127.0.0.1:{{port}}" ], {{(_applied is null ? "" : $"\"apply\": \"{_applied}\",")}} "trusted_proxies": [ "127.0.0.1" ]
          {{(_onFile ? "" : $$""", "postgres": { "connection": "{{Cluster.ConnectionString(Database)}}", "deadline": "00:00:30" }""")}} }
        """);

    private const string State = $$"""
        { "clients": [ { "issuer": "{{Issuer}}", "client_id": "web", "client_name": "Web", "application_type": "web", "redirect_uris": [ "https://web.example/cb" ],
                         "grant_types": [ "authorization_code", "refresh_token", "client_credentials" ], "scope": "openid offline_access" , "introspect": true } ],
          "users": [ { "username": "{{User}}", "password": "{{Password}}" } ] }
        """;
}

/// <summary>One node.</summary>
/// <param name="port">Where it listens; TLS ends at the proxy that the tests play.</param>
/// <param name="folder">Its data folder.</param>
/// <param name="config">Its settings.</param>
internal sealed class Node(int port, string folder, string config) : IAsyncDisposable
{
    private RunningProgram? _program;

    public int Port => port;

    public string Folder => folder;

    public string Config => config;

    public string Output => _program!.Output;

    public int ProcessId => _program!.Id;

    public async Task StartAsync()
    {
        using var http = new HttpClient();
        _program = await RunningProgram.Start(async () =>
        {
            try
            {
                return (await http.GetAsync($"http://127.0.0.1:{port}/health/ready")).StatusCode == HttpStatusCode.OK;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }, "serve", "--config", config);
    }

    public async ValueTask DisposeAsync()
    {
        if (_program is { } program) await program.DisposeAsync();
        _program = null;
    }
}
