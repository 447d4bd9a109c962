using System.Buffers.Binary;
using System.Buffers.Text;
using System.Collections.Concurrent;
using Evergrant.AspNetCore.Keys;
using Evergrant.Faults.Hooks;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;

namespace Evergrant.Faults.Mutants;

/// <summary>A retry is answered with a rotation of its own, as servers do that keep no successor.</summary>
internal sealed class TwoSuccessors : Mutant
{
    private IServerSecrets? _secrets;

    public override void Begin(IServerSecrets secrets) => _secrets = secrets;

    public override async ValueTask<CommitResult> CommitAsync(IGrantStore store, Change change, EventRecord? record)
    {
        if (change is not CountRetry retry) return await base.CommitAsync(store, change, record);
        if (await store.FindGrantAsync(retry.GrantId, CancellationToken.None) is not { } row || row.Generation != retry.Generation) return CommitResult.Conflict;
        var advance = new AdvanceGrant(row.Id, row.Generation, row.Generation + 1, row.KeyNumber, row.GenerationAt, row.IdleExpiresAt, row.ExpiresAt, row.Retries, row.AccessSerial, row.AccessFloor)
        {
            RetriesBefore = row.Retries,
            MarkBefore = row.Mark,
            Mark = row.Mark,
        };
        CommitResult result = await base.CommitAsync(store, advance, record);
        if (result == CommitResult.Committed && Asked.Now is { } asked) asked.Instead = GrantCredential.Write(_secrets!.Credentials, row.KeyNumber, CredentialKind.RefreshToken, row, row.Generation + 1);
        return result;
    }
}

/// <summary>Believes every token that names a grant: the tag is made right before it is looked at.</summary>
internal sealed class ForgedAccepted : Mutant
{
    private const int Letters = 4;

    public override async ValueTask<string> TokenAsync(IGrantStore store, IServerSecrets secrets, CredentialKind kind, string token)
    {
        if (kind != CredentialKind.RefreshToken || !token.StartsWith("evr_", StringComparison.Ordinal)) return token;
        byte[] bytes;
        try
        {
            bytes = Base64Url.DecodeFromChars(token.AsSpan(Letters));
        }
        catch (FormatException)
        {
            return token;
        }
        if (bytes.Length < 26) return token;
        Grant? row = await store.FindGrantAsync(new Guid(bytes.AsSpan(2, 16), bigEndian: true), CancellationToken.None);
        int key = BinaryPrimitives.ReadUInt16BigEndian(bytes);
        return row is null || key != row.KeyNumber ? token : GrantCredential.Write(secrets.Credentials, key, kind, row, BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(18)));
    }
}

/// <summary>Now and then a row is not found, although it is there.</summary>
internal sealed class HiccupRefused : Mutant
{
    private int _count;

    public override async ValueTask<Grant?> FindAsync(IGrantStore store, Guid id, Asked? asked) =>
        asked?.Refreshed is not null && Interlocked.Increment(ref _count) % 150 == 0 ? null : await store.FindGrantAsync(id, CancellationToken.None);
}

/// <summary>Keeps each row for a while after it was read, and answers introspection from there.</summary>
internal sealed class CachedRows : Mutant
{
    private readonly ConcurrentDictionary<Guid, (Grant? Row, DateTimeOffset Until)> _kept = new();

    public override async ValueTask<Grant?> FindAsync(IGrantStore store, Guid id, Asked? asked)
    {
        bool isQuestion = asked is not null && asked.Path.EndsWith("/introspect", StringComparison.Ordinal);
        if (isQuestion && _kept.TryGetValue(id, out (Grant? Row, DateTimeOffset Until) kept) && kept.Until > DateTimeOffset.UtcNow) return kept.Row;
        Grant? row = await store.FindGrantAsync(id, CancellationToken.None);
        _kept[id] = (row, DateTimeOffset.UtcNow.AddMilliseconds(300));
        return row;
    }
}
