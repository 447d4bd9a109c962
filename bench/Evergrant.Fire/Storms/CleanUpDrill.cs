using System.Globalization;
using System.Security.Cryptography;
using Evergrant.Fire.Postgres;
using Evergrant.Postgres;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;
using Evergrant.Protocol.Token;
using Evergrant.Sqlite;

namespace Evergrant.Fire.Storms;

/// <summary>
/// F25: clean-up without a pause beside refreshes, in years that pass in seconds. On the stores themselves, so that the clock is the drill's: rows of living families never
/// vanish, dead ones are known as dead for as long as they are kept, and what is over is taken in the end.
/// </summary>
internal sealed class CleanUpDrill(Place place) : IDrill
{
    private const int Whole = 200_000;
    private const int Grants = 64;
    private const int Batch = 50;
    private const string Issuer = "https://op.example";
    private static readonly TimeSpan Keep = TimeSpan.FromDays(3), Step = TimeSpan.FromHours(4);
    private static readonly GrantPolicy Policy = GrantPolicy.Confidential with { Name = "clean-up", IdleLifetime = TimeSpan.FromDays(1), AbsoluteLifetime = TimeSpan.FromDays(4_000) };
    private static readonly Client Client = new() { Issuer = Issuer, ClientId = "fire", Scopes = ["offline_access"], SecretHashes = [[1]], Policy = Policy };

    private readonly CredentialKeys _keys = new([new(1, RandomNumberGenerator.GetBytes(32))]);
    private DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>On each store.</summary>
    public static IEnumerable<IDrill> All { get; } = [new CleanUpDrill(Place.Sqlite), new CleanUpDrill(Place.Postgres)];

    public string Name => "cleanup-race" + place.Suffix;

    public bool IsOnPostgres => place.IsPostgres;

    public string Sentence => $"Clean-up without a pause beside refreshes, while years pass ({place}).";

    public async Task<DrillResult> RunAsync(DrillSetting setting, CancellationToken cancellationToken)
    {
        if (!place.IsPostgres)
        {
            await using SqliteStore sqlite = await SqliteStore.OpenAsync(new SqliteOptions(Path.Combine(setting.Scratch, Name)), cancellationToken);
            return await RunAsync(sqlite.Grants, setting, cancellationToken);
        }
        await using Solo database = await Solo.StartAsync();
        await using PostgresStore postgres = await PostgresStore.OpenAsync(new PostgresOptions(database.ConnectionString()), cancellationToken);
        return await RunAsync(postgres.Grants, setting, cancellationToken);
    }

    private async Task<DrillResult> RunAsync(IGrantStore store, DrillSetting setting, CancellationToken cancellationToken)
    {
        int refreshes = setting.Count(Whole, 6_000), done = 0, removed = 0, dead = 0;
        List<string> violations = [];
        var random = new Random(setting.Seed);
        Held[] held = new Held[Grants];
        for (int i = 0; i < held.Length; i++) held[i] = await BeginAsync(store, cancellationToken);
        List<Held> remembered = [];
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<int> cleaning = Task.Run(() => CleanAsync(store, over.Token), cancellationToken);
        while (done < refreshes && violations.Count < 10)
        {
            // Every family is refreshed within its idle life, again and again beyond the end that it had when it began; one after the other dies.
            await Task.WhenAll(Enumerable.Range(0, held.Length).Select(async i =>
            {
                if (await RefreshAsync(store, held[i], cancellationToken) is { } fault) lock (violations) violations.Add(fault);
            }));
            done += held.Length;
            int victim = random.Next(held.Length);
            if (held[victim].Token is { } stolen && held[victim].Before is { } grandparent)
            {
                if (await KillAsync(store, held[victim], grandparent, cancellationToken) is { } fault) violations.Add(fault);
                dead++;
                remembered.Add(held[victim] with { Token = stolen });
                held[victim] = await BeginAsync(store, cancellationToken);
            }
            if (await ForgottenAsync(store, remembered, cancellationToken) is { } early) violations.Add(early);
            lock (_keys) _now += Step;
        }
        await over.CancelAsync();
        removed = await cleaning;
        // When the last absolute end has passed, everything goes.
        lock (_keys) _now += Policy.AbsoluteLifetime!.Value + Keep + Keep;
        for (int last = 1; last > 0; removed += last) last = await store.CleanUpAsync(Now, Keep, 10_000, cancellationToken);
        int left = (await store.ListGrantsAsync(new GrantFilter(Limit: 10), cancellationToken)).Count;
        if (left > 0) violations.Add("clean-up leaves grants that are long over");
        return new DrillResult(
        [
            new("F25", $"refreshes beside clean-up without a pause, {place}", done.ToString("N0", CultureInfo.InvariantCulture)),
            new("F25", "time that passed", $"{(done / held.Length) * Step.TotalDays:N0} days"),
            new("F25", "families that died; rows that clean-up took", string.Create(CultureInfo.InvariantCulture, $"{dead:N0}; {removed:N0}")),
            new("F25", "living families lost, or dead ones forgotten too early", violations.Count.ToString(CultureInfo.InvariantCulture)),
        ], violations);
    }

