using System.Text;
using Evergrant.Jose;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Storage;

namespace Evergrant.AspNetCore.Clients;

/// <summary>Encrypts answers to clients that are registered for it: the signed JWT inside of a JWE (OpenID Connect Core section 10.2, RFC 7519 section 11.2).</summary>
internal sealed class ResponseEncryption(ClientKeys keys)
{
    /// <summary>The key of a client to encrypt to; null when it has none that fits, or its jwks_uri cannot be read now.</summary>
    public async ValueTask<Jwk?> RecipientAsync(Client client, EncryptionChoice choice, CancellationToken cancellationToken) =>
        (await keys.WithKeysAsync(client, null, cancellationToken)).Keys?.Keys.FirstOrDefault(k => k.FitsEncryption(choice.Algorithm));

    /// <summary>The same, where there has to be one.</summary>
    /// <exception cref="StoreUnavailableException">There is none now; a client that mends its jwks_uri is answered again.</exception>
    public async ValueTask<Jwk> DemandAsync(Client client, EncryptionChoice choice, CancellationToken cancellationToken) =>
        await RecipientAsync(client, choice, cancellationToken) ?? throw new StoreUnavailableException($"The client {client.ClientId} publishes no key that goes with {choice.Algorithm}.");

    /// <summary>Encrypts a signed JWT.</summary>
    public static string Nest(Jwk recipient, EncryptionChoice choice, string jwt, string? type = null) =>
        JweWriter.Write(recipient, choice.Algorithm, choice.ContentAlgorithm, Encoding.ASCII.GetBytes(jwt), "JWT", type);
}
