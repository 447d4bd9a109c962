using System.Globalization;
using System.Security.Cryptography;
using Evergrant.AspNetCore.Authorize;
using Evergrant.AspNetCore.Binding;
using Evergrant.AspNetCore.Clients;
using Evergrant.Protocol;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.PushedAuthorization;
using Evergrant.Protocol.Storage;
using Microsoft.AspNetCore.Http;
using Decision = Evergrant.Protocol.PushedAuthorization.PushedAuthorization;

namespace Evergrant.AspNetCore.PushedAuthorization;

/// <summary>The pushed authorization request endpoint (RFC 9126 section 2): a client leaves its request here and sends the browser with a reference to it.</summary>
internal sealed class PushedAuthorizationEndpoint(ClientGate gate, KeyProofs proofs, ClientCatalogue clients, ClientKeys clientKeys, IGrantStore store, PushThrottle throttle, EncryptedRequests encrypted, EvergrantOptions options, RefusalLog log, TimeProvider clock)
{
    private static readonly OAuthError Unknown = new("temporarily_unavailable", "The server cannot answer now; try again.", Refusal.StoreUnavailable);
    private static readonly OAuthError Replayed = new("invalid_request_object", "The Request Object was used before.", Refusal.RequestObjectReplayed);

    private static readonly OAuthError TooMany = new("temporarily_unavailable", "The client pushes too many requests; wait.", Refusal.PushesThrottled);

    public async Task HandleAsync(HttpContext http, IssuerSite site, EndpointRule rule)
    {
        if (await gate.EnterAsync(http, site, rule, site.Base + "/par") is not { } entered) return;
        (Client client, Parameters form) = entered;
        if (throttle.Enter(site.Issuer, client.ClientId) is > 0 and int seconds)
        {
            http.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
            await RefuseAsync(http, site, rule, client, TooMany);
            return;
        }
        ShownKeys keys = proofs.Read(http, site, client);
        if (keys.Error is { } unproven)
        {
            await RefuseAsync(http, site, rule, client, unproven);
            return;
        }
        (form, OAuthError? unopened) = await encrypted.OpenAsync(site, client, form, http.RequestAborted);
        if (unopened is not null)
        {
            await RefuseAsync(http, site, rule, client, unopened);
            return;
        }
        var facts = new PushFacts
        {
            DpopKey = keys.Keys.Dpop?.Thumbprint,
            Form = form,
            Issuer = site.Issuer,
            Client = client,
            Keys = (form["request"] is { } text ? await clientKeys.WithKeysAsync(client, text, http.RequestAborted) : client).Keys,
            Catalogue = await clients.ScopesAsync(http.RequestAborted),
            Demands = options.Demands,
            Lifetime = options.PushedRequestLifetime,
            PageLifetime = options.InteractionLifetime,
            Now = clock.GetUtcNow(),
        };
        switch (Decision.Decide(facts, RandomNumberGenerator.GetBytes(PushedRequest.RandomLength)))
        {
            case PushRefused refused:
                await RefuseAsync(http, site, rule, client, refused.Error);
                return;
            case Pushed pushed:
                if (keys.Use is not null && await proofs.UseAsync(keys.Use, http.RequestAborted) is { } used)
                {
                    await RefuseAsync(http, site, rule, client, used);
                    return;
                }
                CommitResult result = await store.CommitAsync(pushed.Change, null, http.RequestAborted);
                if (result != CommitResult.Committed)
                {
                    // The reference is of 256 random bits: only a jti can have been there before.
                    await RefuseAsync(http, site, rule, client, result == CommitResult.Conflict ? Replayed : Unknown);
                    return;
                }
                log.Count(pushed.Name, null);
                await JsonReply.WriteAsync(http, StatusCodes.Status201Created, json =>
                {
                    json.WriteString("request_uri", pushed.RequestUri);
                    json.WriteNumber("expires_in", (int)facts.Lifetime.TotalSeconds);
                });
                return;
        }
    }

    private async Task RefuseAsync(HttpContext http, IssuerSite site, EndpointRule rule, Client client, OAuthError error) =>
        await JsonReply.ErrorAsync(http, error, await log.RecordAsync(new Told("Refused", rule.Name, site.Issuer, client.ClientId, error), http.RequestAborted));
}