    private DateTimeOffset Now
    {
        get
        {
            lock (_keys) return _now;
        }
    }

    private async Task<int> CleanAsync(IGrantStore store, CancellationToken cancellationToken)
    {
        int removed = 0;
        while (!cancellationToken.IsCancellationRequested) removed += await store.CleanUpAsync(Now, Keep, Batch, CancellationToken.None);
        return removed;
    }

    private async Task<Held> BeginAsync(IGrantStore store, CancellationToken cancellationToken)
    {
        DateTimeOffset now = Now;
        var grant = new Grant
        {
            Id = Guid.CreateVersion7(), Issuer = Issuer, ClientId = Client.ClientId, Subject = "somebody", State = GrantState.Active, Generation = 1, GenerationAt = now, KeyNumber = 1, CreatedAt = now,
            IdleExpiresAt = now + Policy.IdleLifetime, ExpiresAt = now + Policy.AbsoluteLifetime, Salt = RandomNumberGenerator.GetBytes(16),
            Authorized = new Authorized { Scope = "offline_access", Policy = Policy.Name, IssuesRefreshToken = true },
        };
        await store.CommitAsync(new CreateGrant(grant), null, cancellationToken);
        return new Held(grant.Id, GrantCredential.Write(_keys, 1, CredentialKind.RefreshToken, grant, 1), now);
    }

    private async Task<string?> RefreshAsync(IGrantStore store, Held held, CancellationToken cancellationToken)
    {
        TokenDecision decision = await DecideAsync(store, held.Token!, cancellationToken);
        if (decision is not Rotated rotated) return $"a living family was answered with {decision.Name}{(decision is Refused refused ? " " + refused.Error.Refusal : "")}";
        if (await store.CommitAsync(rotated.Change, null, cancellationToken) != CommitResult.Committed) return "a living family's row was gone when it was written";
        (held.Before, held.Token) = (held.Token, GrantCredential.Write(_keys, 1, CredentialKind.RefreshToken, rotated.Grant, rotated.Grant.Generation));
        return null;
    }

    // A token that is passed by twice comes back: the family dies, and its row stays.
    private async Task<string?> KillAsync(IGrantStore store, Held held, string token, CancellationToken cancellationToken)
    {
        if (await RefreshAsync(store, held, cancellationToken) is { } fault) return fault;
        TokenDecision decision = await DecideAsync(store, token, cancellationToken);
        if (decision is not Replayed { Change: { } change }) return $"a token that was passed by twice was answered with {decision.Name}";
        held.DiedAt = Now;
        return await store.CommitAsync(change, null, cancellationToken) == CommitResult.Committed ? null : "a family that died had no row";
    }

    private async Task<string?> ForgottenAsync(IGrantStore store, List<Held> remembered, CancellationToken cancellationToken)
    {
        DateTimeOffset now = Now;
        remembered.RemoveAll(h => h.DiedAt + Keep <= now);
        foreach (Held held in remembered)
        {
            if (await DecideAsync(store, held.Token!, cancellationToken) is not Refused { Error.Refusal: Protocol.Refusal.GrantRevoked }) return "a family that died is not known as dead any more";
        }
        return null;
    }

    private async Task<TokenDecision> DecideAsync(IGrantStore store, string token, CancellationToken cancellationToken)
    {
        GrantCredential credential = GrantCredential.Read(_keys, CredentialKind.RefreshToken, token)!;
        Grant? row = await store.FindGrantAsync(credential.GrantId, cancellationToken);
        return RefreshTokenGrant.Decide(new TokenRequest { GrantType = RefreshTokenGrant.Name }, credential, row, Issuer, Client, ScopeCatalogue.Empty, _keys, Now);
    }

    private sealed record Held(Guid Id, string? First, DateTimeOffset BegunAt)
    {
        public string? Token { get; set; } = First;

        public string? Before { get; set; }

        public DateTimeOffset DiedAt { get; set; }
    }
}
