using System.Threading.Channels;
using Evergrant.Postgres;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Storage;
using static Evergrant.Storage.Tests.Rows;

namespace Evergrant.Storage.Tests.Postgres;

/// <summary>What one node hears of the others.</summary>
public sealed class WatchTests : IAsyncLifetime
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<Observed> _heard = Channel.CreateUnbounded<Observed>();
    private PostgresCluster _cluster = null!;
    private PostgresStore _listening = null!, _writing = null!;
    private string _database = "";
    private Task _watch = Task.CompletedTask;

    public async ValueTask InitializeAsync()
    {
        _cluster = await SharedCluster.Cluster;
        _database = await _cluster.CreateDatabaseAsync();
        PostgresOptions options = new(_cluster.ConnectionString(_database)) { Deadline = TimeSpan.FromSeconds(60) };
        _listening = await PostgresStore.OpenAsync(options);
        _writing = await PostgresStore.OpenAsync(options);
        _watch = _listening.WatchAsync(observed => _heard.Writer.TryWrite(observed), _stop.Token);
        Assert.Equal(Observed.Connected, await NextAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watch;
        await _listening.DisposeAsync();
        await _writing.DisposeAsync();
        _stop.Dispose();
    }

    [Fact]
    public async Task Every_change_of_clients_resources_scopes_and_keys_is_told_and_none_of_grants()
    {
        await _writing.Grants.CommitAsync(new CreateGrant(Active()), Rows.Event("EVNT-0001"), default);
        await _writing.Clients.SaveScopeAsync(new ScopeDescription("a", null, false), default);
        Assert.Equal(Observed.ClientsChanged, await NextAsync());
        await _writing.Clients.RemoveScopeAsync("a", default);
        Assert.Equal(Observed.ClientsChanged, await NextAsync());
        await _writing.Clients.SaveResourceAsync(new ApiResource { Identifier = "https://api.example" }, default);
        Assert.Equal(Observed.ClientsChanged, await NextAsync());
        await _writing.Clients.RemoveResourceAsync("https://api.example", default);
        Assert.Equal(Observed.ClientsChanged, await NextAsync());
        await _writing.Clients.SaveClientAsync(new Client { Issuer = "https://a.example", ClientId = "c" }, default);
        Assert.Equal(Observed.ClientsChanged, await NextAsync());
        await _writing.Clients.RemoveClientAsync("https://a.example", "c", Now, default);
        Assert.Equal(Observed.ClientsChanged, await NextAsync());
        Assert.True(await _writing.Keys.SaveKeysAsync("https://a.example", 0, [Key("k", issuer: "https://a.example")], default));
        Assert.Equal(Observed.KeysChanged, await NextAsync());
    }

    [Fact]
    public async Task What_was_not_written_is_not_told()
    {
        Assert.False(await _writing.Clients.RemoveScopeAsync("nobody", default));
        Assert.False(await _writing.Keys.SaveKeysAsync("https://a.example", 5, [Key("k", issuer: "https://a.example")], default));
        await _writing.Clients.SaveScopeAsync(new ScopeDescription("a", null, false), default);
        Assert.Equal(Observed.ClientsChanged, await NextAsync());
        Assert.False(_heard.Reader.TryRead(out _));
    }

    [Fact]
    public async Task A_connection_that_was_lost_is_made_again_and_everything_is_suspect_then()
    {
        await _cluster.ExecuteAsync(_database, "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'evergrant watch' and datname = current_database()");
        Assert.Equal(Observed.Lost, await NextAsync());
        Assert.Equal(Observed.Connected, await NextAsync());
        await _writing.Clients.SaveScopeAsync(new ScopeDescription("a", null, false), default);
        Assert.Equal(Observed.ClientsChanged, await NextAsync());
    }

    private async Task<Observed> NextAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        return await _heard.Reader.ReadAsync(limit.Token);
    }
}
