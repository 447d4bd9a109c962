using Evergrant.Protocol.Accounts;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;

namespace Evergrant.Postgres;

/// <summary>Accounts of End-Users.</summary>
internal sealed class PostgresAccountStore(Readers readers, Pipeline commits) : IAccountStore
{
    public ValueTask<Account?> FindAccountAsync(string id, CancellationToken cancellationToken) => readers.FindAsync(Accounts.Find(id), Accounts.Map, cancellationToken);

    public ValueTask<Account?> FindAccountByNameAsync(string normalizedUserName, CancellationToken cancellationToken) =>
        readers.FindAsync(Accounts.FindByName(normalizedUserName), Accounts.Map, cancellationToken);

    public ValueTask<IReadOnlyList<Account>> ListAccountsAsync(string? after, int limit, CancellationToken cancellationToken) =>
        readers.ListAsync(Accounts.List(after, limit), Accounts.Map, cancellationToken);

    public ValueTask<CommitResult> CreateAccountAsync(Account account, CancellationToken cancellationToken) => commits.SubmitAsync(Accounts.Create(account), cancellationToken);

    public ValueTask<CommitResult> UpdateAccountAsync(Account account, CancellationToken cancellationToken) => commits.SubmitAsync(Accounts.Update(account), cancellationToken);

    public ValueTask<bool> RemoveAccountAsync(string id, DateTimeOffset at, CancellationToken cancellationToken) => commits.WriteAsync(
        cancellationToken,
        Accounts.Remove(id),
        Sessions.RemoveOf(id),
        Consents.RemoveOf(id),
        Grants.Revoke(new RevokeGrants(null, id, null, null, RevocationCause.AccountRemoved, at)));
}
