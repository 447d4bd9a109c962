using Evergrant.Protocol.Keys;
using Evergrant.Protocol.Storage;

namespace Evergrant.Sqlite;

/// <summary>Wrapped signing keys.</summary>
internal sealed class SqliteKeyStore(Readers readers, GroupCommit commits) : IKeyStore
{
    public ValueTask<IReadOnlyList<SigningKeyRecord>> ListKeysAsync(string? issuer, CancellationToken cancellationToken) =>
        readers.Read<string?, IReadOnlyList<SigningKeyRecord>>(issuer, static (tables, issuer) => tables.Keys.List(issuer), cancellationToken);

    public ValueTask<bool> SaveKeysAsync(string issuer, int countRead, IReadOnlyList<SigningKeyRecord> keys, CancellationToken cancellationToken) =>
        commits.WriteAsync(
            tables =>
            {
                if (tables.Keys.Count(issuer) != countRead) return false;
                foreach (SigningKeyRecord key in keys) tables.Keys.Save(issuer, key);
                return true;
            },
            cancellationToken);

    public ValueTask RetainKeyAsync(string issuer, string keyId, TimeSpan span, CancellationToken cancellationToken) => commits.WriteAsync(tables => tables.Keys.Retain(issuer, keyId, span), cancellationToken);

    public ValueTask RemoveKeysAsync(DateTimeOffset goneBefore, CancellationToken cancellationToken) => commits.WriteAsync(tables => tables.Keys.Remove(goneBefore), cancellationToken);

    public ValueTask<bool> RewrapKeyAsync(SigningKeyRecord before, byte[] wrappedKey, int keyNumber, CancellationToken cancellationToken) =>
        commits.WriteAsync(tables => tables.Keys.Rewrap(before, wrappedKey, keyNumber), cancellationToken);

    public ValueTask<IReadOnlyList<RootKeyRecord>> ListRootKeysAsync(CancellationToken cancellationToken) =>
        readers.Read<int, IReadOnlyList<RootKeyRecord>>(0, static (tables, _) => tables.RootKeys.List(), cancellationToken);

    public ValueTask AddRootKeysAsync(IReadOnlyList<RootKeyRecord> keys, CancellationToken cancellationToken) => commits.WriteAsync(
        tables =>
        {
            foreach (RootKeyRecord key in keys) tables.RootKeys.Add(key);
        },
        cancellationToken);

    public ValueTask<bool> ActivateRootKeyAsync(int number, DateTimeOffset from, CancellationToken cancellationToken) =>
        commits.WriteAsync(tables => tables.RootKeys.Activate(number, from), cancellationToken);

    public ValueTask<bool> DropRootKeyAsync(int number, bool lowest, DateTimeOffset at, CancellationToken cancellationToken) =>
        commits.WriteAsync(tables => tables.RootKeys.Drop(number, lowest, at), cancellationToken);

    public ValueTask<long> CountGrantsOfKeyAsync(int number, DateTimeOffset now, CancellationToken cancellationToken) =>
        readers.Read((number, now), static (tables, of) => tables.Grants.CountOfKey(of.number, of.now), cancellationToken);

    public ValueTask SaveRootKeyHolderAsync(RootKeyHolder holder, DateTimeOffset forgetBefore, CancellationToken cancellationToken) =>
        commits.WriteAsync(tables => tables.RootKeys.SaveHolder(holder, forgetBefore), cancellationToken);

    public ValueTask<IReadOnlyList<RootKeyHolder>> ListRootKeyHoldersAsync(CancellationToken cancellationToken) =>
        readers.Read<int, IReadOnlyList<RootKeyHolder>>(0, static (tables, _) => tables.RootKeys.ListHolders(), cancellationToken);

    public ValueTask<IReadOnlyList<WrappedSecret>> ListSecretsAsync(CancellationToken cancellationToken) =>
        readers.Read<int, IReadOnlyList<WrappedSecret>>(0, static (tables, _) => tables.Secrets.List(), cancellationToken);

    public ValueTask<bool> SaveSecretAsync(WrappedSecret? before, WrappedSecret after, CancellationToken cancellationToken) =>
        commits.WriteAsync(tables => tables.Secrets.Save(before, after), cancellationToken);
}
