using System.Text.Json;
using Evergrant.AspNetCore;
using Evergrant.AspNetCore.EndSession;
using Evergrant.Protocol.Accounts;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.WebUtilities;

namespace Evergrant.Accounts;

/// <summary>Makes, changes and removes accounts for the command line, declared files and the operator.</summary>
/// <remarks>Safe for concurrent use. Every member throws <see cref="StoreUnavailableException"/> when the store cannot be asked.</remarks>
internal sealed class AccountRegistry(IAccountStore accounts, IGrantStore grants, SessionEnds ends, PasswordHashing hashing, TimeProvider time)
{
    /// <summary>Makes an account.</summary>
    public async ValueTask<AccountOutcome> CreateAsync(DeclaredAccount declared, CancellationToken cancellationToken)
    {
        if (FaultOf(declared) is { } fault) return new AccountOutcome.Faulty(fault);
        DateTimeOffset now = time.GetUtcNow();
        Account account = new()
        {
            Id = NewId(), UserName = declared.UserName, NormalizedUserName = UserNames.Normalize(declared.UserName), SecurityStamp = NewId(),
            PasswordHash = declared.Password is null ? null : await HashAsync(declared.Password, cancellationToken),
            Operator = declared.Operator, Claims = declared.Claims is { } claims ? AccountClaims.ToStored(claims) : "{}", CreatedAt = now, UpdatedAt = now,
        };
        return await accounts.CreateAccountAsync(account, cancellationToken) switch
        {
            CommitResult.Committed => new AccountOutcome.Done(account),
            CommitResult.Conflict => new AccountOutcome.NameTaken(),
            _ => new AccountOutcome.NotCertain(),
        };
    }

    /// <summary>Reads an account by name, or null.</summary>
    public ValueTask<Account?> FindAsync(string userName, CancellationToken cancellationToken) =>
        accounts.FindAccountByNameAsync(UserNames.Normalize(userName), cancellationToken);

    /// <summary>Reads accounts in the order of their names.</summary>
    /// <param name="after">Name to begin after; null begins at the first.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<IReadOnlyList<Account>> ListAsync(string? after, int limit, CancellationToken cancellationToken) =>
        accounts.ListAccountsAsync(after is null ? null : UserNames.Normalize(after), limit, cancellationToken);

    /// <summary>Names of what differs between an account as declared and as it is: "account" when there is none, else of password, operator and claims those that differ.</summary>
    public async ValueTask<IReadOnlyList<string>> CompareAsync(DeclaredAccount declared, CancellationToken cancellationToken)
    {
        if (await FindAsync(declared.UserName, cancellationToken) is not { } account) return ["account"];
        List<string> differing = [];
        if (declared.Password is { } password && !await IsPasswordAsync(account, password, cancellationToken)) differing.Add("password");
        if (declared.Operator != account.Operator) differing.Add("operator");
        if (declared.Claims is { } claims && !SameClaims(account, claims)) differing.Add("claims");
        return differing;
    }

    /// <summary>Sets a password, lifts a lockout and ends the account's sessions with the grants that are bound to them.</summary>
    /// <param name="userName">Whose.</param>
    /// <param name="password">The new one.</param>
    /// <param name="endGrants">Whether offline grants end too: for a password that somebody else may know.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<AccountOutcome> SetPasswordAsync(string userName, string password, bool endGrants, CancellationToken cancellationToken)
    {
        if (PasswordRules.FaultOf(password, userName) is { } fault) return new AccountOutcome.Faulty(fault);
        string hash = await HashAsync(password, cancellationToken);
        AccountOutcome outcome = await UpdateAsync(userName, a => a with
        {
            PasswordHash = hash,
            SecurityStamp = NewId(),
            AccessFailedCount = 0,
            LockoutEnd = null,
        }, cancellationToken);
        return outcome is AccountOutcome.Done { Account: var account } ? await EndAsync(account, RevocationCause.PasswordChanged, endGrants, cancellationToken) : outcome;
    }

    /// <summary>Replaces the claims.</summary>
    public async ValueTask<AccountOutcome> SetClaimsAsync(string userName, JsonElement claims, CancellationToken cancellationToken) =>
        AccountClaims.FaultOf(claims) is { } fault
            ? new AccountOutcome.Faulty(fault)
            : await UpdateAsync(userName, a => a with { Claims = AccountClaims.ToStored(claims), UpdatedAt = time.GetUtcNow() }, cancellationToken);

    /// <summary>Says whether the account may use the operator pages.</summary>
    public ValueTask<AccountOutcome> SetOperatorAsync(string userName, bool isOperator, CancellationToken cancellationToken) =>
        UpdateAsync(userName, a => a with { Operator = isOperator }, cancellationToken);

    /// <summary>Lets an account sign in again, or refuses it for good; the latter ends its sessions and grants.</summary>
    public async ValueTask<AccountOutcome> SetDisabledAsync(string userName, bool disabled, CancellationToken cancellationToken)
    {
        AccountOutcome outcome = await UpdateAsync(userName, a => a with { Disabled = disabled, SecurityStamp = NewId(), AccessFailedCount = 0, LockoutEnd = null }, cancellationToken);
        return disabled && outcome is AccountOutcome.Done { Account: var account } ? await EndAsync(account, RevocationCause.AccountRemoved, true, cancellationToken) : outcome;
    }

