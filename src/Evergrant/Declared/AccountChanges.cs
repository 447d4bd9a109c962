using Evergrant.Accounts;
using Evergrant.Protocol.Storage;

namespace Evergrant.Declared;

/// <summary>Makes an account as it is declared.</summary>
internal static class AccountChanges
{
    /// <summary>Makes or changes it.</summary>
    /// <param name="registry">The accounts.</param>
    /// <param name="declared">As it shall be.</param>
    /// <param name="differing">What differs, of <see cref="AccountRegistry.CompareAsync"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Null: no secret is made.</returns>
    /// <exception cref="StoreUnavailableException">It is not certain what was written.</exception>
    public static async Task<string?> ApplyAsync(AccountRegistry registry, DeclaredAccount declared, IReadOnlyList<string> differing, CancellationToken cancellationToken)
    {
        foreach (string what in differing)
        {
            Demand(declared.UserName, what switch
            {
                "account" => await registry.CreateAsync(declared, cancellationToken),
                "password" => await registry.SetPasswordAsync(declared.UserName, declared.Password!, endGrants: false, cancellationToken),
                "operator" => await registry.SetOperatorAsync(declared.UserName, declared.Operator, cancellationToken),
                _ => await registry.SetClaimsAsync(declared.UserName, declared.Claims!.Value, cancellationToken),
            });
        }
        return null;
    }

    private static void Demand(string userName, AccountOutcome outcome)
    {
        if (outcome is AccountOutcome.Done) return;
        // Somebody else has changed the account since it was compared.
        throw outcome is AccountOutcome.Faulty { Why: var why } ? new StoreUnavailableException($"{userName}: {why}") : new ChangedMeanwhileException(userName);
    }
}
