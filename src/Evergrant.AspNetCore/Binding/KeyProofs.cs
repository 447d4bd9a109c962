using Evergrant.AspNetCore.Keys;
using Evergrant.Jose;
using Evergrant.Protocol;
using Evergrant.Protocol.Binding;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Evergrant.AspNetCore.Binding;

/// <summary>The keys that a request proves, or why it is refused.</summary>
/// <param name="Keys">The keys.</param>
/// <param name="Use">To be handed to <see cref="KeyProofs.UseAsync"/> before anything is given for the proof; null for nothing.</param>
/// <param name="Error">The error; null when there is none.</param>
internal readonly record struct ShownKeys(ProvenKeys Keys, UseAssertion? Use, OAuthError? Error);

/// <summary>Reads the keys that a request proves to hold: the DPoP header (RFC 9449 section 4.3), and the client certificate where something is bound to one (RFC 8705 section 3).</summary>
internal sealed class KeyProofs(IServerSecrets secrets, ClientCertificates certificates, IGrantStore store, EvergrantOptions options, TimeProvider clock)
{
    private const string Header = "DPoP";
    private const string NonceHeader = "DPoP-Nonce";

    private static readonly OAuthError Replayed = new("invalid_dpop_proof", "The DPoP proof was used before.", Refusal.DpopProofReplayed);
    private static readonly OAuthError Busy = new("temporarily_unavailable", "The server cannot answer now; try again.", Refusal.StoreUnavailable);
    private static readonly ShownKeys Nothing = new(ProvenKeys.None, null, null);

    /// <summary>Reads and judges. A nonce that the client needs is put into the answer.</summary>
    /// <param name="http">The request.</param>
    /// <param name="site">The issuer that was asked.</param>
    /// <param name="client">The client; null when it is not known.</param>
    /// <param name="accessToken">The access token beside the proof; null at an endpoint that takes none.</param>
    public ShownKeys Read(HttpContext http, IssuerSite site, Client? client, string? accessToken = null)
    {
        StringValues values = http.Request.Headers[Header];
        // At the token endpoint only clients that are registered for it are bound to their certificate; where a token is shown, the token says so.
        Confirmation? certificate = certificates.IsOn && (accessToken is not null || client is { CertificateBoundAccessTokens: true }) ? certificates.KeyOf(http) : null;
        if (values.Count == 0) return certificate is null ? Nothing : new ShownKeys(new ProvenKeys(null, certificate), null, null);
        // The address is that of the settings: the Host header has no say (and RFC 9449 section 4.3 compares with the URI that the client used).
        string path = http.Request.Path.ToUriComponent();
        string[] addresses = options.MutualTls?.Aliases is { } alias ? [site.Origin + path, alias + path] : [site.Origin + path];
        bool demandsNonce = options.RequireDpopNonce || client is { RequireDpopNonce: true };
        DpopJudgement judgement = DpopJudgement.Of(values, new DpopPlace(site.Issuer, http.Request.Method, addresses, accessToken), BindingRules.AlgorithmsOf(client), demandsNonce, secrets.Derive(DpopNonce.Purpose), clock.GetUtcNow());
        if (judgement.Nonce is { } nonce) http.Response.Headers[NonceHeader] = nonce;
        return new ShownKeys(judgement.Key is null ? ProvenKeys.None : new ProvenKeys(judgement.Key, certificate), judgement.Use, judgement.Error);
    }

    /// <summary>Uses a proof up.</summary>
    /// <param name="use">What <see cref="Read"/> gave.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The error, or null.</returns>
    public async ValueTask<OAuthError?> UseAsync(UseAssertion use, CancellationToken cancellationToken) => await store.CommitAsync(use, null, cancellationToken) switch
    {
        CommitResult.Committed => null,
        CommitResult.Conflict => Replayed,
        _ => Busy,
    };
}
