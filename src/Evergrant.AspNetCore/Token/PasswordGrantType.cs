using Evergrant.AspNetCore.Keys;
using Evergrant.AspNetCore.Trust;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Token;

namespace Evergrant.AspNetCore.Token;

/// <summary>The entry of <see cref="PasswordGrant"/>: the accounts judge the password, under the same limits as the sign-in page.</summary>
internal sealed class PasswordGrantType(IServerSecrets secrets, IAccountDirectory accounts) : IGrantType
{
    public string Name => PasswordGrant.Name;

    public string Parameter => "password";

    public CredentialKind? Credential => null;

    public async ValueTask<TokenDecision> DecideAsync(TokenContext context)
    {
        if (context.Form["username"] is not { } userName) return new Refused(PasswordGrant.NoUserName);
        PasswordVerdict verdict = await accounts.CheckPasswordAsync(userName, context.Form[Parameter]!, context.From, context.Aborted);
        if (verdict.Account is not { } account) return new Refused(PasswordGrant.RefusalOf(verdict.Why));
        return PermittedGrant.Decide(PasswordGrant.Permit(account, context.Now), context.Request, context.Site.Issuer, context.Client, context.Catalogue, secrets.NewSeed(context.Now), context.Now);
    }
}
