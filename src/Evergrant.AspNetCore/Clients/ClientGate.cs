using System.Globalization;
using Evergrant.AspNetCore.Binding;
using Evergrant.AspNetCore.Introspection;
using Evergrant.AspNetCore.Keys;
using Evergrant.AspNetCore.Registration;
using Evergrant.Protocol;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Keys;
using Evergrant.Protocol.Storage;
using Microsoft.AspNetCore.Http;

namespace Evergrant.AspNetCore.Clients;

/// <summary>Lets a request through to the token, introspection and revocation endpoints once its client is authenticated; answers it otherwise.</summary>
internal sealed class ClientGate(ClientCatalogue clients, ClientKeys clientKeys, ClientUses uses, ClientCertificates certificates, ClientThrottle throttle, IGrantStore store, IServerSecrets secrets, RefusalLog log, TimeProvider clock)
{
    private static readonly OAuthError Throttled = new("invalid_client", "Too many failed attempts; wait.", Refusal.ClientThrottled);
    private static readonly OAuthError Replayed = new("invalid_client", "Client authentication failed.", Refusal.ClientAssertionReplayed);
    private static readonly OAuthError Busy = new("temporarily_unavailable", "The server cannot answer now; try again.", Refusal.StoreUnavailable);
    private static readonly OAuthError RepeatedParameter = new("invalid_request", "A parameter was sent more than once.", Refusal.ParameterRepeated);

    /// <summary>Reads the form and authenticates its client.</summary>
    /// <param name="http">The request; it has been answered when null is returned.</param>
    /// <param name="site">The issuer that was asked.</param>
    /// <param name="rule">The endpoint's declaration.</param>
    /// <param name="endpoint">URL of the endpoint, where old clients may name it as the audience of an assertion; null for the token endpoint's.</param>
    public async ValueTask<(Client Client, Parameters Form)?> EnterAsync(HttpContext http, IssuerSite site, EndpointRule rule, string? endpoint = null)
    {
        (Parameters? form, OAuthError? error) = await FormReader.ReadAsync(http, rule.BodyLimit);
        if (form is null) return await RefuseAsync(http, site, rule, error!, null, null);
        if (form.Repeated is not null) return await RefuseAsync(http, site, rule, RepeatedParameter, null, null);
        if (ClientCredentialsReader.Read(http.Request, form, out ShownCredentials shown) is { } unreadable) return await RefuseAsync(http, site, rule, unreadable, shown, null);

        System.Net.IPAddress? address = http.Connection.RemoteIpAddress;
        Client? client = shown.ClientId is null ? null : await clients.FindAsync(site.Issuer, shown.ClientId, http.RequestAborted);
        if (client is { JwksUri: not null } && shown.Assertion is not null) client = await clientKeys.WithKeysAsync(client, shown.Assertion, http.RequestAborted);
        if (client is { AuthenticationMethod: ClientAuthenticationMethod.TlsClientAuth or ClientAuthenticationMethod.SelfSignedTlsClientAuth })
        {
            shown = shown with { Certificate = certificates.Read(http, client.AuthenticationMethod == ClientAuthenticationMethod.TlsClientAuth) };
            if (client is { AuthenticationMethod: ClientAuthenticationMethod.SelfSignedTlsClientAuth, JwksUri: not null }) client = await clientKeys.WithKeysAsync(client, null, http.RequestAborted);
        }
        NumberedKeys keys = secrets.Derive(ClientSecret.Purpose);
        switch (ClientAuthentication.Decide(shown, client, keys, site.Issuer, site.TokenEndpoint, clock.GetUtcNow(), endpoint))
        {
            case NotAuthenticated refused:
                // Whoever has the right secret is let in however many behind the same address have guessed: 256 bits are not found by trying.
                if (refused.Guess && throttle.Wait(shown.ClientId, address) is > 0 and int seconds)
                {
                    http.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
                    return await RefuseAsync(http, site, rule, Throttled, shown, client);
                }
                if (refused.Guess) throttle.Failed(shown.ClientId, address);
                return await RefuseAsync(http, site, rule, refused.Error, shown, client);
            case Authenticated { Change: { } useAssertion } once:
                switch (await store.CommitAsync(useAssertion, null, http.RequestAborted))
                {
                    case CommitResult.Committed: return (once.Client, form);
                    case CommitResult.Conflict: return await RefuseAsync(http, site, rule, Replayed, shown, client);
                    default: return await RefuseAsync(http, site, rule, Busy, shown, client);
                }
            case Authenticated authenticated:
                if (authenticated.Client.IsSelfAsserted) await uses.NoteAsync(authenticated.Client, http.RequestAborted);
                if (authenticated.OutdatedHash is { } hash) await RenewAsync(shown.Secret!, hash, keys, authenticated.Client, http.RequestAborted);
                return (authenticated.Client, form);
            default:
                throw new InvalidOperationException("A client decision has two forms.");
        }
    }

    // Of a secret only its hash under a root key is kept. Here is the secret: the moment to make the hash under the present one.
    private async ValueTask RenewAsync(string secret, byte[] hash, NumberedKeys keys, Client client, CancellationToken cancellationToken)
    {
        try
        {
            await clients.ReplaceSecretHashAsync(client, hash, ClientSecret.Hash(secret, keys), cancellationToken);
        }
        catch (StoreUnavailableException exception)
        {
            // The next request brings the secret again.
            log.Fault(exception, "Clients");
        }
    }

    private async ValueTask<(Client Client, Parameters Form)?> RefuseAsync(HttpContext http, IssuerSite site, EndpointRule rule, OAuthError error, ShownCredentials? shown, Client? client)
    {
        string reference = await log.RecordAsync(new Told("Refused", rule.Name, site.Issuer, shown?.ClientId, error, Stranger: client is null), http.RequestAborted);
        // RFC 6749 section 5.2 challenges whoever used the header. Whoever used the body is not to be turned to the header: client libraries
        // take the challenge for the answer and hide the error behind it.
        bool inBody = shown is { UsedHeader: false } && (shown.Secret ?? shown.Assertion) is not null;
        await JsonReply.ErrorAsync(http, error, reference, inBody ? null : $"Basic realm=\"{site.Issuer}\", charset=\"UTF-8\"",
            // RFC 9701 section 5.
            error.Code == "invalid_client" && error.Refusal != Refusal.ClientThrottled && rule.Name == "Introspection" && IntrospectionJwts.IsAskedFor(http) ? StatusCodes.Status400BadRequest : null);
        return null;
    }
}
