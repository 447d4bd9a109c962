using System.Text.Json;
using Evergrant.Protocol.Accounts;

namespace Evergrant.Accounts;

/// <summary>What became of an order to change accounts.</summary>
internal abstract record AccountOutcome
{
    private AccountOutcome() { }

    /// <summary>Done.</summary>
    /// <param name="Account">The account as it is now.</param>
    public sealed record Done(Account Account) : AccountOutcome;

    /// <summary>Nobody has this name.</summary>
    public sealed record NotFound : AccountOutcome;

    /// <summary>Somebody has this name already.</summary>
    public sealed record NameTaken : AccountOutcome;

    /// <summary>The order cannot be carried out.</summary>
    /// <param name="Why">A sentence for the operator; holds no secret.</param>
    public sealed record Faulty(string Why) : AccountOutcome;

    /// <summary>The account changed meanwhile, again and again, or the store does not know what became of the write. Ask again.</summary>
    public sealed record NotCertain : AccountOutcome;
}

/// <summary>An account as an operator declares it.</summary>
/// <param name="UserName">Name.</param>
/// <param name="Password">Password; null leaves it as it is (none for a new account).</param>
/// <param name="Operator">Whether it may use the operator pages.</param>
/// <param name="Claims">Claims of OpenID Connect Core section 5.1; null leaves them as they are.</param>
internal sealed record DeclaredAccount(string UserName, string? Password = null, bool Operator = false, JsonElement? Claims = null)
{
    /// <summary>The name only.</summary>
    public override string ToString() => UserName;
}
