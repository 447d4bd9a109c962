using Evergrant.AspNetCore;
using Evergrant.AspNetCore.Clients;
using Evergrant.AspNetCore.Keys;
using Evergrant.Hosting;
using Evergrant.Postgres;
using Evergrant.Program.Tests.Harness;
using Evergrant.Protocol.Clients;
using Evergrant.Storage.Tests.Postgres;
using Microsoft.Extensions.Logging.Abstractions;
using Evergrant.Tests;
using Xunit;

namespace Evergrant.Program.Tests.Nodes;

/// <summary>What a node forgets because another one has told it; nothing here grows old by itself.</summary>
public sealed class NodeWatchTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private PostgresStore _own = null!, _other = null!;
    private ClientCatalogue _catalogue = null!;
    private KeyRings _keys = null!, _otherKeys = null!;
    private NodeWatch _watch = null!;

    public async ValueTask InitializeAsync()
    {
        PostgresCluster cluster = await SharedCluster.Cluster;
        PostgresOptions options = new(cluster.ConnectionString(await cluster.CreateDatabaseAsync())) { Deadline = TimeSpan.FromSeconds(60) };
        (_own, _other) = (await PostgresStore.OpenAsync(options), await PostgresStore.OpenAsync(options));
        RootKeySource.Create(_folder.Path);
        RootKeys root = RootKeys.Read(_folder.Path);
        var settings = new EvergrantOptions();
        _catalogue = new ClientCatalogue(_own.Clients, settings, _own.Clock);
        (_keys, _otherKeys) = (new KeyRings(_own.Keys, root, _own.Clock, settings), new KeyRings(_other.Keys, root, _other.Clock, settings));
        _watch = new NodeWatch(_own, _catalogue, _keys, NullLogger<NodeWatch>.Instance);
        await _watch.StartAsync(default);
        // It listens once a change is heard of.
        int name = 0;
        await NodeSet.Until(async () => await SeesAsync(name) || !await SaveAsync(++name), "the node listens");
    }

    public async ValueTask DisposeAsync()
    {
        await _watch.StopAsync(default);
        _watch.Dispose();
        _keys.Dispose();
        _otherKeys.Dispose();
        await _own.DisposeAsync();
        await _other.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_client_that_another_node_saves_is_read_anew()
    {
        await SaveAsync(1000);
        await NodeSet.Until(() => SeesAsync(1000), "the first state is seen");
        await SaveAsync(1001);
        await NodeSet.Until(() => SeesAsync(1001), "the second state is seen");
    }

    [Fact]
    [Requirement("ATTACK-180")]
    public async Task A_scope_and_a_key_that_another_node_makes_are_read_anew()
    {
        Assert.False((await _catalogue.ScopesAsync(default)).Knows("late"));
        await _other.Clients.SaveScopeAsync(new ScopeDescription("late", null, false), default);
        await NodeSet.Until(async () => (await _catalogue.ScopesAsync(default)).Knows("late"), "the scope is known");

        int before = (await _keys.CurrentAsync(NodeSet.Issuer, default)).Records.Count;
        int made = (await _otherKeys.RotateAsync(NodeSet.Issuer, null, default)).Count;
        Assert.True(made > 0);
        await NodeSet.Until(async () => (await _keys.CurrentAsync(NodeSet.Issuer, default)).Records.Count == before + made, "the keys are known");
        string signer = (await _keys.SignerAsync(NodeSet.Issuer, "ES256", default)).PublicKey.KeyId!;
        Assert.NotNull(await _otherKeys.WithdrawAsync(NodeSet.Issuer, signer, default));
        await NodeSet.Until(async () => (await _keys.SignerAsync(NodeSet.Issuer, "ES256", default)).PublicKey.KeyId != signer, "the withdrawn key signs no more");
    }

    private async Task<bool> SaveAsync(int name)
    {
        await _other.Clients.SaveClientAsync(new Client { Issuer = NodeSet.Issuer, ClientId = "web", Name = $"n{name}" }, default);
        return true;
    }

    private async Task<bool> SeesAsync(int name) => name > 0 && (await _catalogue.FindAsync(NodeSet.Issuer, "web", default))?.Name == $"n{name}";
}
