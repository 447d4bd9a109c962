using System.Net;
using Evergrant.AspNetCore.Trust;
using Evergrant.Protocol.Accounts;
using Evergrant.Protocol.Storage;
using Evergrant.Protocol.Trust;

namespace Evergrant.Accounts;

/// <summary>Finds accounts for grants that show no page; one that is disabled is not found.</summary>
internal sealed class AccountDirectory(IAccountStore accounts, SignIn signIn) : IAccountDirectory
{
    public async ValueTask<string?> FindAsync(SubjectMapping mapping, string text, CancellationToken cancellationToken)
    {
        if (text.Length > UserNames.MaxLength) return null;
        Account? account = mapping == SubjectMapping.UserName
            ? await accounts.FindAccountByNameAsync(UserNames.Normalize(text), cancellationToken)
            : await accounts.FindAccountAsync(text, cancellationToken);
        return account is { Disabled: false } ? account.Id : null;
    }

    public async ValueTask<PasswordVerdict> CheckPasswordAsync(string userName, string password, IPAddress? from, CancellationToken cancellationToken) =>
        await signIn.VerifyAsync(new SignInAttempt(userName, password, from, null), cancellationToken) switch
        {
            SignInDecision.SignedIn good => new PasswordVerdict(good.Account.Id, null),
            SignInDecision.Refused refused => new PasswordVerdict(null, refused.Why),
            _ => new PasswordVerdict(null, null),
        };
}
