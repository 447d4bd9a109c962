using System.Security.Cryptography;
using Evergrant.Fire.Seeding;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;
using Evergrant.Sqlite;

namespace Evergrant.Fire.PowerLoss;

/// <summary>A process of its own that works on an embedded store as a server does, noting what it asks and what it is told: codes redeemed, tokens refreshed, grants revoked, events.</summary>
internal sealed class StoreLoad
{
    private const int Workers = 8;
    private const long CheckpointAt = 192 << 10; // Small, so that checkpoints are among what is hit; the control has the usual one, which syncs as seldom as in life.

    private readonly IGrantStore _store;
    private readonly Action<string> _note;
    private readonly GrantSeed _seed;
    private readonly Random _random;
    private readonly List<Grant> _grants = [];
    private long _number;

    private StoreLoad(IGrantStore store, Action<string> note, int seed, int worker)
    {
        (_store, _note, _random, _number) = (store, note, new Random(seed * 100 + worker), worker * 1_000_000L);
        _seed = new("https://login.example", "web", DateTimeOffset.UtcNow, 1, seed);
    }

    /// <summary>Runs the load to its end.</summary>
    /// <param name="folder">The store.</param>
    /// <param name="note">Takes the notes; called from several threads.</param>
    /// <param name="changes">How many changes are made.</param>
    /// <param name="seed">Seed of the choices.</param>
    /// <param name="synchronous">FULL, or NORMAL for the control that must fail.</param>
    public static async Task RunAsync(string folder, Action<string> note, int changes, int seed, string synchronous)
    {
        await using SqliteStore? store = await OpenAsync(folder, synchronous);
        if (store is null) return;
        store.KeepTime(TimeProvider.System);
        await Task.WhenAll(Enumerable.Range(1, Workers).Select(worker => Task.Run(async () =>
        {
            var load = new StoreLoad(store.Grants, note, seed, worker);
            try
            {
                for (int i = 0; i < changes / Workers; i++) await load.StepAsync();
            }
            catch (StoreUnavailableException)
            {
                // The disk was made to fail: from here on the store answers nobody, and the server would end.
            }
        })));
    }

    private static async Task<SqliteStore?> OpenAsync(string folder, string synchronous)
    {
        try
        {
            return await SqliteStore.OpenAsync(synchronous == "FULL" ? new SqliteOptions(folder) { CheckpointAt = CheckpointAt } : new SqliteOptions(folder), connection =>
            {
                connection.Ask($"pragma synchronous = {synchronous}");
                return new Transaction(connection);
            }, default);
        }
        catch (StoreOpenException)
        {
            // The disk was made to fail so early that nothing is promised.
            return null;
        }
    }

    private async Task StepAsync()
    {
        int choice = _grants.Count < 8 ? 0 : _random.Next(100);
        int at = _random.Next(Math.Max(1, _grants.Count));
        if (choice < 10) await CreateAsync();
        else if (choice < 80) await AdvanceAsync(at);
        else if (choice < 90) await RevokeAsync(at);
        else await RecordAsync();
    }

    private async Task CreateAsync()
    {
        Grant grant = _seed.Pending(++_number);
        await DoAsync("create", grant.Id, 0, new CreateGrant(grant));
        _grants.Add(grant);
    }

    private async Task AdvanceAsync(int at)
    {
        Grant grant = _grants[at];
        long to = grant.Generation + 1;
        DateTimeOffset now = DateTimeOffset.UtcNow;
        await DoAsync("advance", grant.Id, to, new AdvanceGrant(grant.Id, grant.Generation, to, 1, now, now.AddDays(14), grant.ExpiresAt, grant.Retries, (int)to, 0) { RetriesBefore = grant.Retries });
        _grants[at] = grant with { Generation = to };
    }

    private async Task RevokeAsync(int at)
    {
        await DoAsync("revoke", _grants[at].Id, 0, new RevokeGrant(_grants[at].Id, RevocationCause.RevokedByClient, DateTimeOffset.UtcNow));
        _grants.RemoveAt(at);
    }

    private async Task RecordAsync()
    {
        string reference = Convert.ToHexString(RandomNumberGenerator.GetBytes(5));
        await _store.RecordAsync(new EventRecord { Reference = reference, At = DateTimeOffset.UtcNow, Decision = "Refused", Endpoint = "Token" }, default);
        _note(Promises.Answered("event", reference));
    }

    private async Task DoAsync(string what, Guid id, long number, Change change)
    {
        _note(Promises.Asked(what, id, number));
        CommitResult result = await _store.CommitAsync(change, null, default);
        if (result == CommitResult.Unknown) throw new StoreUnavailableException("The outcome is not known.");
        if (result != CommitResult.Committed) throw new InvalidOperationException($"{what} {id} {number}: {result}");
        _note(Promises.Answered(what, id, number));
    }
}
