namespace Evergrant.Protocol.Token;

/// <summary>The password grant (RFC 6749 section 4.3), for clients that cannot be changed yet: RFC 9700 section 2.4 forbids it to everybody else, OAuth 2.1 has removed it.</summary>
public static class PasswordGrant
{
    /// <summary>The grant_type value.</summary>
    public const string Name = "password";

    /// <summary>username is missing.</summary>
    public static OAuthError NoUserName { get; } = OAuthError.InvalidRequest("The parameter username is missing.", Refusal.ParameterMissing);

    private static readonly OAuthError Wrong = OAuthError.InvalidGrant("The user name or the password is not valid.", Refusal.PasswordWrong);
    private static readonly OAuthError Wait = new("temporarily_unavailable", "Passwords cannot be checked now; try again later.", Refusal.PasswordThrottled);

    /// <summary>What a refused password is answered with: outside nothing tells why.</summary>
    /// <param name="why">For the operator; null when nothing was checked and the client has to wait.</param>
    public static OAuthError RefusalOf(Refusal? why) => why is { } cause ? Wrong with { Refusal = cause } : Wait;

    /// <summary>What a good password permits. A refresh token comes of it where the policy names this grant (RFC 6749 section 4.3.3), which no built-in policy does.</summary>
    /// <param name="account">Account id.</param>
    /// <param name="now">The instant, which is that of the authentication.</param>
    public static Permission Permit(string account, DateTimeOffset now) => new() { Account = account, MayRefresh = true, AuthTime = now, Amr = ["pwd"] };
}
