using Evergrant.Protocol.Accounts;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;

namespace Evergrant.Sqlite;

/// <summary>Accounts of End-Users.</summary>
internal sealed class SqliteAccountStore(Readers readers, GroupCommit commits) : IAccountStore
{
    public ValueTask<Account?> FindAccountAsync(string id, CancellationToken cancellationToken) =>
        readers.Read(id, static (tables, id) => tables.Accounts.Find(id), cancellationToken);

    public ValueTask<Account?> FindAccountByNameAsync(string normalizedUserName, CancellationToken cancellationToken) =>
        readers.Read(normalizedUserName, static (tables, name) => tables.Accounts.FindByName(name), cancellationToken);

    public ValueTask<IReadOnlyList<Account>> ListAccountsAsync(string? after, int limit, CancellationToken cancellationToken) =>
        readers.Read<(string? after, int limit), IReadOnlyList<Account>>((after, limit), static (tables, of) => tables.Accounts.List(of.after, of.limit), cancellationToken);

    public ValueTask<CommitResult> CreateAccountAsync(Account account, CancellationToken cancellationToken) =>
        commits.Submit(tables => tables.Accounts.Create(account), cancellationToken);

    public ValueTask<CommitResult> UpdateAccountAsync(Account account, CancellationToken cancellationToken) =>
        commits.Submit(tables => tables.Accounts.Update(account), cancellationToken);

    public ValueTask<bool> RemoveAccountAsync(string id, DateTimeOffset at, CancellationToken cancellationToken) =>
        commits.WriteAsync(
            tables =>
            {
                if (!tables.Accounts.Remove(id)) return false;
                tables.Sessions.RemoveOf(id);
                tables.Consents.RemoveOf(id);
                tables.Grants.Revoke(new RevokeGrants(null, id, null, null, RevocationCause.AccountRemoved, at));
                return true;
            },
            cancellationToken);
}
