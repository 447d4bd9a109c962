using Evergrant.Protocol.Accounts;
using Evergrant.Protocol.Storage;

namespace Evergrant.Pages.Tests.Fakes;

/// <summary>Accounts in memory, with the conditions of the real stores.</summary>
internal sealed class MemoryAccounts : IAccountStore
{
    private readonly Dictionary<string, Account> _byId = [];

    public int Updates { get; private set; }

    public ValueTask<Account?> FindAccountAsync(string id, CancellationToken cancellationToken)
    {
        lock (_byId) return new(_byId.GetValueOrDefault(id));
    }

    public ValueTask<Account?> FindAccountByNameAsync(string normalizedUserName, CancellationToken cancellationToken)
    {
        lock (_byId) return new(_byId.Values.FirstOrDefault(a => a.NormalizedUserName == normalizedUserName));
    }

    public ValueTask<IReadOnlyList<Account>> ListAccountsAsync(string? after, int limit, CancellationToken cancellationToken)
    {
        lock (_byId)
        {
            return new([.. _byId.Values.OrderBy(a => a.NormalizedUserName, StringComparer.Ordinal)
                .Where(a => after is null || string.CompareOrdinal(a.NormalizedUserName, after) > 0).Take(limit)]);
        }
    }

    public ValueTask<CommitResult> CreateAccountAsync(Account account, CancellationToken cancellationToken)
    {
        lock (_byId)
        {
            if (_byId.ContainsKey(account.Id) || _byId.Values.Any(a => a.NormalizedUserName == account.NormalizedUserName)) return new(CommitResult.Conflict);
            _byId.Add(account.Id, account);
            return new(CommitResult.Committed);
        }
    }

    public ValueTask<CommitResult> UpdateAccountAsync(Account account, CancellationToken cancellationToken)
    {
        lock (_byId)
        {
            if (_byId.GetValueOrDefault(account.Id) is not { } row || row.Version != account.Version) return new(CommitResult.Conflict);
            _byId[account.Id] = account with { Version = account.Version + 1 };
            Updates++;
            return new(CommitResult.Committed);
        }
    }

    public ValueTask<bool> RemoveAccountAsync(string id, DateTimeOffset at, CancellationToken cancellationToken)
    {
        lock (_byId) return new(_byId.Remove(id));
    }
}
