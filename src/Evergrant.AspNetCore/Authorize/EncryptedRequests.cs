using System.Text;
using Evergrant.AspNetCore.Keys;
using Evergrant.Jose;
using Evergrant.Protocol;
using Evergrant.Protocol.Clients;

namespace Evergrant.AspNetCore.Authorize;

/// <summary>Opens Request Objects that clients have encrypted to this server (RFC 9101 section 6.1, OpenID Connect Core section 6.1): inside is a signed one, which is judged like any other.</summary>
internal sealed class EncryptedRequests(KeyRings rings)
{
    private static readonly OAuthError Unopened = new("invalid_request_object", "The Request Object is not accepted.", Refusal.RequestObjectUnopened);

    /// <summary>Puts what is inside in the place of an encrypted object.</summary>
    /// <param name="site">The issuer that was asked.</param>
    /// <param name="client">The client.</param>
    /// <param name="sent">The parameters.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The parameters, with the signed object or as they were where none is encrypted; or why not.</returns>
    public async ValueTask<(Parameters Sent, OAuthError? Error)> OpenAsync(IssuerSite site, Client client, Parameters sent, CancellationToken cancellationToken)
    {
        // A JWE has five parts where a JWS has three (RFC 7516 section 9).
        if (sent["request"] is not { } text || sent.Many("request").Count > 1 || text.AsSpan().Count('.') != 4) return (sent, null);
        if (client.RequestObjectEncryption is not { } choice || !CompactJwe.TryParse(text, out CompactJwe? jwe, out _)) return (sent, Unopened);
        KeySnapshot keys = await rings.WithEncryptionAsync(site.Issuer, cancellationToken);
        if (jwe.Open(keys.Opening, [choice.Algorithm], [choice.ContentAlgorithm]) is not { } content) return (sent, Unopened);
        string inner = Encoding.ASCII.GetString(content);
        // Signed first, then encrypted (section 4): a JWS and nothing else is inside.
        return inner.AsSpan().Count('.') == 2 ? (Parameters.From([.. sent.All.Where(p => p.Key != "request"), new("request", inner)]), null) : (sent, Unopened);
    }
}
