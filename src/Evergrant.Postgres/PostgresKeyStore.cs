using Evergrant.Protocol.Keys;
using Evergrant.Protocol.Storage;

namespace Evergrant.Postgres;

/// <summary>Wrapped signing keys.</summary>
internal sealed class PostgresKeyStore(Readers readers, Pipeline commits) : IKeyStore
{
    public ValueTask<IReadOnlyList<SigningKeyRecord>> ListKeysAsync(string issuer, CancellationToken cancellationToken) =>
        readers.ListAsync(Keys.List(issuer), Keys.Map, cancellationToken);

    public ValueTask<bool> SaveKeysAsync(string issuer, int countRead, IReadOnlyList<SigningKeyRecord> keys, CancellationToken cancellationToken) =>
        commits.WriteAsync(cancellationToken, [Keys.Lock(), Keys.AreStill(issuer, countRead), .. keys.Select(key => Keys.Save(issuer, key)), Notices.Tell(Notices.Keys)]);
}
