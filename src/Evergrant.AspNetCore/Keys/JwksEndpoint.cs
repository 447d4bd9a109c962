using Evergrant.AspNetCore.Clients;
using Evergrant.AspNetCore.Metadata;
using Microsoft.AspNetCore.Http;

namespace Evergrant.AspNetCore.Keys;

/// <summary>Serves the JWK Set (RFC 7517 section 5).</summary>
internal sealed class JwksEndpoint(KeyRings rings, ClientCatalogue clients)
{
    public async Task HandleAsync(HttpContext http, IssuerSite site, EndpointRule rule)
    {
        _ = rule;
        KeySnapshot keys = (await clients.UseOfAsync(site.Issuer, http.RequestAborted)).EncryptedRequests
            ? await rings.WithEncryptionAsync(site.Issuer, http.RequestAborted) : await rings.CurrentAsync(site.Issuer, http.RequestAborted);
        await PublicDocument.WriteAsync(http, keys.JwksJson, keys.ETag);
    }
}
