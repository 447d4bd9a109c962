using System.Collections;
using Evergrant.AspNetCore.Keys;
using Evergrant.Hosting;
using Evergrant.Hosting.Settings;
using Evergrant.Program.Tests.Harness;
using Microsoft.Extensions.DependencyInjection;

namespace Evergrant.Program.Tests.Keys;

/// <summary>Nodes of one store, each with root keys of its own, without listening. The store stands in for one that many processes share.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    public const string Issuer = "http://localhost:5000";
    private readonly List<ServiceProvider> _nodes = [];
    private readonly string _folder;

    private Cluster(OpenStore store, string folder) => (Store, _folder) = (store, folder);

    public TemporaryFolder Folder { get; } = new();

    public StoppedTime Time { get; } = new();

    public OpenStore Store { get; }

    public static async Task<Cluster> StartAsync()
    {
        string folder = Directory.CreateTempSubdirectory("evk-").FullName;
        return new(await OpenStore.OpenAsync(new ServerSettings { Folder = folder, Issuers = [], Urls = [] }), folder);
    }

    /// <summary>The file of a node's root keys.</summary>
    public string FileOf(string node) => Folder.At(node + "/root.key");

    /// <summary>A node with its own folder, begun as at the start of a server; its root keys are those of another one where that is named.</summary>
    public async Task<Node> BeginAsync(string name, string? keysOf = null)
    {
        Directory.CreateDirectory(Folder.At(name));
        if (keysOf is null) RootKeySource.Create(Folder.At(name));
        else File.Copy(FileOf(keysOf), FileOf(name));
        var services = new ServiceCollection();
        services.AddLogging();
        var settings = new ServerSettings { Development = true, Folder = Folder.At(name), Issuers = [Issuer], Urls = [Issuer] };
        ServerServices.Add(services, settings, Store, RootKeys.Read(Folder.At(name), new Hashtable()), Time);
        _nodes.Add(services.BuildServiceProvider());
        Node node = new(_nodes[^1]);
        await node.Agreement.BeginAsync(alone: false, default);
        return node;
    }

    /// <summary>Time passes and every node looks, as each does every ten seconds.</summary>
    public async Task PassAsync(TimeSpan span)
    {
        Time.Now += span;
        foreach (ServiceProvider node in _nodes) await new Node(node).Agreement.LookAsync(default);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (ServiceProvider node in _nodes) await node.DisposeAsync();
        await Store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
        Folder.Dispose();
    }
}

/// <summary>One of the nodes.</summary>
internal sealed record Node(IServiceProvider Services)
{
    public RootKeys Root => Services.GetRequiredService<RootKeys>();

    public RootKeyAgreement Agreement => Services.GetRequiredService<RootKeyAgreement>();

    public RootKeyRotation Rotation => Services.GetRequiredService<RootKeyRotation>();

    public KeyRings Rings => Services.GetRequiredService<KeyRings>();

    public PairwiseKey Pairwise => Services.GetRequiredService<PairwiseKey>();
}
