using System.Globalization;
using Evergrant.AspNetCore.Keys;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Keys;
using Evergrant.Protocol.Storage;

namespace Evergrant.Hosting;

/// <summary>What came of an order about root keys.</summary>
/// <param name="Done">Whether it was carried out as far as it can be now.</param>
/// <param name="Lines">What to tell whoever gave it.</param>
/// <param name="NewEntry">A new key to be put where the root keys come from, told this once; null for none.</param>
internal sealed record RootKeyOutcome(bool Done, IReadOnlyList<string> Lines, string? NewEntry = null)
{
    /// <summary>No secret.</summary>
    public override string ToString() => string.Join(" ", Lines);
}

/// <summary>Adds, activates, wraps again and drops root keys while servers run (docs/operations/keys.md).</summary>
internal sealed class RootKeyRotation(IKeyStore store, IClientStore clients, KeyRings rings, PairwiseKey pairwise, RootKeys root, RootKeyAgreement agreement, TimeProvider time)
{
    // Pages have no row, nor have opaque access tokens beside that of their grant; those of clients may live longer.
    private static readonly TimeSpan Rowless = TimeSpan.FromDays(1);

    /// <summary>Reads what is known of the root keys.</summary>
    public ValueTask<IReadOnlyList<RootKeyRecord>> ListAsync(CancellationToken cancellationToken) => store.ListRootKeysAsync(cancellationToken);

    /// <summary>The next step to a new root key: makes one, or activates the one that waits once every running node has it.</summary>
    public async Task<RootKeyOutcome> RotateAsync(CancellationToken cancellationToken)
    {
        await agreement.LookAsync(cancellationToken);
        IReadOnlyList<RootKeyRecord> known = await store.ListRootKeysAsync(cancellationToken);
        int? waiting = known.Where(k => k is { ActiveFrom: null, DroppedAt: null } && root.Numbers.Contains(k.Number)).Select(k => (int?)k.Number).Min();
        if (waiting is null)
        {
            int number = Math.Max(known.Max(k => k.Number), root.Numbers.Max()) + 1;
            if (number > ushort.MaxValue) return new(false, ["there are no numbers left for root keys"]);
            if (!root.Source.IsOurs)
            {
                return new(true, [$"Add this entry to {root.Source.Place} of every node, start the nodes anew one by one, and give this command again."], RootKeySource.NewEntry(number));
            }
            root.Source.Add(number);
            await agreement.LookAsync(cancellationToken);
            waiting = number;
        }
        IReadOnlyList<RootKeyHolder> others = await agreement.OthersAsync(cancellationToken);
        int lacking = others.Count(h => !h.Numbers.Contains(waiting.Value));
        if (lacking > 0)
        {
            return new(true, [$"Root key {waiting} waits: {lacking} of {others.Count + 1} nodes do not have it yet. Copy {root.Source.Place} to them (they look every ten seconds; a variable or credential is read at their start), and give this command again."]);
        }
        DateTimeOffset from = others.Count == 0 ? time.GetUtcNow() : time.GetUtcNow() + RootKeyAgreement.Announce;
        if (!await store.ActivateRootKeyAsync(waiting.Value, from, cancellationToken)) return new(false, [$"root key {waiting} was activated or dropped by somebody else meanwhile"]);
        await agreement.LookAsync(cancellationToken);
        return new(true,
        [
            $"Root key {waiting} makes everything that is new{(others.Count == 0 ? "" : from.UtcDateTime.ToString("', from 'HH:mm:ss'Z' 'on'", CultureInfo.InvariantCulture))}. {(root.Source.IsOurs ? $"Keep a copy of {root.Source.Place}, apart from the backups." : "Keep a copy of it, apart from the backups.")}",
            "Next: evergrant key rewrap; when the old key is needed no more, evergrant key drop-root.",
        ]);
    }

    /// <summary>Wraps signing keys and stored secrets by the present root key.</summary>
    /// <returns>How many were wrapped anew.</returns>
    public async Task<int> RewrapAsync(CancellationToken cancellationToken) =>
        await rings.RewrapAsync(cancellationToken) + (await pairwise.RewrapAsync(cancellationToken) ? 1 : 0);

