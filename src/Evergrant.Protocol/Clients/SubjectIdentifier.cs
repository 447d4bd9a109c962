using System.Security.Cryptography;
using System.Text;
using Evergrant.Jose;

namespace Evergrant.Protocol.Clients;

/// <summary>The sub that a client sees (OpenID Connect Core section 8).</summary>
public static class SubjectIdentifier
{
    /// <summary>Computes it.</summary>
    /// <param name="client">Who will see it.</param>
    /// <param name="accountId">The account.</param>
    /// <param name="pairwiseKey">256-bit secret of the server; without it nobody can go back to the account.</param>
    /// <returns>At most 255 ASCII characters.</returns>
    public static string For(Client client, string accountId, byte[] pairwiseKey)
    {
        if (client.SubjectType == SubjectType.Public) return accountId;
        Span<byte> mac = stackalloc byte[32];
        HMACSHA256.HashData(pairwiseKey, Encoding.UTF8.GetBytes(SectorOf(client) + "\n" + accountId), mac);
        return CanonicalBase64Url.Encode(mac);
    }

    /// <summary>The sector: host of sector_identifier_uri, or else of the redirect URIs, which then all have one host; a client without one is a sector of its own.</summary>
    /// <param name="client">The client.</param>
    public static string SectorOf(Client client)
    {
        string? uri = client.SectorIdentifierUri ?? (client.RedirectUris.Count > 0 ? client.RedirectUris[0] : null)
            // CIBA Core section 4: a client without redirect URIs is known by the endpoint that is sent its tokens, or by its keys.
            ?? (client.TokenDeliveryMode == TokenDeliveryMode.Push ? client.BackchannelNotificationEndpoint : client.TokenDeliveryMode == TokenDeliveryMode.None ? null : client.JwksUri);
        // A private-use scheme has no host: all native clients would be one sector.
        return uri is not null && new Uri(uri).Host is { Length: > 0 } host ? host : client.ClientId;
    }
}
