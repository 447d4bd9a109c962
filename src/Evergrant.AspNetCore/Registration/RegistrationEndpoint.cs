using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Evergrant.AspNetCore.Clients;
using Evergrant.AspNetCore.Keys;
using Evergrant.AspNetCore.Outbound;
using Evergrant.Protocol;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Registration;
using Evergrant.Protocol.Storage;
using Microsoft.AspNetCore.Http;

namespace Evergrant.AspNetCore.Registration;

/// <summary>The client registration endpoint (RFC 7591 section 3): a client makes itself known.</summary>
internal sealed class RegistrationEndpoint(
    EvergrantOptions options, ClientCatalogue clients, IClientStore store, IGrantStore grants, IServerSecrets secrets, RegistrationReader reader, RegistrationThrottle throttle,
    RemoteDocuments documents, RegistrationReplies replies, TimeProvider clock)
{
    private static readonly OAuthError TokenNeeded = new("", "An initial access token is needed.", Refusal.RegistrationTokenInvalid);
    private static readonly OAuthError BadToken = new("invalid_token", "The initial access token is not valid.", Refusal.RegistrationTokenInvalid);
    private static readonly OAuthError TooMany = new("temporarily_unavailable", "Too many clients have registered; wait.", Refusal.RegistrationThrottled);
    private static readonly OAuthError BadSector = new("invalid_client_metadata", "The document of sector_identifier_uri cannot be fetched, or does not name all redirect_uris.", Refusal.SectorDocumentInvalid);
    private static readonly OAuthError Busy = new("temporarily_unavailable", "The server cannot answer now; try again.", Refusal.StoreUnavailable);

    /// <summary>POST registers; GET, PUT and DELETE with client_id in the query manage (RFC 7592).</summary>
    public async Task HandleAsync(HttpContext http, IssuerSite site, EndpointRule rule)
    {
        RegistrationOptions settings = options.Registration;
        string? token = RegistrationReplies.BearerOf(http);
        (InitialAccess? access, Handle? handle) = token is null ? default : await FindAsync(site, token, http.RequestAborted);
        if (token is not null && access is null)
        {
            await replies.ChallengeAsync(http, site, rule, BadToken);
            return;
        }
        (JsonDocument? body, OAuthError? error) = await RegistrationReader.BodyAsync(http, rule.BodyLimit);
        using JsonDocument? read = body;
        if (read is null)
        {
            await replies.RefuseAsync(http, site, rule, error!, null);
            return;
        }
        (JsonDocument? metadata, string? statement, error) = await reader.WithStatementAsync(site.Issuer, read, http.RequestAborted);
        using JsonDocument? merged = metadata;
        if (merged is null)
        {
            await replies.RefuseAsync(http, site, rule, error!, null);
            return;
        }
        bool open = access is null && statement is null;
        if (open && settings.Mode != RegistrationMode.Open)
        {
            await replies.ChallengeAsync(http, site, rule, TokenNeeded);
            return;
        }
        DateTimeOffset now = clock.GetUtcNow();
        var terms = new RegistrationTerms(
            site.Issuer, await clients.ScopesAsync(http.RequestAborted), access?.GrantTypes ?? settings.GrantTypes, settings.Scopes, settings.Resources, open, options.Development, now)
        { Profile = options.Profile ?? Profile.OAuth21 };
        string clientId = "c_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        switch (ClientRegistration.Decide(merged.RootElement, clientId, terms, null))
        {
            case RegistrationRefused refused:
                await replies.RefuseAsync(http, site, rule, refused.Error, null);
                return;
            case Registrable registrable:
                if (!await SectorHoldsAsync(documents, registrable.Client, http.RequestAborted))
                {
                    await replies.RefuseAsync(http, site, rule, BadSector, null);
                    return;
                }
                if (open && await throttle.EnterAsync(http.Connection.RemoteIpAddress, http.RequestAborted) is > 0 and int seconds)
                {
                    http.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
                    await replies.RefuseAsync(http, site, rule, TooMany, null);
                    return;
                }
                // A token that is good once is used up before the client is there: of two who use it, one registers.
                if (access is { Once: true })
                {
                    CommitResult used = await grants.CommitAsync(new RemoveHandle(handle!.Key), null, http.RequestAborted);
                    if (used != CommitResult.Committed)
                    {
                        await (used == CommitResult.Conflict ? replies.ChallengeAsync(http, site, rule, BadToken) : replies.RefuseAsync(http, site, rule, Busy, null));
                        return;
                    }
                }
                await SaveAsync(http, site, registrable.Client with { Registration = registrable.Client.Registration! with { SoftwareStatement = statement } }, now);
                return;
        }
    }

    /// <summary>Whether the sector document of a client names all its redirect URIs; always so for a client without one.</summary>
    public static async ValueTask<bool> SectorHoldsAsync(RemoteDocuments documents, Client client, CancellationToken cancellationToken) =>
        client.SectorIdentifierUri is not { } uri
        || ((await documents.GetAsync(uri, DocumentKind.Sector, cancellationToken)).Document is { } document && SectorDocument.Names(document.Body, client.RedirectUris));

    private async Task SaveAsync(HttpContext http, IssuerSite site, Client client, DateTimeOffset now)
    {
        string? secret = null, token = null;
        if (RegistrationReplies.HasSecret(client)) (secret, client) = RegistrationReplies.WithSecret(client, secrets, options.Registration.SecretLifetime, now);
        if (options.Registration.Management != RegistrationManagement.None)
        {
            token = RegistrationTokens.New(RegistrationTokens.AccessPrefix, RandomNumberGenerator.GetBytes(32));
            client = client with { Registration = client.Registration! with { TokenHash = RegistrationTokens.HashOf(token) } };
        }
        // The note of its use comes first: a client without one goes at the next sweep.
        if (client.IsSelfAsserted && options.Registration.UnusedLifetime is { } unused)
        {
            await grants.CommitAsync(RegistrationTokens.NoteUse(client.Issuer, client.ClientId, now + unused, first: true), null, http.RequestAborted);
        }
        await store.SaveClientAsync(client, http.RequestAborted);
        clients.Changed(client);
        await replies.WriteAsync(http, site, StatusCodes.Status201Created, "Registered", client, secret, token);
    }

    private async ValueTask<(InitialAccess? Access, Handle? Handle)> FindAsync(IssuerSite site, string token, CancellationToken cancellationToken)
    {
        if (!token.StartsWith(RegistrationTokens.InitialPrefix, StringComparison.Ordinal)) return default;
        Handle? handle = await grants.FindHandleAsync(RegistrationTokens.HashOf(token), cancellationToken);
        if (handle is not { Kind: HandleKind.InitialAccessToken } || handle.ExpiresAt <= clock.GetUtcNow()) return default;
        return InitialAccess.Read(handle.Document) is { } access && access.Issuer == site.Issuer ? (access, handle) : default;
    }
}
