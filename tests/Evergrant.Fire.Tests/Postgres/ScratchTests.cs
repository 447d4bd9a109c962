using System.Diagnostics;
using Evergrant.Fire.Postgres;
using Evergrant.Fire.Postgres.Proxy;
using Evergrant.Postgres;
using Evergrant.Protocol.Storage;
using Xunit;

namespace Evergrant.Fire.Tests.Postgres;

public sealed class ScratchTests
{
    [Theory]
    [InlineData("Held", 1)]
    [InlineData("Held", 3)]
    [InlineData("HalfOpen", 3)]
    public async Task How_long_does_it_take(string state, int hosts)
    {
        await using ServerFolder folder = await ServerFolder.CreateAsync();
        Instance a = new(folder, "a");
        await a.InitializeAsync();
        await a.StartAsync();
        Link[] links = [.. Enumerable.Range(0, hosts).Select(_ => new Link(a.Port))];
        await using PostgresStore store = await PostgresStore.OpenAsync(new($"Host={string.Join(',', links.Select(l => $"127.0.0.1:{l.Port}"))};Username=evergrant;Database=postgres") { Deadline = TimeSpan.FromSeconds(2) });
        await Task.WhenAll(Enumerable.Range(0, 10).Select(async _ => await store.Grants.FindGrantAsync(Guid.CreateVersion7(), default)));
        foreach (Link link in links) link.Set(Enum.Parse<LinkState>(state));
        long t0 = Stopwatch.GetTimestamp();
        async Task<double> One(Func<Task> f)
        {
            long t = Stopwatch.GetTimestamp();
            try { await f(); } catch (StoreUnavailableException) { }
            return Stopwatch.GetElapsedTime(t).TotalSeconds;
        }
        Task<double>[] all = [.. Enumerable.Range(0, 5).Select(_ => One(async () => await store.Grants.FindGrantAsync(Guid.CreateVersion7(), default))),
            .. Enumerable.Range(0, 5).Select(_ => One(async () => await store.Grants.CommitAsync(new RevokeGrant(Guid.CreateVersion7(), Protocol.Grants.RevocationCause.None, DateTimeOffset.UnixEpoch), null, default)))];
        Console.WriteLine($"{state} {hosts} first: {string.Join(' ', (await Task.WhenAll(all)).Select(d => $"{d:0.00}"))}");
        for (int i = 0; i < 3; i++) Console.WriteLine($"{state} {hosts} later: {await One(async () => await store.Grants.FindGrantAsync(Guid.CreateVersion7(), default)):0.00}");
        foreach (Link link in links) link.Set(LinkState.Open);
        for (int i = 0; i < 3; i++)
        Console.WriteLine($"{state} {hosts} healed: {await One(async () => await store.Grants.FindGrantAsync(Guid.CreateVersion7(), default)):0.00}");
        foreach (Link link in links) await link.DisposeAsync();
    }
}
