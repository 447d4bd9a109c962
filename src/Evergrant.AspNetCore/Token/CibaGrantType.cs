using Evergrant.AspNetCore.DeviceAuthorization;
using Evergrant.AspNetCore.Keys;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Token;

namespace Evergrant.AspNetCore.Token;

/// <summary>The entry of <see cref="CibaGrant"/>.</summary>
internal sealed class CibaGrantType(IServerSecrets secrets, DevicePolls polls, OtherGrants others) : IGrantType
{
    public string Name => CibaGrant.Name;

    public string Parameter => "auth_req_id";

    public CredentialKind? Credential => CredentialKind.AuthRequest;

    public async ValueTask<TokenDecision> DecideAsync(TokenContext context) => CibaGrant.Decide(
        context.Request, context.Credential, context.Grant, context.Site.Issuer, context.Client, context.Catalogue, secrets.Credentials, context.Now,
        context.Grant is { State: GrantState.Requested } && polls.IsTooFast(context.Grant.Id, context.Now), await others.FindAsync(context.Grant, context.Client, context.Aborted));
}
