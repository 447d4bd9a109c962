using System.Text.Json;
using Evergrant.AspNetCore.Clients;
using Evergrant.AspNetCore.Token;
using Evergrant.AspNetCore.UserInfo;
using Evergrant.Protocol;
using Evergrant.Protocol.Authorize;
using Evergrant.Protocol.BackchannelAuthentication;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Sessions;
using Evergrant.Protocol.Token;
using Microsoft.AspNetCore.Http;

namespace Evergrant.AspNetCore.BackchannelAuthentication;

/// <summary>Where an authenticator app asks which requests wait for its user, and brings their answers: a resource of ours under RFC 6750, for tokens with the scope of the endpoint.</summary>
internal sealed class AuthenticatorEndpoint(PresentedTokens tokens, ResourceGate gate, ClientCatalogue clients, PendingRequests pending, BackchannelAnswers answers)
{
    private static readonly OAuthError Invalid = new("invalid_token", "The access token is not valid.", Refusal.AccessTokenInvalid);
    private static readonly OAuthError Insufficient = new("insufficient_scope", "The access token lacks the scope of authenticators.", Refusal.ScopeInsufficient);
    private static readonly OAuthError Malformed = new("invalid_request", "The request needs id, and decision allow or deny.", Refusal.ParameterInvalid);
    private static readonly OAuthError Nothing = new("invalid_request", "No request waits under this id.", Refusal.AuthRequestUnknown);
    private static readonly OAuthError Busy = new("temporarily_unavailable", "The server cannot answer now; try again.", Refusal.StoreUnavailable);

    /// <summary>GET lists; POST answers.</summary>
    public async Task HandleAsync(HttpContext http, IssuerSite site, EndpointRule rule)
    {
        // The body is the answer's.
        ShownAccess request = BearerReader.OfHeader(http);
        if (request.Token is not { } text)
        {
            await RefuseAsync(http, site, rule, request, request.Error!, null);
            return;
        }
        Shown shown = await tokens.ReadAsync(text, site, http.RequestAborted);
        if (!shown.IsGood || shown.Token!.Access is not { } access || shown.Grant is not { Subject: { } subject } grant || !access.Audience.Contains(site.Issuer))
        {
            await RefuseAsync(http, site, rule, request, Invalid, shown.Grant);
            return;
        }
        if (await gate.UnprovenAsync(http, site, request, access, await clients.FindAsync(site.Issuer, access.ClientId, http.RequestAborted)) is { } unproven)
        {
            await RefuseAsync(http, site, rule, request, unproven, grant);
            return;
        }
        if (!Scope.Contains(access.Scope, rule.Scope!))
        {
            await RefuseAsync(http, site, rule, request, Insufficient, grant);
            return;
        }
        if (HttpMethods.IsPost(http.Request.Method)) await AnswerAsync(http, site, rule, request, grant, subject);
        else await ListAsync(http, site, subject);
    }

    private async Task ListAsync(HttpContext http, IssuerSite site, string subject)
    {
        PendingRequest[] waiting = [.. (await pending.ListAsync(subject, http.RequestAborted)).Where(r => r.Issuer == site.Issuer)];
        await JsonReply.WriteAsync(http, 200, json =>
        {
            json.WriteStartArray("requests");
            foreach (PendingRequest request in waiting) Write(json, request);
            json.WriteEndArray();
        });
    }

    private static void Write(Utf8JsonWriter json, PendingRequest request)
    {
        json.WriteStartObject();
        json.WriteString("id", request.Id);
        json.WriteString("client_id", request.Client.ClientId);
        json.WriteString("client_name", request.Client.Name ?? request.Client.ClientId);
        json.WriteString("scope", request.Scope);
        if (request.Details is not null)
        {
            json.WritePropertyName("authorization_details");
            json.WriteRawValue(request.Details);
        }
        if (request.Message is not null) json.WriteString("binding_message", request.Message);
        json.WriteNumber("iat", request.StartedAt.ToUnixTimeSeconds());
        json.WriteNumber("exp", request.ExpiresAt.ToUnixTimeSeconds());
        json.WriteEndObject();
    }

    private async Task AnswerAsync(HttpContext http, IssuerSite site, EndpointRule rule, ShownAccess request, Grant grant, string subject)
    {
        (Parameters? form, OAuthError? error) = await FormReader.ReadAsync(http, rule.BodyLimit);
        if (form is null || form.Repeated is not null || form["id"] is not { } id || form["decision"] is not ("allow" or "deny"))
        {
            await RefuseAsync(http, site, rule, request, error ?? Malformed, grant);
            return;
        }
        // The person has authenticated to the app, and as strongly as they did then.
        var who = new Answering(subject, grant.Authorized.AuthTime, grant.Authorized.Acr, grant.Authorized.Amr);
        AnsweredRequest found = await answers.TakeAsync(site, id, who, null, http.RequestAborted);
        if (found.Answer is ToBeAsked asked) found = await answers.TakeAsync(site, id, who, new ConsentAnswer(form["decision"] == "allow", asked.Scopes, subject), http.RequestAborted);
        if (found.Answer is Answered answered) await JsonReply.WriteAsync(http, 200, json => json.WriteString("decision", answered.Allowed ? "allow" : "deny"));
        else await RefuseAsync(http, site, rule, request, found.Answer is null ? Busy : Nothing, grant);
    }

    private Task RefuseAsync(HttpContext http, IssuerSite site, EndpointRule rule, ShownAccess request, OAuthError error, Grant? grant) =>
        gate.RefuseAsync(http, site, rule, request, error, null, grant, rule.Scope);
}
