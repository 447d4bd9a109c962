using Evergrant.AspNetCore.Binding;
using Evergrant.AspNetCore.Clients;
using Evergrant.Protocol;
using Evergrant.Protocol.Binding;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Token;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Evergrant.AspNetCore.UserInfo;

/// <summary>What the resources of this server have in common (RFC 6750 section 3, RFC 9449 section 7): the proof that goes with a bound token, and the challenge to whoever is not let in.</summary>
internal sealed class ResourceGate(KeyProofs proofs, RefusalLog log)
{
    /// <summary>Whether a token that is bound to a key, or is said to be, comes with the proof of it (RFC 9449 sections 7.1, 7.2).</summary>
    /// <returns>The error, or null.</returns>
    public async ValueTask<OAuthError?> UnprovenAsync(HttpContext http, IssuerSite site, ShownAccess request, AccessToken access, Client? client)
    {
        if (!request.ByDpop && access.Confirmation is null) return null;
        if (BindingRules.JudgeScheme(access.Confirmation, request.ByDpop) is { } downgraded) return downgraded;
        ShownKeys keys = proofs.Read(http, site, client, request.Token);
        if ((keys.Error ?? BindingRules.JudgeAccess(access.Confirmation, keys.Keys)) is { } unproven) return unproven;
        return keys.Use is null ? null : await proofs.UseAsync(keys.Use, http.RequestAborted);
    }

    /// <summary>Answers with the challenge; without any token the challenges of both schemes name no error.</summary>
    /// <param name="http">The request to answer.</param>
    /// <param name="site">The issuer that was asked.</param>
    /// <param name="rule">The endpoint.</param>
    /// <param name="request">The token as it was shown.</param>
    /// <param name="error">What is wrong.</param>
    /// <param name="client">The client, as far as it is known.</param>
    /// <param name="grant">The grant of the token; null for none.</param>
    /// <param name="scope">What the token lacks; null for nothing.</param>
    public async Task RefuseAsync(HttpContext http, IssuerSite site, EndpointRule rule, ShownAccess request, OAuthError error, string? client, Grant? grant, string? scope)
    {
        string metadata = $"resource_metadata=\"{site.ResourceMetadata}\"";
        string bearer = $"Bearer realm=\"{site.Issuer}\", {metadata}", dpop = $"DPoP realm=\"{site.Issuer}\", algs=\"{string.Join(' ', BindingRules.Algorithms)}\", {metadata}";
        if (error.Refusal == Refusal.AccessTokenMissing)
        {
            http.Response.Headers.WWWAuthenticate = new StringValues([bearer, dpop]);
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }
        string reference = await log.RecordAsync(new Told("Refused", rule.Name, site.Issuer, client ?? grant?.ClientId, error, grant), http.RequestAborted);
        string description = RefusalLog.Describe(error, reference);
        int status = error.Code switch
        {
            "invalid_token" or "invalid_dpop_proof" or "use_dpop_nonce" => 401,
            "insufficient_scope" or "access_denied" => 403,
            "not_found" => 404,
            "temporarily_unavailable" => 503,
            _ => error.Refusal == Refusal.RequestTooLarge ? 413 : 400,
        };
        string told = $", error=\"{error.Code}\", error_description=\"{description}\"" + (error.Code == "insufficient_scope" ? $", scope=\"{scope}\"" : "");
        // What was shown as Bearer and is bound is told by which scheme it goes.
        if (status is 400 or 401 || error.Code == "insufficient_scope") http.Response.Headers.WWWAuthenticate = (request.ByDpop || error.Refusal == Refusal.AccessTokenDowngraded ? dpop : bearer) + told;
        await JsonReply.WriteAsync(http, status, json =>
        {
            json.WriteString("error", error.Code);
            json.WriteString("error_description", description);
        });
    }
}
