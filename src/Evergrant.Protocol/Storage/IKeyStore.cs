using Evergrant.Protocol.Keys;

namespace Evergrant.Protocol.Storage;

/// <summary>Signing keys and other secrets, wrapped by root keys that the store does not have, and what all nodes know of those root keys.</summary>
/// <remarks>Safe for concurrent use. Every member throws <see cref="StoreUnavailableException"/> when the store cannot be asked.</remarks>
public interface IKeyStore
{
    /// <summary>Reads all keys of an issuer, oldest first, also those that are gone; of all issuers when it is null.</summary>
    /// <param name="issuer">Issuer, or null.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<IReadOnlyList<SigningKeyRecord>> ListKeysAsync(string? issuer, CancellationToken cancellationToken);

    /// <summary>Writes new keys and the changed ends of their predecessors in one transaction, if the issuer's keys are still as many as was read.
    /// Of a key that is there only the instants are changed: a withdrawal is never undone, and the time for which it stays published after its end is never shortened.</summary>
    /// <param name="issuer">Issuer.</param>
    /// <param name="countRead">Number of keys that <see cref="ListKeysAsync"/> returned when this was decided.</param>
    /// <param name="keys">New and changed keys.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether it was written; false: another node was first, read again.</returns>
    ValueTask<bool> SaveKeysAsync(string issuer, int countRead, IReadOnlyList<SigningKeyRecord> keys, CancellationToken cancellationToken);

    /// <summary>Keeps a signing key published for longer after it has signed last; never for less than it is.</summary>
    /// <param name="issuer">Issuer.</param>
    /// <param name="keyId">kid.</param>
    /// <param name="span">From the end of its signing on.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask RetainKeyAsync(string issuer, string keyId, TimeSpan span, CancellationToken cancellationToken);

    /// <summary>Removes signing keys that are long gone.</summary>
    /// <param name="goneBefore">Those whose publication ended, or was to end, before this instant.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask RemoveKeysAsync(DateTimeOffset goneBefore, CancellationToken cancellationToken);

    /// <summary>Replaces what wraps a signing key, if it is still wrapped as was read.</summary>
    /// <param name="before">The key as read.</param>
    /// <param name="wrappedKey">The same key under another root key.</param>
    /// <param name="keyNumber">Number of that root key.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether it was written.</returns>
    ValueTask<bool> RewrapKeyAsync(SigningKeyRecord before, byte[] wrappedKey, int keyNumber, CancellationToken cancellationToken);

    /// <summary>Reads what is known of the root keys, by number, also of those that were dropped.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<IReadOnlyList<RootKeyRecord>> ListRootKeysAsync(CancellationToken cancellationToken);

    /// <summary>Makes root keys known. A number that is known already stays as it is.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask AddRootKeysAsync(IReadOnlyList<RootKeyRecord> keys, CancellationToken cancellationToken);

    /// <summary>Says from when on a root key makes what is new.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="from">From then on.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False when it was said before, or the key is not there or was dropped.</returns>
    ValueTask<bool> ActivateRootKeyAsync(int number, DateTimeOffset from, CancellationToken cancellationToken);

    /// <summary>Drops a root key, unless a signing key or a stored secret is wrapped by it.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="lowest">Whether it is the lowest: then signing keys of before keys were numbered are wrapped by it.</param>
    /// <param name="at">The instant.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether it was dropped.</returns>
    ValueTask<bool> DropRootKeyAsync(int number, bool lowest, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>How many grants that still stand have a refresh token or code of a root key.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="now">The instant.</param>
    /// <param name="cancellationToken">Ends the wait: this reads the whole table.</param>
    ValueTask<long> CountGrantsOfKeyAsync(int number, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Says which root keys a running node has; forgets nodes that were seen last before an instant.</summary>
    /// <param name="holder">The node; without numbers it is forgotten itself.</param>
    /// <param name="forgetBefore">The instant.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask SaveRootKeyHolderAsync(RootKeyHolder holder, DateTimeOffset forgetBefore, CancellationToken cancellationToken);

    /// <summary>Reads which running nodes have which root keys.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<IReadOnlyList<RootKeyHolder>> ListRootKeyHoldersAsync(CancellationToken cancellationToken);

    /// <summary>Reads the stored secrets, by name.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<IReadOnlyList<WrappedSecret>> ListSecretsAsync(CancellationToken cancellationToken);

    /// <summary>Writes a new secret, or the same one under another root key.</summary>
    /// <param name="before">The secret as read; null for a new one.</param>
    /// <param name="after">What is written.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False when it is there already, or no longer as was read.</returns>
    ValueTask<bool> SaveSecretAsync(WrappedSecret? before, WrappedSecret after, CancellationToken cancellationToken);
}
