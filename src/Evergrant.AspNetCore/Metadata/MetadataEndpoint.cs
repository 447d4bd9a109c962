using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using Evergrant.AspNetCore.Clients;
using Evergrant.AspNetCore.Registration;
using Evergrant.AspNetCore.Token;
using Evergrant.Protocol.Authorize;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Metadata;
using Evergrant.Protocol.Token;
using Evergrant.Protocol.Trust;
using Microsoft.AspNetCore.Http;

namespace Evergrant.AspNetCore.Metadata;

/// <summary>Serves the metadata document; it is written once for each state of the scopes and clients.</summary>
internal sealed class MetadataEndpoint(ClientCatalogue clients, GrantTypes grants, EvergrantOptions options)
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ConcurrentDictionary<IssuerSite, (ScopeCatalogue Scopes, RegisteredUse Use, byte[] Json, string ETag)> _documents = new();

    public async Task HandleAsync(HttpContext http, IssuerSite site, EndpointRule rule)
    {
        _ = rule;
        ScopeCatalogue scopes = await clients.ScopesAsync(http.RequestAborted);
        RegisteredUse use = await clients.UseOfAsync(site.Issuer, http.RequestAborted);
        if (!_documents.TryGetValue(site, out (ScopeCatalogue Scopes, RegisteredUse Use, byte[] Json, string ETag) document) || document.Scopes != scopes || document.Use != use)
        {
            var features = new ServerFeatures
            {
                Backchannel = use.Backchannel, GrantTypes = grants.AnnouncedFor(use),
                Demands = options.Demands,
                ResponseTypes = AnnouncedFor(use),
                FetchesRequestObjects = use.RequestUris,
                EncryptedRequests = use.EncryptedRequests,
                GrantManagement = use.GrantManagement,
                NativeSso = use.NativeSso,
                SessionManagement = options.SessionManagement,
                MutualTls = options.MutualTls is not null,
                MutualTlsRoot = options.MutualTls?.Aliases is { } alias ? alias + site.Prefix : null,
                AssertionTypes = use.CrossDomain ? [TokenType.IdJag, TokenType.Jwt] : [],
                GrantProfiles = use.AssertionUses.Contains(AssertionUse.IdJag) ? [CrossDomainGrant.Profile] : [],
                Registration = options.Registration.Mode != RegistrationMode.Off,
                ClientDocuments = options.ClientDocuments.Enabled,
                Fapi = options.Profile is { IsFapi: true },
            };
            byte[] json = System.Text.Encoding.UTF8.GetBytes(ServerMetadata.Build(site.Issuer, site.Base, scopes, features).ToJsonString(Readable));
            document = _documents[site] = (scopes, use, json, '"' + Convert.ToHexStringLower(SHA256.HashData(json)[..8]) + '"');
        }
        await PublicDocument.WriteAsync(http, document.Json, document.ETag);
    }

    // The browser is no place for tokens (RFC 9700 section 2.1.2): such types are announced where a client is registered for them, and nowhere else.
    private static IReadOnlyList<string> AnnouncedFor(RegisteredUse use) =>
        [.. ResponseType.Names.Where(name => name == ResponseType.CodeName || use.ResponseTypes.Any(used => ResponseType.IsSame(name, used)))];
}
