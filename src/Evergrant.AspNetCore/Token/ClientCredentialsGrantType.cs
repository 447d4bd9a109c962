using Evergrant.AspNetCore.Keys;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Token;

namespace Evergrant.AspNetCore.Token;

/// <summary>The entry of <see cref="ClientCredentialsGrant"/>.</summary>
internal sealed class ClientCredentialsGrantType(IServerSecrets secrets) : IGrantType
{
    private readonly Func<DateTimeOffset, GrantSeed> _seed = secrets.NewSeed;

    public string Name => ClientCredentialsGrant.Name;

    public string? Parameter => null;

    public CredentialKind? Credential => null;

    public ValueTask<TokenDecision> DecideAsync(TokenContext context) =>
        new(ClientCredentialsGrant.Decide(context.Request, context.Site.Issuer, context.Client, context.Catalogue, _seed, context.Now));
}
