using System.Buffers;
using System.Text.Json;
using Evergrant.AspNetCore.Clients;
using Evergrant.AspNetCore.Keys;
using Evergrant.AspNetCore.Token;
using Evergrant.Jose;
using Evergrant.Protocol;
using Evergrant.Protocol.Authorize;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Token;
using Evergrant.Protocol.UserInfo;
using Microsoft.AspNetCore.Http;

namespace Evergrant.AspNetCore.UserInfo;

/// <summary>The UserInfo endpoint (OpenID Connect Core section 5.3), a resource of ours under RFC 6750.</summary>
internal sealed class UserInfoEndpoint(PresentedTokens tokens, ResourceGate gate, ResponseEncryption encryption, ClientCatalogue clients, TokenWriter writer, KeyRings rings, EvergrantOptions options, RefusalLog log)
{
    private static readonly OAuthError Invalid = new("invalid_token", "The access token is not valid.", Refusal.AccessTokenInvalid);
    private static readonly OAuthError Insufficient = new("insufficient_scope", "The access token lacks the scope openid.", Refusal.ScopeInsufficient);
    private static readonly OAuthError Gone = new("invalid_token", "The access token is not valid.", Refusal.AccountUnavailable);

    public async Task HandleAsync(HttpContext http, IssuerSite site, EndpointRule rule)
    {
        ShownAccess request = await BearerReader.ReadAsync(http, rule.BodyLimit);
        if (request.Token is not { } text)
        {
            await gate.RefuseAsync(http, site, rule, request, request.Error!, null, null, rule.Scope);
            return;
        }
        Shown shown = await tokens.ReadAsync(text, site, http.RequestAborted);
        // A refresh token is no access token, and a token of an API that named itself is not for this endpoint.
        if (!shown.IsGood || shown.Token!.Access is not { } access || (shown.Grant is not null && !Serves(access.Audience, access.Scope, site)))
        {
            await gate.RefuseAsync(http, site, rule, request, Invalid, null, shown.Grant, rule.Scope);
            return;
        }
        Client? client = await clients.FindAsync(site.Issuer, access.ClientId, http.RequestAborted);
        if (await gate.UnprovenAsync(http, site, request, access, client) is { } unproven)
        {
            await gate.RefuseAsync(http, site, rule, request, unproven, null, shown.Grant, rule.Scope);
            return;
        }
        if (shown.Grant?.Subject is not { } account || !Scope.Contains(access.Scope, rule.Scope!))
        {
            await gate.RefuseAsync(http, site, rule, request, Insufficient, null, shown.Grant, rule.Scope);
            return;
        }
        ClaimSet? claims = client is null ? null : await options.Claims(new ClaimsRequest(account, client, access.Scope), http.RequestAborted);
        if (claims is null)
        {
            await gate.RefuseAsync(http, site, rule, request, Gone, null, shown.Grant, rule.Scope);
            return;
        }
        log.Count("Told", null);
        await WriteAsync(http, site, client!, shown.Grant, account, access.Scope, claims);
    }

    /// <summary>Tokens for another audience do not get here as valid; those whose scope was cut for an API lack openid and are told so.</summary>
    private static bool Serves(IReadOnlyList<string> audience, string scope, IssuerSite site) => audience.Contains(site.Issuer) || !Scope.Contains(scope, Scope.OpenId);

    private async Task WriteAsync(HttpContext http, IssuerSite site, Client client, Grant grant, string account, string scope, ClaimSet claims)
    {
        ClaimsParameter requested = ClaimsParameter.Parse(grant.Authorized.Claims) ?? ClaimsParameter.None;
        Dictionary<string, JsonElement> released = ClaimRules.Select(claims.Claims, Scope.Split(scope), requested.UserInfo);
        string? algorithm = client.UserInfoSignedResponseAlg;
        string subject = (await writer.SubjectsOfAsync(client, http.RequestAborted))(account);
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, JsonReply.Options))
        {
            json.WriteStartObject();
            json.WriteString("sub", subject);
            if (algorithm is not null)
            {
                // Section 5.3.2: a signed answer says who speaks to whom.
                json.WriteString("iss", site.Issuer);
                json.WriteString("aud", client.ClientId);
            }
            foreach ((string name, JsonElement value) in released)
            {
                json.WritePropertyName(name);
                value.WriteTo(json);
            }
            json.WriteEndObject();
        }
        if (algorithm is null && client.UserInfoEncryption is null)
        {
            await JsonReply.WriteAsync(http, 200, buffer.WrittenMemory);
            return;
        }
        // Section 5.3.2: signed, then encrypted; or the JSON object encrypted as it is.
        string? jwt = algorithm is null ? null : await JwsWriter.WriteAsync(await rings.SignerAsync(site.Issuer, algorithm, http.RequestAborted), "JWT", buffer.WrittenMemory, http.RequestAborted);
        if (client.UserInfoEncryption is { } choice)
        {
            Jwk recipient = await encryption.DemandAsync(client, choice, http.RequestAborted);
            jwt = jwt is null ? JweWriter.Write(recipient, choice.Algorithm, choice.ContentAlgorithm, buffer.WrittenSpan) : ResponseEncryption.Nest(recipient, choice, jwt);
        }
        await JsonReply.WriteAsync(http, 200, System.Text.Encoding.ASCII.GetBytes(jwt!), "application/jwt");
    }
}
