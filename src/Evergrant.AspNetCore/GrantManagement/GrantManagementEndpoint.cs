using System.Text;
using Evergrant.AspNetCore.Clients;
using Evergrant.AspNetCore.Token;
using Evergrant.AspNetCore.UserInfo;
using Evergrant.Protocol;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.GrantManagement;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;
using Evergrant.Protocol.Token;
using Microsoft.AspNetCore.Http;

namespace Evergrant.AspNetCore.GrantManagement;

/// <summary>The grant management API (Grant Management section 6): a client asks what a grant of its own allows, or ends it. A resource of ours under RFC 6750, for tokens that speak for the client itself.</summary>
internal sealed class GrantManagementEndpoint(PresentedTokens tokens, ResourceGate gate, ClientCatalogue clients, ManagedGrants grants, IGrantStore store, RefusalLog log, TimeProvider clock)
{
    private static readonly OAuthError Invalid = new("invalid_token", "The access token is not valid.", Refusal.AccessTokenInvalid);
    private static readonly OAuthError Insufficient = new("insufficient_scope", "The access token lacks the scope of this request.", Refusal.ScopeInsufficient);
    private static readonly OAuthError Foreign = new("access_denied", "The grant is another client's.", Refusal.GrantOfAnotherClient);
    private static readonly OAuthError Nothing = new("not_found", "There is no such grant.", Refusal.GrantIdInvalid);
    private static readonly OAuthError Busy = new("temporarily_unavailable", "The server cannot answer now; try again.", Refusal.StoreUnavailable);

    public async Task HandleAsync(HttpContext http, IssuerSite site, EndpointRule rule)
    {
        bool revokes = HttpMethods.IsDelete(http.Request.Method);
        string scope = revokes ? Scope.GrantRevoke : Scope.GrantQuery;
        ShownAccess request = await BearerReader.ReadAsync(http, rule.BodyLimit);
        if (request.Token is not { } text)
        {
            await gate.RefuseAsync(http, site, rule, request, request.Error!, null, null, scope);
            return;
        }
        Shown shown = await tokens.ReadAsync(text, site, http.RequestAborted);
        // Of the client itself: a token that speaks for somebody says nothing of other people's grants.
        if (!shown.IsGood || shown.Token!.Access is not { } access || shown.Grant?.Subject is not null || !access.Audience.Contains(site.Issuer)
            || await clients.FindAsync(site.Issuer, access.ClientId, http.RequestAborted) is not { IsPublic: false } client || access.Subject != client.ClientId)
        {
            await gate.RefuseAsync(http, site, rule, request, Invalid, null, null, scope);
            return;
        }
        if (await gate.UnprovenAsync(http, site, request, access, client) is { } unproven)
        {
            await gate.RefuseAsync(http, site, rule, request, unproven, client.ClientId, null, scope);
            return;
        }
        if (!Scope.Contains(access.Scope, scope))
        {
            await gate.RefuseAsync(http, site, rule, request, Insufficient, client.ClientId, null, scope);
            return;
        }
        Grant? grant = await grants.FindAsync(site.Issuer, (string)http.Request.RouteValues["grant_id"]!, http.RequestAborted);
        if (!ManagedGrant.IsLive(grant, site.Issuer, clock.GetUtcNow())) await gate.RefuseAsync(http, site, rule, request, Nothing, client.ClientId, null, scope);
        else if (grant!.ClientId != client.ClientId) await gate.RefuseAsync(http, site, rule, request, Foreign, client.ClientId, null, scope);
        else if (revokes) await RevokeAsync(http, site, rule, request, client, grant);
        else await TellAsync(http, client, grant);
    }

    private async Task TellAsync(HttpContext http, Client client, Grant grant)
    {
        string json = GrantDescription.Of(grant, client, await clients.ScopesAsync(http.RequestAborted)).ToJsonString();
        log.Count("Told", null);
        await JsonReply.WriteAsync(http, 200, Encoding.UTF8.GetBytes(json));
    }

    private async Task RevokeAsync(HttpContext http, IssuerSite site, EndpointRule rule, ShownAccess request, Client client, Grant grant)
    {
        EventRecord record = log.Make(new Told("Revoked", rule.Name, site.Issuer, client.ClientId, null, grant));
        // A conflict says that somebody else has ended it, which is what was asked for.
        if (await store.CommitAsync(new RevokeGrant(grant.Id, RevocationCause.RevokedByClient, clock.GetUtcNow()), record, http.RequestAborted) == CommitResult.Unknown)
        {
            await gate.RefuseAsync(http, site, rule, request, Busy, client.ClientId, grant, Scope.GrantRevoke);
            return;
        }
        http.Response.StatusCode = StatusCodes.Status204NoContent;
    }
}
