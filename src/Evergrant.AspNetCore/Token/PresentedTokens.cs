using Evergrant.AspNetCore.Keys;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;
using Evergrant.Protocol.Token;

namespace Evergrant.AspNetCore.Token;

/// <summary>A token that was shown, with the row behind it.</summary>
/// <param name="Token">The token; null when it is none of ours.</param>
/// <param name="Grant">The row; null for none.</param>
/// <param name="IsGood">Whether it is good now: made by us, not revoked, not superseded, not at its end.</param>
internal readonly record struct Shown(PresentedToken? Token, Grant? Grant, bool IsGood);

/// <summary>Reads tokens that are shown at introspection, revocation and userinfo: one look at the grant, one at the list of the dead.</summary>
internal sealed class PresentedTokens(IGrantStore store, KeyRings rings, IServerSecrets secrets, TimeProvider clock)
{
    /// <summary>Reads a token.</summary>
    public async ValueTask<Shown> ReadAsync(string text, IssuerSite site, CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        KeySnapshot keys = await rings.CurrentAsync(site.Issuer, cancellationToken);
        if (PresentedToken.Read(text, secrets.Credentials, keys.Published, site.Issuer, now) is not { } token) return default;
        Grant? grant = token.GrantId is { } id ? await store.FindGrantAsync(id, cancellationToken) : null;
        bool good = token.Resolve(grant, site.Issuer, secrets.Credentials, now)
            && (token.Access is null || !await store.IsDeniedAsync(token.Access.DenialKey(), cancellationToken));
        return new Shown(token, grant, good);
    }
}
