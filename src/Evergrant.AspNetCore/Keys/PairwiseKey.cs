using System.Security.Cryptography;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Keys;
using Evergrant.Protocol.Storage;

namespace Evergrant.AspNetCore.Keys;

/// <summary>The secret of pairwise subjects (OpenID Connect Core section 8.1). A sub is for ever, and so is this secret: it is kept in the store, wrapped by a root key, and wrapped again when that changes.</summary>
/// <param name="store">Where it is.</param>
/// <param name="secrets">Has the wrapping keys.</param>
public sealed class PairwiseKey(IKeyStore store, IServerSecrets secrets)
{
    private const string Name = "pairwise-subject";
    private const string Purpose = "secret-wrap";

    private byte[]? _key;

    /// <summary>The sub that a client sees of an account, as a function that waits for nothing.</summary>
    /// <param name="client">Who will see it.</param>
    /// <param name="cancellationToken">Ends the wait for the store, which is asked once.</param>
    internal ValueTask<Func<string, string>> SubjectsOfAsync(Client client, CancellationToken cancellationToken) =>
        client.SubjectType == SubjectType.Public ? new(static account => account) : PairwiseOfAsync(client, cancellationToken);

    private async ValueTask<Func<string, string>> PairwiseOfAsync(Client client, CancellationToken cancellationToken)
    {
        byte[] key = _key ??= await ReadAsync(cancellationToken);
        return account => SubjectIdentifier.For(client, account, key);
    }

    /// <summary>Reads the secret, and makes it where there is none yet: it then is what the lowest root key gave before the secret was stored.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="CryptographicException">It is wrapped by a root key that is not here.</exception>
    public async ValueTask<byte[]> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            NumberedKeys wrapping = secrets.Derive(Purpose);
            if ((await store.ListSecretsAsync(cancellationToken)).FirstOrDefault(s => s.Name == Name) is { } stored) return KeyWrap.Open(wrapping, stored.KeyNumber, stored.Wrapped, Name);
            byte[] secret = secrets.Derive(Name).Find(null)!;
            // Whoever is first writes; the others read what was written.
            await store.SaveSecretAsync(null, new WrappedSecret(Name, wrapping.CurrentNumber, KeyWrap.Seal(wrapping, secret, Name)), cancellationToken);
        }
    }

    /// <summary>Wraps it by the present root key.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether it was wrapped anew.</returns>
    /// <exception cref="CryptographicException">It is wrapped by a root key that is not here.</exception>
    public async ValueTask<bool> RewrapAsync(CancellationToken cancellationToken)
    {
        byte[] secret = await ReadAsync(cancellationToken);
        NumberedKeys wrapping = secrets.Derive(Purpose);
        return (await store.ListSecretsAsync(cancellationToken)).FirstOrDefault(s => s.Name == Name) is { } stored && stored.KeyNumber != wrapping.CurrentNumber
            && await store.SaveSecretAsync(stored, new WrappedSecret(Name, wrapping.CurrentNumber, KeyWrap.Seal(wrapping, secret, Name)), cancellationToken);
    }
}