    /// <summary>Ends the account's sessions everywhere with the grants that are bound to them; it may sign in again at once.</summary>
    public async ValueTask<AccountOutcome> SignOutAsync(string userName, CancellationToken cancellationToken) =>
        await FindAsync(userName, cancellationToken) is { } account ? await EndAsync(account, RevocationCause.SessionEnded, false, cancellationToken) : new AccountOutcome.NotFound();

    /// <summary>Removes an account with its sessions and consents and ends its grants.</summary>
    public async ValueTask<AccountOutcome> RemoveAsync(string userName, CancellationToken cancellationToken)
    {
        if (await FindAsync(userName, cancellationToken) is not { } account) return new AccountOutcome.NotFound();
        // The clients are told in the commit that ends the sessions; a crash after it leaves an account that is signed in nowhere, and the order can be given again.
        if (await EndAsync(account, RevocationCause.AccountRemoved, true, cancellationToken) is AccountOutcome.NotCertain uncertain) return uncertain;
        return await accounts.RemoveAccountAsync(account.Id, time.GetUtcNow(), cancellationToken) ? new AccountOutcome.Done(account) : new AccountOutcome.NotFound();
    }

    /// <summary>What is wrong with a declared account, as a sentence; null when nothing is.</summary>
    public static string? FaultOf(DeclaredAccount declared) =>
        UserNames.FaultOf(declared.UserName)
        ?? (declared.Password is { } password ? PasswordRules.FaultOf(password, declared.UserName) : null)
        ?? (declared.Claims is { } claims ? AccountClaims.FaultOf(claims) : null);

    private static bool SameClaims(Account account, JsonElement claims)
    {
        using JsonDocument stored = JsonDocument.Parse(account.Claims);
        return JsonElement.DeepEquals(stored.RootElement, claims);
    }

    private async ValueTask<AccountOutcome> UpdateAsync(string userName, Func<Account, Account> change, CancellationToken cancellationToken)
    {
        for (int attempt = 0; attempt < 5; attempt++)
        {
            if (await FindAsync(userName, cancellationToken) is not { } account) return new AccountOutcome.NotFound();
            Account changed = change(account);
            CommitResult result = await accounts.UpdateAccountAsync(changed, cancellationToken);
            if (result == CommitResult.Committed) return new AccountOutcome.Done(changed with { Version = account.Version + 1 });
            if (result == CommitResult.Unknown) break;
        }
        return new AccountOutcome.NotCertain();
    }

    // The sessions go first: a grant made between the two steps would need one. A grant that a session ends with is listed by its SessionId.
    private async ValueTask<AccountOutcome> EndAsync(Account account, RevocationCause why, bool endGrants, CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        IReadOnlyList<AddDelivery> notices = await ends.NoticesOfAsync(account.Id, cancellationToken);
        List<Change> changes = [new RemoveSessionsOf(account.Id), .. notices];
        if (endGrants)
        {
            changes.Add(new RevokeGrants(null, account.Id, null, null, why, now));
        }
        else
        {
            IReadOnlyList<Grant> live = await grants.ListGrantsAsync(new GrantFilter(Subject: account.Id, LiveAt: now, Limit: 10_000), cancellationToken);
            changes.AddRange(live.Select(g => g.SessionId).OfType<string>().Distinct().Select(s => new RevokeGrants(null, account.Id, null, s, why, now)));
        }
        EventRecord record = new() { Reference = EventReference.Create(), At = now, Decision = "Revoked", Endpoint = "Accounts", Subject = account.Id };
        if (await grants.CommitAsync(new Together(changes), record, cancellationToken) != CommitResult.Committed) return new AccountOutcome.NotCertain();
        await ends.SendAsync(notices);
        if (endGrants) return new AccountOutcome.Done(account);
        // What was authorized between the list and the end of its session; with the session gone, nothing more can come.
        IReadOnlyList<Grant> late = await grants.ListGrantsAsync(new GrantFilter(Subject: account.Id, LiveAt: now, Limit: 10_000), cancellationToken);
        Change[] rest = [.. late.Where(g => g.SessionId is not null && g.CreatedAt <= now).Select(g => new RevokeGrant(g.Id, why, now))];
        return rest.Length == 0 || await grants.CommitAsync(new Together(rest), null, cancellationToken) != CommitResult.Unknown ? new AccountOutcome.Done(account) : new AccountOutcome.NotCertain();
    }

    private async ValueTask<bool> IsPasswordAsync(Account account, string password, CancellationToken cancellationToken)
    {
        if (account.PasswordHash is null || PasswordRules.IsTooLong(password)) return false;
        using PasswordHashing.Slot slot = await hashing.WaitAsync(cancellationToken);
        return await slot.VerifyAsync(account.PasswordHash, password) != PasswordVerificationResult.Failed;
    }

    private async ValueTask<string> HashAsync(string password, CancellationToken cancellationToken)
    {
        using PasswordHashing.Slot slot = await hashing.WaitAsync(cancellationToken);
        return await slot.HashAsync(password);
    }

    private static string NewId() => Base64UrlTextEncoder.Encode(System.Security.Cryptography.RandomNumberGenerator.GetBytes(16));
}
