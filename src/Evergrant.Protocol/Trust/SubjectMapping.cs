namespace Evergrant.Protocol.Trust;

/// <summary>Who is meant by the subject of somebody else's assertion.</summary>
public enum SubjectMapping
{
    /// <summary>Somebody without an account here: the token's sub is the foreign issuer, a vertical bar, and the subject.</summary>
    External,

    /// <summary>The account with this user name.</summary>
    UserName,

    /// <summary>The account with this id.</summary>
    AccountId,
}
