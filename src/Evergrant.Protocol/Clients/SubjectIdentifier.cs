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

    /// <summary>The sector: host of sector_identifier_uri, or else of the redirect URIs, which then all have one host.</summary>
    /// <param name="client">The client.</param>
    public static string SectorOf(Client client) =>
        client.SectorIdentifierUri is { } uri ? new Uri(uri).Host : client.RedirectUris.Count > 0 ? new Uri(client.RedirectUris[0]).Host : client.ClientId;
}
