using System.Security.Cryptography;
using System.Text.Json;
using Evergrant.AspNetCore.Clients;
using Evergrant.AspNetCore.Keys;
using Evergrant.AspNetCore.Outbound;
using Evergrant.Protocol;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Registration;
using Evergrant.Protocol.Storage;
using Microsoft.AspNetCore.Http;

namespace Evergrant.AspNetCore.Registration;

/// <summary>The client configuration endpoint (RFC 7592 section 2): a client reads, updates and deletes its own registration with its registration access token.</summary>
internal sealed class ConfigurationEndpoint(
    EvergrantOptions options, ClientCatalogue clients, IClientStore store, IServerSecrets secrets, RegistrationReader reader, RemoteDocuments documents, RegistrationReplies replies, TimeProvider clock)
{
    private static readonly string[] NotToBeSent = ["registration_access_token", "registration_client_uri", "client_secret_expires_at", "client_id_issued_at"];

    private static readonly OAuthError BadToken = new("invalid_token", "The registration access token is not valid.", Refusal.RegistrationAccessTokenInvalid);
    private static readonly OAuthError NoToken = BadToken with { Code = "" };
    private static readonly OAuthError NotAllowed = new("insufficient_scope", "Clients may not do this with their registration here.", Refusal.RegistrationManagementOff);
    private static readonly OAuthError ServersOwn = new("invalid_client_metadata", "An update has no registration_access_token, registration_client_uri, client_secret_expires_at or client_id_issued_at (RFC 7592 section 2.2).", Refusal.RegistrationInvalid);
    private static readonly OAuthError OtherId = new("invalid_client_metadata", "client_id is missing or not that of the client (RFC 7592 section 2.2).", Refusal.RegistrationInvalid);
    private static readonly OAuthError ChangedMeanwhile = new("invalid_request", "The client was changed meanwhile; read it and ask again.", Refusal.RegistrationInvalid);
    private static readonly OAuthError OtherSecret = new("invalid_client_metadata", "client_secret is not that of the client; a client cannot choose its secret (RFC 7592 section 2.2).", Refusal.RegistrationInvalid);
    private static readonly OAuthError BadSector = new("invalid_client_metadata", "The document of sector_identifier_uri cannot be fetched, or does not name all redirect_uris.", Refusal.SectorDocumentInvalid);

    /// <summary>GET reads, PUT updates, DELETE deletes.</summary>
    public async Task HandleAsync(HttpContext http, IssuerSite site, EndpointRule rule)
    {
        string? token = RegistrationReplies.BearerOf(http);
        if (token is null || await FindAsync(http, site, token) is not { } client)
        {
            // A client that is gone, another's token, no token at all: all the same from outside (RFC 7592 section 2.1).
            await replies.ChallengeAsync(http, site, rule, token is null ? NoToken : BadToken);
            return;
        }
        bool reads = HttpMethods.IsGet(http.Request.Method);
        if (options.Registration.Management == RegistrationManagement.None || (!reads && options.Registration.Management == RegistrationManagement.Read))
        {
            http.Response.Headers.WWWAuthenticate = $"Bearer realm=\"{site.Issuer}\", error=\"insufficient_scope\"";
            await replies.RefuseAsync(http, site, rule, NotAllowed, client.ClientId, StatusCodes.Status403Forbidden);
        }
        else if (reads) await replies.WriteAsync(http, site, StatusCodes.Status200OK, "RegistrationRead", client, null, token);
        else if (HttpMethods.IsPut(http.Request.Method)) await UpdateAsync(http, site, rule, client, token);
        else
        {
            await store.RemoveClientAsync(site.Issuer, client.ClientId, clock.GetUtcNow(), http.RequestAborted);
            clients.Invalidate();
            http.Response.StatusCode = StatusCodes.Status204NoContent;
        }
    }

    private async Task UpdateAsync(HttpContext http, IssuerSite site, EndpointRule rule, Client client, string token)
    {
        (JsonDocument? body, OAuthError? error) = await RegistrationReader.BodyAsync(http, rule.BodyLimit);
        using JsonDocument? read = body;
        error ??= Fault(read!.RootElement, client);
        if (error is not null)
        {
            await replies.RefuseAsync(http, site, rule, error, client.ClientId);
            return;
        }
        (JsonDocument? metadata, string? statement, error) = await reader.WithStatementAsync(site.Issuer, read!, http.RequestAborted);
        using JsonDocument? merged = metadata;
        if (merged is null)
        {
            await replies.RefuseAsync(http, site, rule, error!, client.ClientId);
            return;
        }
        DateTimeOffset now = clock.GetUtcNow();
        RegistrationOptions settings = options.Registration;
        var terms = new RegistrationTerms(
            site.Issuer, await clients.ScopesAsync(http.RequestAborted), client.Registration!.GrantTypes, settings.Scopes, settings.Resources, client.Registration.Open, options.Development, now)
        { Profile = options.Profile ?? Profile.OAuth21 };
        RegistrationDecision decision = ClientRegistration.Decide(merged.RootElement, client.ClientId, terms, client);
        if (decision is RegistrationRefused refused)
        {
            await replies.RefuseAsync(http, site, rule, refused.Error, client.ClientId);
            return;
        }
        Client updated = ((Registrable)decision).Client;
        if (!await RegistrationEndpoint.SectorHoldsAsync(documents, updated, http.RequestAborted))
        {
            await replies.RefuseAsync(http, site, rule, BadSector, client.ClientId);
            return;
        }
        if (statement is not null) updated = updated with { Registration = updated.Registration! with { SoftwareStatement = statement } };
        string? secret = null;
        if (RegistrationReplies.HasSecret(updated) && NeedsSecret(updated, now)) (secret, updated) = RegistrationReplies.WithSecret(updated, secrets, settings.SecretLifetime, now);
        if (!await store.ChangeClientAsync(updated, http.RequestAborted))
        {
            await replies.RefuseAsync(http, site, rule, ChangedMeanwhile, client.ClientId, StatusCodes.Status409Conflict);
            return;
        }
        clients.Changed(updated);
        await replies.WriteAsync(http, site, StatusCodes.Status200OK, "RegistrationUpdated", updated, secret, token);
    }

    // A new method needs one, and one that has passed half its life is followed by the next.
    private bool NeedsSecret(Client client, DateTimeOffset now) =>
        client.SecretHashes.Count == 0 || (client.SecretExpiresAt is { } end && options.Registration.SecretLifetime is { } lifetime && end - now < lifetime / 2);

    private OAuthError? Fault(JsonElement body, Client client)
    {
        if (NotToBeSent.Any(name => body.TryGetProperty(name, out _))) return ServersOwn;
        if (!body.TryGetProperty("client_id", out JsonElement id) || id.ValueKind != JsonValueKind.String || id.GetString() != client.ClientId) return OtherId;
        if (!body.TryGetProperty("client_secret", out JsonElement secret)) return null;
        return secret.ValueKind == JsonValueKind.String && ClientSecret.Matches(secret.GetString()!, secrets.Derive(ClientSecret.Purpose), client.SecretHashes) ? null : OtherSecret;
    }

    private async ValueTask<Client?> FindAsync(HttpContext http, IssuerSite site, string token)
    {
        // From the store, not from memory: what a client reads here is what is.
        string? id = http.Request.Query["client_id"].Count == 1 ? http.Request.Query["client_id"][0] : null;
        if (id is null or { Length: > ClientCatalogue.LongestClientId } || !token.StartsWith(RegistrationTokens.AccessPrefix, StringComparison.Ordinal)) return null;
        Client? client = await store.FindClientAsync(site.Issuer, id, http.RequestAborted);
        return client?.Registration is { TokenHash.Length: > 0 } registration && CryptographicOperations.FixedTimeEquals(registration.TokenHash, RegistrationTokens.HashOf(token)) ? client : null;
    }
}