    /// <summary>Drops a root key, unless something still needs it.</summary>
    public async Task<RootKeyOutcome> DropAsync(int number, CancellationToken cancellationToken)
    {
        await agreement.LookAsync(cancellationToken);
        IReadOnlyList<RootKeyRecord> known = await store.ListRootKeysAsync(cancellationToken);
        DateTimeOffset now = time.GetUtcNow();
        if (known.FirstOrDefault(k => k.Number == number) is not { } key) return new(false, [$"there is no root key {number}"]);
        if (key.DroppedAt is null)
        {
            if (RootKeyRecord.Active(known, now)?.Number == number) return new(false, [$"root key {number} makes everything that is new; evergrant key rotate-root makes another one"]);
            bool lowest = known.Where(k => k.DroppedAt is null).Min(k => k.Number) == number;
            List<string> needs = key.ActiveFrom is null ? [] : await NeedsAsync(key, lowest, known, now, cancellationToken);
            if (needs.Count > 0) return new(false, [$"root key {number} is still needed:", .. needs]);
            if (!await store.DropRootKeyAsync(number, lowest, now, cancellationToken)) return new(false, [$"root key {number} is still needed by what was wrapped meanwhile; evergrant key rewrap"]);
            await agreement.LookAsync(cancellationToken);
        }
        if (root.Source.IsOurs) root.Source.Remove(number);
        return new(true, [$"Dropped root key {number}. {(root.Source.IsOurs ? "It is no longer in " : "Take it out of ")}{root.Source.Place}; take it out on the other nodes too, and destroy the copies when no backup needs them."]);
    }

    // As the policies of clients are now; those of issuers and overrides are in EffectivePolicy, as far as they always hold.
    private static TimeSpan LongestOf(IReadOnlyList<Client> all) =>
        all.Select(c => c.EffectivePolicy.AccessTokenLifetimeLongest ?? TimeSpan.MaxValue).Append(Rowless).Max();

    private async Task<List<string>> NeedsAsync(RootKeyRecord key, bool lowest, IReadOnlyList<RootKeyRecord> known, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var needs = new List<string>();
        bool Is(int? number) => number == key.Number || (lowest && number is null);
        int wrapped = (await store.ListKeysAsync(null, cancellationToken)).Count(k => Is(k.KeyNumber)) + (await store.ListSecretsAsync(cancellationToken)).Count(s => s.KeyNumber == key.Number);
        if (wrapped > 0) needs.Add(string.Create(CultureInfo.InvariantCulture, $"  {wrapped} signing keys and stored secrets are wrapped by it: evergrant key rewrap"));
        IReadOnlyList<Client> all = await clients.ListClientsAsync(null, cancellationToken);
        string[] hashed = [.. all.Where(c => c.SecretHashes.Any(h => Is(ClientSecret.KeyNumberOf(h)))).Select(c => c.ClientId)];
        if (hashed.Length > 0) needs.Add(string.Create(CultureInfo.InvariantCulture, $"  secrets of {hashed.Length} clients were not used since: {string.Join(", ", hashed.Take(10))}{(hashed.Length > 10 ? " …" : "")}; wait for their next request, or evergrant client rotate-secret --now"));
        long grants = await store.CountGrantsOfKeyAsync(key.Number, now, cancellationToken);
        if (grants > 0) needs.Add(string.Create(CultureInfo.InvariantCulture, $"  {grants:N0} grants have not been refreshed since; they move at their next refresh, or end"));
        // What a node made with it until it heard of its successor.
        DateTimeOffset? until = known.Where(k => k.ActiveFrom > key.ActiveFrom || (k.ActiveFrom == key.ActiveFrom && k.Number > key.Number)).Min(k => k.ActiveFrom);
        TimeSpan longest = LongestOf(all);
        if (longest == TimeSpan.MaxValue) needs.Add("  a client's policy has access tokens that never end");
        else if (until + longest is { } end && end > now) needs.Add($"  access tokens and pages that have no row may be of it until {end.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture)}");
        return needs;
    }
}
