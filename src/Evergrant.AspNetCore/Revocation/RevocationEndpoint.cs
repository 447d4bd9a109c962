using Evergrant.AspNetCore.Clients;
using Evergrant.AspNetCore.Keys;
using Evergrant.AspNetCore.Token;
using Evergrant.Protocol;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Revocation;
using Evergrant.Protocol.Storage;
using Microsoft.AspNetCore.Http;
using Decision = Evergrant.Protocol.Revocation.Revocation;

namespace Evergrant.AspNetCore.Revocation;

/// <summary>The revocation endpoint (RFC 7009). The answer 200 is given once the revocation is durable.</summary>
internal sealed class RevocationEndpoint(ClientGate gate, PresentedTokens tokens, IGrantStore store, IServerSecrets secrets, RefusalLog log, TimeProvider clock)
{
    private static readonly OAuthError NoToken = new("invalid_request", "The parameter token is missing.", Refusal.ParameterMissing);
    private static readonly OAuthError Unknown = new("temporarily_unavailable", "The outcome is not known; try again.", Refusal.StoreUnavailable);
    private static readonly byte[] Done = "{}"u8.ToArray();

    public async Task HandleAsync(HttpContext http, IssuerSite site, EndpointRule rule)
    {
        if (await gate.EnterAsync(http, site, rule) is not { } entered) return;
        (Client client, Parameters form) = entered;
        if (form["token"] is not { } text)
        {
            await RefuseAsync(http, site, client, NoToken);
            return;
        }
        Shown shown = await tokens.ReadAsync(text, site, http.RequestAborted);
        RevocationDecision decision = Decision.Decide(shown.Token, shown.Grant, site.Issuer, client, secrets.Credentials, clock.GetUtcNow());
        switch (decision)
        {
            case Refused refused:
                await RefuseAsync(http, site, client, refused.Error);
                return;
            case Revoked revoked:
                EventRecord record = log.Make(new Told("Revoked", rule.Name, site.Issuer, client.ClientId, null, revoked.Grant, shown.Token!.Generation));
                // A conflict says that the grant is revoked already, which is what was asked for.
                if (await store.CommitAsync(revoked.Change, record, http.RequestAborted) == CommitResult.Unknown)
                {
                    await RefuseAsync(http, site, client, Unknown);
                    return;
                }
                break;
        }
        await JsonReply.WriteAsync(http, 200, Done);
    }

    private async Task RefuseAsync(HttpContext http, IssuerSite site, Client client, OAuthError error) =>
        await JsonReply.ErrorAsync(http, error, await log.RecordAsync(new Told("Refused", "Revocation", site.Issuer, client.ClientId, error), http.RequestAborted));
}
