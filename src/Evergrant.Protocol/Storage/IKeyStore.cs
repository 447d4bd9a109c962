using Evergrant.Protocol.Keys;

namespace Evergrant.Protocol.Storage;

/// <summary>Signing keys, wrapped by a key that the store does not have.</summary>
/// <remarks>Safe for concurrent use. Every member throws <see cref="StoreUnavailableException"/> when the store cannot be asked.</remarks>
public interface IKeyStore
{
    /// <summary>Reads all keys of an issuer, oldest first, also those that are gone.</summary>
    /// <param name="issuer">Issuer.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<IReadOnlyList<SigningKeyRecord>> ListKeysAsync(string issuer, CancellationToken cancellationToken);

    /// <summary>Writes new keys and the changed ends of their predecessors in one transaction, if the issuer's keys are still as many as was read.</summary>
    /// <param name="issuer">Issuer.</param>
    /// <param name="countRead">Number of keys that <see cref="ListKeysAsync"/> returned when this was decided.</param>
    /// <param name="keys">New and changed keys.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether it was written; false: another node was first, read again.</returns>
    ValueTask<bool> SaveKeysAsync(string issuer, int countRead, IReadOnlyList<SigningKeyRecord> keys, CancellationToken cancellationToken);
}
