using System.Globalization;
using Evergrant.AspNetCore.Keys;
using Evergrant.AspNetCore.Token;
using Evergrant.Jose;
using Evergrant.Protocol.Authorize;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Token;

namespace Evergrant.AspNetCore.Authorize;

/// <summary>Makes what an authorization response carries besides a code (OpenID Connect Core sections 3.2.2.5 and 3.3.2.5). A refresh token is never among it (RFC 6749 section 4.2.2).</summary>
internal sealed class FrontChannelTokens(TokenWriter writer, KeyRings rings)
{
    /// <summary>Makes the tokens; they may be sent once the commit is durable.</summary>
    /// <param name="site">The issuer.</param>
    /// <param name="client">The client.</param>
    /// <param name="issued">The decision.</param>
    /// <param name="code">The code of the same response; null for none.</param>
    /// <param name="now">The instant of the decision.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The parameters; null when the account is gone.</returns>
    public async ValueTask<List<KeyValuePair<string, string>>?> MakeAsync(IssuerSite site, Client client, FrontChannelIssued issued, string? code, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // OpenID Connect Core section 5.4: without an access token there is no other place for the claims of scopes.
        Client meant = issued.Type is { Code: false, Token: false } ? client with { ClaimsInIdToken = true } : client;
        TokenAudience access = issued.Access ?? new TokenAudience([site.Issuer], issued.Grant.Authorized.Scope);
        if (await writer.PrepareAsync(site, meant, new Redeemed(issued.Grant, issued.Change, access, null, 0), null, now, cancellationToken) is not { } prepared) return null;
        var list = new List<KeyValuePair<string, string>>(7);
        if (code is not null) list.Add(new("code", code));
        string? text = null;
        if (issued.Type.Token)
        {
            text = await writer.AccessTextAsync(site, prepared, cancellationToken);
            list.Add(new("access_token", text));
            list.Add(new("token_type", "Bearer"));
            if (prepared.ExpiresIn is { } seconds) list.Add(new("expires_in", seconds.ToString(CultureInfo.InvariantCulture)));
            if (access.Scope.Length > 0) list.Add(new("scope", access.Scope));
        }
        if (issued.Type.IdToken && prepared.IdToken is { } content)
        {
            string algorithm = client.IdTokenSignedResponseAlg ?? SignatureAlgorithm.RS256;
            ISigner signer = await rings.SignerAsync(site.Issuer, algorithm, content.ExpiresAt, cancellationToken);
            IdToken hashed = content with
            {
                AccessTokenHash = text is null ? null : IdToken.HashOf(text, algorithm),
                CodeHash = code is null ? null : IdToken.HashOf(code, algorithm),
            };
            list.Add(new("id_token", await hashed.WriteAsync(signer, cancellationToken)));
        }
        return list;
    }
}
