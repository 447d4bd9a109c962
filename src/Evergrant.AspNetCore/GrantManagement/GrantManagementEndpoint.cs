using System.Text;
using Evergrant.AspNetCore.Binding;
using Evergrant.AspNetCore.Clients;
using Evergrant.AspNetCore.Token;
using Evergrant.AspNetCore.UserInfo;
using Evergrant.Protocol;
using Evergrant.Protocol.Binding;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.GrantManagement;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;
using Evergrant.Protocol.Token;
using Microsoft.AspNetCore.Http;

namespace Evergrant.AspNetCore.GrantManagement;

/// <summary>The grant management API (Grant Management section 6): a client asks what a grant of its own allows, or ends it. A resource of ours under RFC 6750, for tokens that speak for the client itself.</summary>
internal sealed class GrantManagementEndpoint(PresentedTokens tokens, KeyProofs proofs, ClientCatalogue clients, ManagedGrants grants, IGrantStore store, RefusalLog log, TimeProvider clock)
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
            await RefuseAsync(http, site, rule, request.Error!, null, scope);
            return;
        }
        Shown shown = await tokens.ReadAsync(text, site, http.RequestAborted);
        // Of the client itself: a token that speaks for somebody says nothing of other people's grants.
        if (!shown.IsGood || shown.Token!.Access is not { } access || shown.Grant?.Subject is not null || !access.Audience.Contains(site.Issuer)
            || await clients.FindAsync(site.Issuer, access.ClientId, http.RequestAborted) is not { IsPublic: false } client || access.Subject != client.ClientId)
        {
            await RefuseAsync(http, site, rule, Invalid, null, scope);
            return;
        }
        if ((request.ByDpop || access.Confirmation is not null) && await UnprovenAsync(http, site, request, access, client) is { } unproven)
        {
            await RefuseAsync(http, site, rule, unproven, client, scope);
            return;
        }
        if (!Scope.Contains(access.Scope, scope))
        {
            await RefuseAsync(http, site, rule, Insufficient, client, scope);
            return;
        }
        Grant? grant = await grants.FindAsync(site.Issuer, (string)http.Request.RouteValues["grant_id"]!, http.RequestAborted);
        if (!ManagedGrant.IsLive(grant, site.Issuer, clock.GetUtcNow())) await RefuseAsync(http, site, rule, Nothing, client, scope);
        else if (grant!.ClientId != client.ClientId) await RefuseAsync(http, site, rule, Foreign, client, scope);
        else if (revokes) await RevokeAsync(http, site, rule, client, grant);
        else await TellAsync(http, client, grant);
    }

    private async Task TellAsync(HttpContext http, Client client, Grant grant)
    {
        string json = GrantDescription.Of(grant, client, await clients.ScopesAsync(http.RequestAborted)).ToJsonString();
        log.Count("Told", null);
        await JsonReply.WriteAsync(http, 200, Encoding.UTF8.GetBytes(json));
    }

    private async Task RevokeAsync(HttpContext http, IssuerSite site, EndpointRule rule, Client client, Grant grant)
    {
        EventRecord record = log.Make(new Told("Revoked", rule.Name, site.Issuer, client.ClientId, null, grant));
        // A conflict says that somebody else has ended it, which is what was asked for.
        if (await store.CommitAsync(new RevokeGrant(grant.Id, RevocationCause.RevokedByClient, clock.GetUtcNow()), record, http.RequestAborted) == CommitResult.Unknown)
        {
            await RefuseAsync(http, site, rule, Busy, client, Scope.GrantRevoke);
            return;
        }
        http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async ValueTask<OAuthError?> UnprovenAsync(HttpContext http, IssuerSite site, ShownAccess request, AccessToken access, Client client)
    {
        if (BindingRules.JudgeScheme(access.Confirmation, request.ByDpop) is { } downgraded) return downgraded;
        ShownKeys keys = proofs.Read(http, site, client, request.Token);
        if ((keys.Error ?? BindingRules.JudgeAccess(access.Confirmation, keys.Keys)) is { } unproven) return unproven;
        return keys.Use is null ? null : await proofs.UseAsync(keys.Use, http.RequestAborted);
    }

    private async Task RefuseAsync(HttpContext http, IssuerSite site, EndpointRule rule, OAuthError error, Client? client, string scope)
    {
        string challenge = $"Bearer realm=\"{site.Issuer}\"";
        if (error.Refusal == Refusal.AccessTokenMissing)
        {
            http.Response.Headers.WWWAuthenticate = challenge;
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }
        string reference = await log.RecordAsync(new Told("Refused", rule.Name, site.Issuer, client?.ClientId, error), http.RequestAborted);
        int status = error.Code switch
        {
            "invalid_token" or "invalid_dpop_proof" or "use_dpop_nonce" => 401,
            "insufficient_scope" or "access_denied" => 403,
            "not_found" => 404,
            "temporarily_unavailable" => 503,
            _ => 400,
        };
        if (status == 401 || error == Insufficient) http.Response.Headers.WWWAuthenticate = $"{challenge}, error=\"{error.Code}\"" + (status == 403 ? $", scope=\"{scope}\"" : "");
        await JsonReply.WriteAsync(http, status, json =>
        {
            json.WriteString("error", error.Code);
            json.WriteString("error_description", RefusalLog.Describe(error, reference));
        });
    }
}
