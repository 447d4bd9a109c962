using Evergrant.AspNetCore.DeviceAuthorization;
using Evergrant.AspNetCore.Keys;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Token;

namespace Evergrant.AspNetCore.Token;

/// <summary>The entry of <see cref="DeviceCodeGrant"/>.</summary>
internal sealed class DeviceCodeGrantType(IServerSecrets secrets, DevicePolls polls, OtherGrants others) : IGrantType
{
    public string Name => DeviceCodeGrant.Name;

    public string Parameter => "device_code";

    public CredentialKind? Credential => CredentialKind.DeviceCode;

    public async ValueTask<TokenDecision> DecideAsync(TokenContext context) => DeviceCodeGrant.Decide(
        context.Request, context.Credential, context.Grant, context.Site.Issuer, context.Client, context.Catalogue, secrets.Credentials, context.Now,
        context.Grant is { State: GrantState.Requested } && polls.IsTooFast(context.Grant.Id, context.Now), await others.FindAsync(context.Grant, context.Client, context.Aborted));
}
