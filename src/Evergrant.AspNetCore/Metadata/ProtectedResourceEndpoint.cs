using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Evergrant.AspNetCore.Clients;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Metadata;
using Microsoft.AspNetCore.Http;

namespace Evergrant.AspNetCore.Metadata;

/// <summary>Serves protected resource metadata (RFC 9728 section 3) for the userinfo endpoint and for declared APIs whose identifier is on our origin.</summary>
internal sealed class ProtectedResourceEndpoint(ClientCatalogue clients, IssuerSites sites)
{
    private static readonly System.Text.Json.JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public async Task HandleAsync(HttpContext http, IssuerSite site, EndpointRule rule)
    {
        _ = rule;
        string origin = new Uri(site.Issuer).GetLeftPart(UriPartial.Authority);
        string path = http.Request.Path.Value![ProtectedResource.WellKnown.Length..];
        JsonObject? document = sites.All.FirstOrDefault(s => path == s.Prefix + "/userinfo") is { } own ? ProtectedResource.OfUserInfo(own.Issuer, own.Base) : null;
        if (document is null && await FindAsync(origin + path, http.RequestAborted) is { } resource)
        {
            // An API below an issuer's path takes its tokens from that issuer.
            IssuerSite server = sites.All.Where(s => resource.Identifier.StartsWith(s.Base, StringComparison.Ordinal)).MaxBy(s => s.Base.Length) ?? site;
            document = ProtectedResource.Of(resource, server.Issuer);
        }
        if (document is null)
        {
            http.Response.Headers.CacheControl = "no-store";
            await JsonReply.WriteAsync(http, 404, json => json.WriteString("error", "not_found"));
            return;
        }
        byte[] text = Encoding.UTF8.GetBytes(document.ToJsonString(Plain));
        await PublicDocument.WriteAsync(http, text, '"' + Convert.ToHexStringLower(SHA256.HashData(text)[..8]) + '"');
    }

    private async ValueTask<ApiResource?> FindAsync(string identifier, CancellationToken cancellationToken)
    {
        ScopeCatalogue catalogue = await clients.ScopesAsync(cancellationToken);
        return catalogue.Find(identifier) ?? (identifier.EndsWith('/') ? catalogue.Find(identifier[..^1]) : catalogue.Find(identifier + "/"));
    }
}
