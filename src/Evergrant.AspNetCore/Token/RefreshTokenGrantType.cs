using Evergrant.AspNetCore.Keys;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Token;

namespace Evergrant.AspNetCore.Token;

/// <summary>The entry of <see cref="RefreshTokenGrant"/>.</summary>
internal sealed class RefreshTokenGrantType(IServerSecrets secrets) : IGrantType
{
    public string Name => RefreshTokenGrant.Name;

    public string Parameter => "refresh_token";

    public CredentialKind? Credential => CredentialKind.RefreshToken;

    public ValueTask<TokenDecision> DecideAsync(TokenContext context) => new(RefreshTokenGrant.Decide(
        context.Request, context.Credential, context.Grant, context.Site.Issuer, context.Client, context.Catalogue, secrets.Credentials, context.Now));
}
