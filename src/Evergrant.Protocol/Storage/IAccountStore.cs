using Evergrant.Protocol.Accounts;

namespace Evergrant.Protocol.Storage;

/// <summary>Accounts of End-Users.</summary>
/// <remarks>Safe for concurrent use. Every member throws <see cref="StoreUnavailableException"/> when the store cannot be asked.</remarks>
public interface IAccountStore
{
    /// <summary>Reads an account by id, or null.</summary>
    /// <param name="id">Account id.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<Account?> FindAccountAsync(string id, CancellationToken cancellationToken);

    /// <summary>Reads an account by name, or null.</summary>
    /// <param name="normalizedUserName">Upper-cased invariantly.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<Account?> FindAccountByNameAsync(string normalizedUserName, CancellationToken cancellationToken);

    /// <summary>Reads accounts in the order of their names.</summary>
    /// <param name="after">Normalized name to begin after; null begins at the first.</param>
    /// <param name="limit">Rows at most.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<IReadOnlyList<Account>> ListAccountsAsync(string? after, int limit, CancellationToken cancellationToken);

    /// <summary>Writes a new account. Conflict: the id or the name is taken.</summary>
    /// <param name="account">The account.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<CommitResult> CreateAccountAsync(Account account, CancellationToken cancellationToken);

    /// <summary>Replaces an account whose version is still Account.Version, and counts it up. Conflict: it is not, or the new name is taken.</summary>
    /// <param name="account">The account with the version that was read.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<CommitResult> UpdateAccountAsync(Account account, CancellationToken cancellationToken);

    /// <summary>Removes an account, its sessions and consents, and ends its grants, in one transaction.</summary>
    /// <param name="id">Account id.</param>
    /// <param name="at">The instant written to the grants.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether there was one.</returns>
    ValueTask<bool> RemoveAccountAsync(string id, DateTimeOffset at, CancellationToken cancellationToken);
}
