using Evergrant.Protocol.Keys;
using Evergrant.Protocol.Storage;

namespace Evergrant.Sqlite;

/// <summary>Wrapped signing keys.</summary>
internal sealed class SqliteKeyStore(Readers readers, GroupCommit commits) : IKeyStore
{
    public ValueTask<IReadOnlyList<SigningKeyRecord>> ListKeysAsync(string issuer, CancellationToken cancellationToken) =>
        readers.Read<string, IReadOnlyList<SigningKeyRecord>>(issuer, static (tables, issuer) => tables.Keys.List(issuer), cancellationToken);

    public ValueTask<bool> SaveKeysAsync(string issuer, int countRead, IReadOnlyList<SigningKeyRecord> keys, CancellationToken cancellationToken) =>
        commits.WriteAsync(
            tables =>
            {
                if (tables.Keys.Count(issuer) != countRead) return false;
                foreach (SigningKeyRecord key in keys) tables.Keys.Save(issuer, key);
                return true;
            },
            cancellationToken);
}
