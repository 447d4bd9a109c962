using Evergrant.AspNetCore.Clients;
using Evergrant.AspNetCore.Keys;
using Evergrant.Jose;
using Evergrant.Protocol.Clients;

namespace Evergrant.AspNetCore.Authorize;

/// <summary>Puts the parameters of an authorization response into one JWT, signed, and encrypted where the client is registered for that (JARM section 2).</summary>
internal sealed class SignedResponses(KeyRings rings, ResponseEncryption encryption, TimeProvider clock)
{
    /// <summary>The one parameter that stands for all.</summary>
    public async ValueTask<IReadOnlyList<KeyValuePair<string, string>>> WriteAsync(
        IssuerSite site, Client client, IReadOnlyList<KeyValuePair<string, string>> parameters, CancellationToken cancellationToken)
    {
        var response = new AuthorizationResponse
        {
            Issuer = site.Issuer,
            Audience = client.ClientId,
            ExpiresAt = clock.GetUtcNow() + AuthorizationResponse.Lifetime,
            Parameters = new Dictionary<string, string>(parameters, StringComparer.Ordinal),
        };
        ISigner signer = await rings.SignerAsync(site.Issuer, client.AuthorizationSignedResponseAlg ?? SignatureAlgorithm.RS256, response.ExpiresAt, cancellationToken);
        string jwt = await response.WriteAsync(signer, cancellationToken);
        if (client.AuthorizationEncryption is { } choice) jwt = ResponseEncryption.Nest(await encryption.DemandAsync(client, choice, cancellationToken), choice, jwt);
        return [new("response", jwt)];
    }
}
