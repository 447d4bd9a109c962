using Evergrant.AspNetCore.Outbound;
using Evergrant.Jose;
using Evergrant.Protocol.Trust;

namespace Evergrant.AspNetCore.Trust;

/// <summary>The keys of trusted issuers: declared, or fetched from where they publish them.</summary>
internal sealed class TrustedKeys(RemoteKeys remote)
{
    /// <summary>Finds the keys for judging an assertion.</summary>
    /// <param name="trusted">Who is said to have signed it.</param>
    /// <param name="assertion">The compact JWS, of which only the kid is looked at.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Null when there are none to be had.</returns>
    public async ValueTask<JwkSet?> FindAsync(TrustedIssuer trusted, string assertion, CancellationToken cancellationToken) =>
        trusted.JwksUri is not { } uri ? trusted.Keys
        : CompactJws.TryParse(assertion, out CompactJws? jws, out _) ? await remote.FindAsync(uri, jws.KeyId, cancellationToken) : null;
}
