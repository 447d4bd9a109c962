using Evergrant.Jose;

namespace Evergrant.AspNetCore.Outbound;

/// <summary>Public keys that a client or a trusted issuer publishes under a URL.</summary>
internal sealed class RemoteKeys(RemoteDocuments documents)
{
    // A kid that nobody knows leads to one fetch in this time, however many are made up.
    private static readonly TimeSpan RefetchInterval = TimeSpan.FromSeconds(30);

    /// <summary>The keys. They are fetched again when they do not have the one that a token names: its owner may have rotated.</summary>
    /// <param name="url">Where they are.</param>
    /// <param name="keyId">kid that is looked for; null for any.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The keys, or null when there are none to be had.</returns>
    public async ValueTask<JwkSet?> FindAsync(string url, string? keyId, CancellationToken cancellationToken)
    {
        JwkSet? keys = (await documents.GetAsync(url, DocumentKind.Keys, cancellationToken)).Document?.Keys;
        if (keys is not null && (keyId is null || keys.Keys.Any(k => k.KeyId == keyId))) return keys;
        return (await documents.GetAsync(url, DocumentKind.Keys, cancellationToken, RefetchInterval)).Document?.Keys ?? keys;
    }
}
