namespace Evergrant.Protocol.Grants;

/// <summary>What a limit counts.</summary>
public enum LimitSubject
{
    /// <summary>Live grants: one for each authorization.</summary>
    Family,

    /// <summary>Live grants that have a refresh token.</summary>
    RefreshToken,

    /// <summary>Live access tokens: of one grant where the limit is per refresh token; otherwise of a user's grants for a client, each of which then has one.</summary>
    AccessToken,
}

/// <summary>What happens to one that would be too many.</summary>
public enum LimitOverflow
{
    /// <summary>The oldest goes.</summary>
    EvictOldest,

    /// <summary>All others go.</summary>
    EvictAllOthers,

    /// <summary>The request is refused.</summary>
    Reject,

    /// <summary>The newest live one of the same scope is handed out instead; where there is none, the oldest goes.</summary>
    ReturnActive,
}

/// <summary>At most so many live at any time.</summary>
/// <param name="Subject">What is counted.</param>
/// <param name="PerScope">Whether each set of scope values is counted for itself.</param>
/// <param name="PerRefreshToken">Whether it is counted in each grant; otherwise over the grants of one user for one client.</param>
/// <param name="Max">1 to 1,000.</param>
/// <param name="Overflow">What happens to one too many.</param>
public sealed record PolicyLimit(LimitSubject Subject, bool PerScope, bool PerRefreshToken, int Max, LimitOverflow Overflow);

/// <summary>How many authorizations of one user a client may redeem within a time; more are refused.</summary>
/// <param name="Max">1 to 500.</param>
/// <param name="Window">The time, which slides.</param>
/// <param name="PerScope">Whether each set of scope values is counted for itself.</param>
public sealed record IssueRate(int Max, TimeSpan Window, bool PerScope);
