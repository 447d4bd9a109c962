using Evergrant.AspNetCore.Keys;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Token;

namespace Evergrant.AspNetCore.Token;

/// <summary>The entry of <see cref="AuthorizationCodeGrant"/>.</summary>
internal sealed class AuthorizationCodeGrantType(IServerSecrets secrets, OtherGrants others) : IGrantType
{
    public string Name => AuthorizationCodeGrant.Name;

    public string Parameter => "code";

    public CredentialKind? Credential => CredentialKind.Code;

    public async ValueTask<TokenDecision> DecideAsync(TokenContext context) => AuthorizationCodeGrant.Decide(
        context.Request, context.Credential, context.Grant, context.Site.Issuer, context.Client, context.Catalogue, secrets.Credentials, context.Now,
        await others.FindAsync(context.Grant, context.Client, context.Aborted));
}
