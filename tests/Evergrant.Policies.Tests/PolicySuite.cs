using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Evergrant.Policies.Tests.Hosts;
using Evergrant.Policies.Tests.Scenarios;
using Evergrant.Protocol.Policies;

namespace Evergrant.Policies.Tests;

/// <summary>Every policy with every script on one store.</summary>
public abstract class PolicySuite : IAsyncLifetime
{
    private PolicyHost? _host;

    private protected abstract Task<OpenStore> OpenAsync();

    private protected PolicyHost Server => _host!;

    public virtual async ValueTask InitializeAsync()
    {
        CaseClock.Begin();
        _host = await PolicyHost.StartAsync(await OpenAsync(), Variant.Policies.Values.Select(Read));
        await _host.RegisterLookerAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null) await _host.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected async Task RunAllAsync()
    {
        var faults = new StringBuilder();
        int cases = 0;
        long began = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(Variant.All.Select((variant, number) => (variant, number)), new ParallelOptions { MaxDegreeOfParallelism = 12 }, async (one, _) =>
        {
            string client = await Server.RegisterAsync($"c{one.number}", one.variant);
            await Task.WhenAll(Script.All.Select(async script =>
            {
                await Task.Yield();
                CaseClock.Begin();
                Interlocked.Increment(ref cases);
                try
                {
                    await script.Value(new Case(Server, one.variant, client, await Server.SignInAsync()));
                }
                catch (Exception e) when (e is InvalidOperationException or KeyNotFoundException or Xunit.Sdk.XunitException)
                {
                    lock (faults) faults.AppendLine($"{one.variant}: {script.Key}: {e.Message}");
                }
            }));
        });
        Assert.True(faults.Length == 0, $"of {cases} cases, in {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s:\n{faults}");
        Assert.True(cases > 2000, $"Only {cases} cases were made.");
    }

    internal static PolicyDocument Read(System.Text.Json.Nodes.JsonObject json)
    {
        var faults = new List<string>();
        PolicyDocument? policy = PolicyDocument.Parse(JsonDocument.Parse(json.ToJsonString()).RootElement, "", faults, isPublic: null);
        Assert.True(faults.Count == 0, $"{json["name"]}: {string.Join("; ", faults)}");
        return policy!;
    }
}

public sealed class SqlitePolicySuite : PolicySuite
{
    [Fact]
    public Task Every_policy_behaves_as_its_knobs_say_on_SQLite() => RunAllAsync();

    private protected override Task<OpenStore> OpenAsync() => OpenStore.SqliteAsync();
}

public sealed class PostgresPolicySuite : PolicySuite
{
    [Fact]
    public Task Every_policy_behaves_as_its_knobs_say_on_PostgreSQL() => RunAllAsync();

    private protected override Task<OpenStore> OpenAsync() => OpenStore.PostgresAsync();
}
