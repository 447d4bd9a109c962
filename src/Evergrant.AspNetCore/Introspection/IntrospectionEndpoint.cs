using Evergrant.AspNetCore.Clients;
using Evergrant.AspNetCore.Token;
using Evergrant.Protocol;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Introspection;
using Evergrant.Protocol.Token;
using Microsoft.AspNetCore.Http;
using Decision = Evergrant.Protocol.Introspection.Introspection;

namespace Evergrant.AspNetCore.Introspection;

/// <summary>The introspection endpoint (RFC 7662). Callers are confidential clients.</summary>
internal sealed class IntrospectionEndpoint(ClientGate gate, ClientCatalogue clients, PresentedTokens tokens, TokenWriter writer, IntrospectionJwts jwts, EvergrantOptions options, RefusalLog log)
{
    private static readonly OAuthError PublicClient = new("invalid_client", "Only clients that authenticate may introspect.", Refusal.ClientCredentialsMissing);
    private static readonly OAuthError NoToken = new("invalid_request", "The parameter token is missing.", Refusal.ParameterMissing);
    public async Task HandleAsync(HttpContext http, IssuerSite site, EndpointRule rule)
    {
        if (await gate.EnterAsync(http, site, rule) is not { } entered) return;
        (Client caller, Parameters form) = entered;
        OAuthError? error = caller.IsPublic ? PublicClient : form["token"] is null ? NoToken : null;
        if (error is not null)
        {
            // RFC 9701 section 5: whoever asks for a JWT and is not let in is told so by 400.
            int? status = IntrospectionJwts.IsAskedFor(http) ? StatusCodes.Status400BadRequest : null;
            await JsonReply.ErrorAsync(http, error, await log.RecordAsync(new Told("Refused", rule.Name, site.Issuer, caller.ClientId, error), http.RequestAborted), status: status);
            return;
        }
        Shown shown = await tokens.ReadAsync(form["token"]!, site, http.RequestAborted);
        ScopeCatalogue catalogue = await clients.ScopesAsync(http.RequestAborted);
        IntrospectionDecision decision = Decision.Decide(shown.IsGood ? shown.Token : null, shown.Grant, caller, catalogue);
        log.Count(decision.GetType().Name, null);
        if (decision is not Active active)
        {
            await AnswerAsync(http, site, caller, static json => json.WriteBoolean("active", false));
            return;
        }
        Func<string, string> subjectOf = await writer.SubjectsOfAsync(caller, http.RequestAborted);
        string? userName = await UserNameAsync(active, caller, http.RequestAborted);
        await AnswerAsync(http, site, caller, json =>
        {
            json.WriteBoolean("active", true);
            if (active.Scope.Length > 0) json.WriteString("scope", active.Scope);
            json.WriteString("iss", site.Issuer);
            if (active.Details is { } details)
            {
                json.WritePropertyName("authorization_details");
                json.WriteRawValue(details);
            }
            if (userName is not null) json.WriteString("username", userName);
            if (active.Token is { } access) WriteAccess(json, access, active.Grant, caller, subjectOf);
            else WriteRefresh(json, active.Grant!, shown.Token!.IsAheadOf(active.Grant!), subjectOf);
        });
    }

    private Task AnswerAsync(HttpContext http, IssuerSite site, Client caller, Action<System.Text.Json.Utf8JsonWriter> members) =>
        IntrospectionJwts.IsAskedFor(http) ? jwts.WriteAsync(http, site, caller, members) : JsonReply.WriteAsync(http, 200, members);

    private static void WriteAccess(System.Text.Json.Utf8JsonWriter json, AccessToken access, Grant? grant, Client caller, Func<string, string> subjectOf)
    {
        json.WriteString("client_id", access.ClientId);
        json.WriteString("token_type", access.TokenType);
        if (!access.NeverEnds) json.WriteNumber("exp", access.ExpiresAt.ToUnixTimeSeconds());
        json.WriteNumber("iat", access.IssuedAt.ToUnixTimeSeconds());
        json.WriteNumber("nbf", access.IssuedAt.ToUnixTimeSeconds());
        // A pairwise caller sees the sub of its own sector (RFC 7662 section 5).
        json.WriteString("sub", grant?.Subject is { } account && access.ClientId != caller.ClientId && caller.SubjectType == SubjectType.Pairwise ? subjectOf(account) : access.Subject);
        json.WriteStartArray("aud");
        foreach (string audience in access.Audience) json.WriteStringValue(audience);
        json.WriteEndArray();
        if (access.JwtId is { } id) json.WriteString("jti", id);
        if (access.Confirmation is { } bound)
        {
            json.WriteStartObject("cnf");
            json.WriteString(bound.Member, bound.Thumbprint);
            json.WriteEndObject();
        }
        // RFC 8693 sections 4.1 and 4.4: as in the token.
        if (access.Actor is { } actor)
        {
            json.WritePropertyName("act");
            json.WriteRawValue(actor);
        }
        if (access.MayAct is { } mayAct)
        {
            json.WritePropertyName("may_act");
            json.WriteRawValue(mayAct);
        }
        if (grant?.Authorized is not { } authorized) return;
        if (authorized.AuthTime is { } time) json.WriteNumber("auth_time", time.ToUnixTimeSeconds());
        if (authorized.Acr is { } acr) json.WriteString("acr", acr);
    }

    private static void WriteRefresh(System.Text.Json.Utf8JsonWriter json, Grant grant, bool ahead, Func<string, string> subjectOf)
    {
        json.WriteString("client_id", grant.ClientId);
        if (grant.Subject is { } account) json.WriteString("sub", subjectOf(account));
        // Of a token ahead of its row nobody knows when it was issued and when it idles out.
        if (!ahead) json.WriteNumber("iat", grant.GenerationAt.ToUnixTimeSeconds());
        DateTimeOffset? end = ahead ? grant.ExpiresAt : grant.IdleExpiresAt < grant.ExpiresAt || grant.ExpiresAt is null ? grant.IdleExpiresAt : grant.ExpiresAt;
        if (end is { } at) json.WriteNumber("exp", at.ToUnixTimeSeconds());
    }

    private async ValueTask<string?> UserNameAsync(Active active, Client caller, CancellationToken cancellationToken)
    {
        // The name is told to those who already know the person, not to pairwise callers (RFC 7662 section 5).
        if (active.Grant?.Subject is not { } account || caller.SubjectType == SubjectType.Pairwise) return null;
        ClaimSet? claims = await options.Claims(new ClaimsRequest(account, caller, active.Scope), cancellationToken);
        return claims is not null && claims.Claims.TryGetValue("preferred_username", out System.Text.Json.JsonElement name) ? name.GetString() : null;
    }
}
