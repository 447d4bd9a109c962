using Evergrant.AspNetCore.Keys;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Token;

namespace Evergrant.AspNetCore.Token;

/// <summary>The entry of a grant that the host has added: its answer under the rules that hold for every grant.</summary>
internal sealed class ExtensionGrantType(IExtensionGrant extension, IServerSecrets secrets) : IGrantType
{
    public string Name => extension.GrantType;

    public string? Parameter => null;

    public CredentialKind? Credential => null;

    public async ValueTask<TokenDecision> DecideAsync(TokenContext context) =>
        await extension.DecideAsync(new ExtensionRequest(context.Site.Issuer, context.Client, context.Request, context.Form, context.Catalogue, context.Now), context.Aborted) switch
        {
            ExtensionPermitted permitted => PermittedGrant.Decide(permitted.Permission, context.Request, context.Site.Issuer, context.Client, context.Catalogue, secrets.NewSeed(context.Now), context.Now),
            ExtensionRefused refused => new Refused(refused.Error),
            _ => throw new InvalidOperationException("An extension grant answers with ExtensionAnswer.Refuse or ExtensionAnswer.Permit."),
        };
}
