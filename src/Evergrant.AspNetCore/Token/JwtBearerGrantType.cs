using Evergrant.AspNetCore.Clients;
using Evergrant.AspNetCore.Keys;
using Evergrant.AspNetCore.Trust;
using Evergrant.Jose;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Token;
using Evergrant.Protocol.Trust;

namespace Evergrant.AspNetCore.Token;

/// <summary>The entry of <see cref="JwtBearerGrant"/>: finds the issuer, judges, finds the subject, permits.</summary>
internal sealed class JwtBearerGrantType(IServerSecrets secrets, ClientCatalogue clients, TrustedKeys keys, IAccountDirectory accounts) : IGrantType
{
    public string Name => JwtBearerGrant.Name;

    public string Parameter => "assertion";

    public CredentialKind? Credential => null;

    public async ValueTask<TokenDecision> DecideAsync(TokenContext context)
    {
        string assertion = context.Form[Parameter]!;
        TrustedIssuer? trusted = GrantAssertion.TryPeek(assertion, out string? name, out string? type) ? await clients.TrustedAsync(context.Site.Issuer, name, context.Aborted) : null;
        AssertionUse use = GrantAssertion.IsType(type, CrossDomainGrant.IdJagType) ? AssertionUse.IdJag : AssertionUse.JwtBearer;
        if (JwtBearerGrant.Judge(assertion, use, trusted, trusted is null ? null : await keys.FindAsync(trusted, assertion, context.Aborted), context.Site.Issuer, context.Site.TokenEndpoint, context.Client, context.Request.Proven, context.Now, out GrantAssertion? judged) is { } error) return new Refused(error);
        string? account = trusted!.Subject != SubjectMapping.External && JwtBearerGrant.SubjectOf(judged!, trusted) is { } subject
            ? await accounts.FindAsync(trusted.Subject, subject, context.Aborted) : null;
        if (JwtBearerGrant.Permit(judged!, use, trusted, account, context.Site.Issuer, context.Now, out Permission? permission) is { } refused) return new Refused(refused);
        if (JwtBearerGrant.ResourcesOf(judged!, context.Request.Resources) is not { } resources) return new Refused(JwtBearerGrant.ResourceWidened);
        TokenRequest request = resources == context.Request.Resources ? context.Request : context.Request with { Resources = resources };
        return PermittedGrant.Decide(permission!, request, context.Site.Issuer, context.Client, context.Catalogue, secrets.NewSeed(context.Now), context.Now);
    }
}
