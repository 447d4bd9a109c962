using System.Net;
using Evergrant.Protocol;
using Evergrant.Protocol.Accounts;

namespace Evergrant.Accounts;

/// <summary>What a browser sent to be signed in.</summary>
/// <param name="UserName">As typed.</param>
/// <param name="Password">As typed, byte for byte.</param>
/// <param name="Address">Where it came from; null when unknown.</param>
/// <param name="Device">Value of the device cookie; null for none.</param>
internal sealed record SignInAttempt(string UserName, string Password, IPAddress? Address, string? Device)
{
    /// <summary>Tells nothing.</summary>
    public override string ToString() => "***";
}

/// <summary>The answer to an attempt to sign in.</summary>
internal abstract record SignInDecision
{
    private SignInDecision() { }

    /// <summary>Name and password fit.</summary>
    /// <param name="Account">Whose they are.</param>
    public sealed record SignedIn(Account Account) : SignInDecision;

    /// <summary>They do not, or the account cannot sign in now. From outside nothing tells which: same words, same work.</summary>
    /// <param name="Why">For the operator.</param>
    /// <param name="Reference">Under which the operator finds why.</param>
    public sealed record Refused(Refusal Why, string Reference) : SignInDecision;

    /// <summary>This address has failed too often; nothing was checked.</summary>
    /// <param name="RetryAfter">Until then.</param>
    public sealed record TooManyAttempts(TimeSpan RetryAfter) : SignInDecision;

    /// <summary>More people sign in than there are cores to check passwords; nothing was checked.</summary>
    public sealed record Busy : SignInDecision;
}
