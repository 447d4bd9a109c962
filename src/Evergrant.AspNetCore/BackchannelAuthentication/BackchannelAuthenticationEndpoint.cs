using Evergrant.AspNetCore.Authorize;
using Evergrant.AspNetCore.Clients;
using Evergrant.AspNetCore.GrantManagement;
using Evergrant.AspNetCore.Keys;
using Evergrant.AspNetCore.Outbound;
using Evergrant.AspNetCore.Token;
using Evergrant.Jose;
using Evergrant.Protocol;
using Evergrant.Protocol.Authorize;
using Evergrant.Protocol.BackchannelAuthentication;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;
using Evergrant.Protocol.Token;
using Microsoft.AspNetCore.Http;
using Decision = Evergrant.Protocol.BackchannelAuthentication.BackchannelAuthentication;

namespace Evergrant.AspNetCore.BackchannelAuthentication;

/// <summary>The backchannel authentication endpoint (CIBA Core section 7): a client names an End-User, who is asked on a device of their own.</summary>
internal sealed class BackchannelAuthenticationEndpoint(
    ClientGate gate, ClientCatalogue clients, ClientKeys clientKeys, IGrantStore store, IServerSecrets secrets, KeyRings rings, TokenWriter tokens, IInteractions interactions, PendingRequests pending,
    NotificationTokens notifications, ManagedGrants managed, EvergrantOptions options, RefusalLog log, TimeProvider clock)
{
    private static readonly OAuthError BadHint = new("unknown_user_id", "The hint names nobody who can be asked.", Refusal.HintedUserUnknown);
    private static readonly OAuthError ForeignHint = OAuthError("invalid_request", "id_token_hint is not an ID Token that this client got here.", Refusal.IdTokenHintInvalid);
    private static readonly OAuthError OldHint = new("expired_login_hint_token", "The login_hint_token has expired.", Refusal.LoginHintTokenInvalid);
    private static readonly OAuthError BadHintToken = OAuthError("invalid_request", "The login_hint_token is not a JWT that the client has signed for this server.", Refusal.LoginHintTokenInvalid);
    private static readonly OAuthError Used = OAuthError("invalid_request", "The signed request was used before.", Refusal.RequestObjectReplayed);
    private static readonly OAuthError Unknown = new("temporarily_unavailable", "The server cannot answer now; try again.", Refusal.StoreUnavailable);

    public async Task HandleAsync(HttpContext http, IssuerSite site, EndpointRule rule)
    {
        if (await gate.EnterAsync(http, site, rule, site.Base + "/bc-authorize") is not { } entered) return;
        (Client client, Parameters form) = entered;
        DateTimeOffset now = clock.GetUtcNow();
        if (form["request"] is { } signed) client = await clientKeys.WithKeysAsync(client, signed, http.RequestAborted);
        OAuthError? error = BackchannelRequest.Read(form, client, client.Keys, site.Issuer, now, out BackchannelRequest? request);
        if (error is not null)
        {
            await RefuseAsync(http, site, rule, client, error);
            return;
        }
        (string? subject, error) = await FindAsync(site, client, request!, now, http.RequestAborted);
        if (error is not null)
        {
            await RefuseAsync(http, site, rule, client, error);
            return;
        }
        int waiting = subject is null ? 0 : (await pending.ListAsync(subject, http.RequestAborted)).Count;
        GrantSeed seed = secrets.NewSeed(now);
        (string? token, int keyNumber) = notifications.Seal(request!.NotificationToken, seed.Id);
        var note = new BackchannelNote(now, request.BindingMessage, token, keyNumber);
        ScopeCatalogue catalogue = await clients.ScopesAsync(http.RequestAborted);
        switch (Decision.Decide(request, site.Issuer, client, catalogue, subject, waiting, seed, Guid.CreateVersion7(now), note, now, options.Demands,
            await managed.FindAsync(site.Issuer, AuthorizeRequest.Read(request.Parameters), http.RequestAborted)))
        {
            case BackchannelRefused refused:
                await RefuseAsync(http, site, rule, client, refused.Error);
                return;
            case BackchannelAccepted accepted:
                switch (await store.CommitAsync(accepted.Change, null, http.RequestAborted))
                {
                    case CommitResult.Committed:
                        log.Count(accepted.Name, null);
                        await WriteAsync(http, client, accepted);
                        return;
                    // Ids are random: what stands there already is the jti.
                    case CommitResult.Conflict:
                        await RefuseAsync(http, site, rule, client, Used);
                        return;
                    default:
                        await RefuseAsync(http, site, rule, client, Unknown);
                        return;
                }
        }
    }

    private Task WriteAsync(HttpContext http, Client client, BackchannelAccepted accepted) => JsonReply.WriteAsync(http, 200, json =>
    {
        json.WriteString("auth_req_id", GrantCredential.Write(secrets.Credentials, accepted.Grant.KeyNumber, CredentialKind.AuthRequest, accepted.Grant, 0));
        json.WriteNumber("expires_in", (int)accepted.ExpiresIn.TotalSeconds);
        if (client.TokenDeliveryMode != TokenDeliveryMode.Push) json.WriteNumber("interval", Decision.Interval);
    });

    /// <summary>Whom the hint names: an account id, or null for nobody; or what is wrong with it.</summary>
    private async ValueTask<(string? Subject, OAuthError? Error)> FindAsync(IssuerSite site, Client client, BackchannelRequest request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        string hint = request.Hint.Value;
        switch (request.Hint.Key)
        {
            case "id_token_hint":
                // Section 14: how old it is does not count; from whom and for whom does.
                JwtVerdict<IdToken> judged = IdToken.JudgeAsHint(hint, (await rings.CurrentAsync(site.Issuer, cancellationToken)).Published, site.Issuer);
                if (judged.Value is not { } token || token.Audience != client.ClientId) return (null, ForeignHint);
                return (await pending.AccountOfAsync(client, token.Subject, await tokens.SubjectsOfAsync(client, cancellationToken), interactions, cancellationToken), null);
            case "login_hint_token":
                client = await clientKeys.WithKeysAsync(client, hint, cancellationToken);
                if (client.Keys is not { } keys) return (null, BadHintToken);
                JwtVerdict<string> named = BackchannelRequestObject.JudgeHint(hint, keys, client.ClientId, site.Issuer, now);
                if (named.Value is null) return (null, named.Fault == JwtFault.Expired ? OldHint : BadHintToken);
                hint = named.Value;
                break;
        }
        return (await interactions.FindAccountAsync(hint, cancellationToken), null);
    }

    private async Task RefuseAsync(HttpContext http, IssuerSite site, EndpointRule rule, Client client, OAuthError error)
    {
        string reference = await log.RecordAsync(new Told("Refused", rule.Name, site.Issuer, client.ClientId, error), http.RequestAborted);
        if (error.Code != "access_denied")
        {
            await JsonReply.ErrorAsync(http, error, reference);
            return;
        }
        // Section 13: what policy denies is 403.
        await JsonReply.WriteAsync(http, 403, json =>
        {
            json.WriteString("error", error.Code);
            json.WriteString("error_description", RefusalLog.Describe(error, reference));
        });
    }

    private static OAuthError OAuthError(string code, string description, Refusal refusal) => new(code, description, refusal);
}
