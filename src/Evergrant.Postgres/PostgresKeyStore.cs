using Evergrant.Protocol.Keys;
using Evergrant.Protocol.Storage;

namespace Evergrant.Postgres;

/// <summary>Wrapped signing keys.</summary>
internal sealed class PostgresKeyStore(Readers readers, Pipeline commits) : IKeyStore
{
    public ValueTask<IReadOnlyList<SigningKeyRecord>> ListKeysAsync(string? issuer, CancellationToken cancellationToken) =>
        readers.ListAsync(Keys.List(issuer), Keys.Map, cancellationToken);

    public ValueTask<bool> SaveKeysAsync(string issuer, int countRead, IReadOnlyList<SigningKeyRecord> keys, CancellationToken cancellationToken) =>
        commits.WriteAsync(cancellationToken, [Keys.Lock(), Keys.AreStill(issuer, countRead), .. keys.Select(key => Keys.Save(issuer, key)), Notices.Tell(Notices.Keys)]);

    public async ValueTask RetainKeyAsync(string issuer, string keyId, TimeSpan span, CancellationToken cancellationToken) =>
        await commits.WriteAsync(cancellationToken, Keys.Retain(issuer, keyId, span), Notices.Tell(Notices.Keys));

    public async ValueTask RemoveKeysAsync(DateTimeOffset goneBefore, CancellationToken cancellationToken) => await commits.WriteAsync(cancellationToken, Keys.Remove(goneBefore));

    public ValueTask<bool> RewrapKeyAsync(SigningKeyRecord before, byte[] wrappedKey, int keyNumber, CancellationToken cancellationToken) =>
        commits.WriteAsync(cancellationToken, Keys.Rewrap(before, wrappedKey, keyNumber));

    public ValueTask<IReadOnlyList<RootKeyRecord>> ListRootKeysAsync(CancellationToken cancellationToken) => readers.ListAsync(RootKeys.List(), RootKeys.Map, cancellationToken);

    public async ValueTask AddRootKeysAsync(IReadOnlyList<RootKeyRecord> keys, CancellationToken cancellationToken)
    {
        if (keys.Count > 0) await commits.WriteAsync(cancellationToken, [.. keys.Select(RootKeys.Add)]);
    }

    public ValueTask<bool> ActivateRootKeyAsync(int number, DateTimeOffset from, CancellationToken cancellationToken) =>
        commits.WriteAsync(cancellationToken, RootKeys.Activate(number, from));

    public ValueTask<bool> DropRootKeyAsync(int number, bool lowest, DateTimeOffset at, CancellationToken cancellationToken) =>
        commits.WriteAsync(cancellationToken, RootKeys.Drop(number, lowest, at));

    public async ValueTask<long> CountGrantsOfKeyAsync(int number, DateTimeOffset now, CancellationToken cancellationToken) =>
        (await readers.ListAsync(Grants.CountOfKey(number, now), static row => row.Number(0), cancellationToken))[0];

    public async ValueTask SaveRootKeyHolderAsync(RootKeyHolder holder, DateTimeOffset forgetBefore, CancellationToken cancellationToken)
    {
        await commits.WriteAsync(cancellationToken, RootKeys.ForgetHolders(holder.Node, forgetBefore));
        if (holder.Numbers.Count > 0) await commits.WriteAsync(cancellationToken, RootKeys.SaveHolder(holder));
    }

    public ValueTask<IReadOnlyList<RootKeyHolder>> ListRootKeyHoldersAsync(CancellationToken cancellationToken) => readers.ListAsync(RootKeys.ListHolders(), RootKeys.MapHolder, cancellationToken);

    public ValueTask<IReadOnlyList<WrappedSecret>> ListSecretsAsync(CancellationToken cancellationToken) => readers.ListAsync(Secrets.List(), Secrets.Map, cancellationToken);

    public ValueTask<bool> SaveSecretAsync(WrappedSecret? before, WrappedSecret after, CancellationToken cancellationToken) =>
        commits.WriteAsync(cancellationToken, Secrets.Save(before, after));
}
