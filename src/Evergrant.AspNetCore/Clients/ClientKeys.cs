using Evergrant.AspNetCore.Outbound;
using Evergrant.Jose;
using Evergrant.Protocol.Clients;

namespace Evergrant.AspNetCore.Clients;

/// <summary>The public keys of clients: those that are registered, or those that the client publishes under its jwks_uri.</summary>
internal sealed class ClientKeys(RemoteKeys remote)
{
    /// <summary>The client with its keys. A client without a jwks_uri is given back as it is, at once.</summary>
    /// <param name="client">The client.</param>
    /// <param name="jws">What it has signed; its kid says whether the keys that are known will do. Null for nothing: keys to encrypt with.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<Client> WithKeysAsync(Client client, string? jws, CancellationToken cancellationToken) =>
        client.JwksUri is null ? new(client) : FetchAsync(client, client.JwksUri, jws, cancellationToken);

    private async ValueTask<Client> FetchAsync(Client client, string url, string? jws, CancellationToken cancellationToken)
    {
        string? keyId = jws is not null && CompactJws.TryParse(jws, out CompactJws? parsed, out _) ? parsed.KeyId : null;
        return client with { FetchedKeys = await remote.FindAsync(url, keyId, cancellationToken) };
    }
}
