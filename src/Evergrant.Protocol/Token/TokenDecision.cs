using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;

namespace Evergrant.Protocol.Token;

/// <summary>What the server decides on a token request. The type's name is what log, metric, event and test say.</summary>
public abstract record TokenDecision
{
    /// <summary>Name of the decision.</summary>
    public string Name => GetType().Name;
}

/// <summary>Nothing is issued and nothing changes.</summary>
/// <param name="Error">What the client is told, and why.</param>
/// <param name="Grant">The grant in question; null when none was found or it is not the caller's business.</param>
/// <param name="Presented">Generation that was presented; null for none.</param>
public sealed record Refused(OAuthError Error, Grant? Grant = null, long? Presented = null) : TokenDecision;

/// <summary>The End-User has not answered yet: the client asks again later. Nothing is noted of it.</summary>
/// <param name="Error">authorization_pending or slow_down.</param>
public sealed record Waiting(OAuthError Error) : TokenDecision;

/// <summary>A superseded credential came back outside the retry rule (grants.md, row 6; a code after its redemption).</summary>
/// <param name="Error">What the client is told, and why.</param>
/// <param name="Grant">The grant.</param>
/// <param name="Presented">Generation that was presented.</param>
/// <param name="Change">Ends the grant, or what else the policy ends; null when it only rejects.</param>
public sealed record Replayed(OAuthError Error, Grant Grant, long Presented, Change? Change) : TokenDecision;

/// <summary>Tokens are issued once the change is durable.</summary>
/// <param name="Grant">The row as it is after the change.</param>
/// <param name="Change">What makes it so.</param>
/// <param name="Access">For whom the access token is.</param>
/// <param name="RefreshGeneration">Generation of the refresh token in the answer; null for none.</param>
/// <param name="Presented">Generation that was presented.</param>
public abstract record Granted(Grant Grant, Change Change, TokenAudience Access, long? RefreshGeneration, long Presented) : TokenDecision
{
    /// <summary>What a conflict of the change means; null when it means to look again and decide again.</summary>
    public OAuthError? OnConflict { get; init; }

    /// <summary>issued_token_type of the answer (RFC 8693 section 2.2.1); null for none.</summary>
    public string? IssuedTokenType { get; init; }
}

/// <summary>A code was redeemed: generation 0 became 1.</summary>
/// <inheritdoc cref="Granted"/>
public sealed record Redeemed(Grant Grant, Change Change, TokenAudience Access, long? RefreshGeneration, long Presented)
    : Granted(Grant, Change, Access, RefreshGeneration, Presented);

/// <summary>A code was redeemed, and a grant that was live already is handed out instead of its own, which ends.</summary>
/// <param name="Grant">The row that is handed out, as it is after the change.</param>
/// <param name="Change">What makes it so.</param>
/// <param name="Access">For whom the access token is.</param>
/// <param name="RefreshGeneration">Generation of the refresh token in the answer; null for none.</param>
/// <param name="Presented">Generation that was presented.</param>
/// <param name="AccessIssuedAt">When the access token that is handed out was issued: before now when it is the one that lives.</param>
public sealed record Returned(Grant Grant, Change Change, TokenAudience Access, long? RefreshGeneration, long Presented, DateTimeOffset AccessIssuedAt)
    : Granted(Grant, Change, Access, RefreshGeneration, Presented);

/// <summary>A client that acts for itself was given a grant, because the policy gives it a refresh token.</summary>
/// <inheritdoc cref="Granted"/>
public sealed record Opened(Grant Grant, Change Change, TokenAudience Access, long? RefreshGeneration, long Presented)
    : Granted(Grant, Change, Access, RefreshGeneration, Presented);

/// <summary>A refresh token was used and superseded by its successor (row 8).</summary>
/// <inheritdoc cref="Granted"/>
public sealed record Rotated(Grant Grant, Change Change, TokenAudience Access, long? RefreshGeneration, long Presented)
    : Granted(Grant, Change, Access, RefreshGeneration, Presented);

/// <summary>A refresh token that is not rotated was used (row 8).</summary>
/// <inheritdoc cref="Granted"/>
public sealed record Renewed(Grant Grant, Change Change, TokenAudience Access, long? RefreshGeneration, long Presented)
    : Granted(Grant, Change, Access, RefreshGeneration, Presented);

/// <summary>A lost answer is given again: the same successor (row 9).</summary>
/// <inheritdoc cref="Granted"/>
public sealed record Repeated(Grant Grant, Change Change, TokenAudience Access, long? RefreshGeneration, long Presented)
    : Granted(Grant, Change, Access, RefreshGeneration, Presented);

/// <summary>The store was behind a token that only this server can have made, and follows it (row 10).</summary>
/// <inheritdoc cref="Granted"/>
public sealed record CaughtUp(Grant Grant, Change Change, TokenAudience Access, long? RefreshGeneration, long Presented)
    : Granted(Grant, Change, Access, RefreshGeneration, Presented);

/// <summary>An access token without a grant behind it is issued (client credentials, assertions); nothing is stored but what the change says.</summary>
/// <param name="Access">For whom the access token is.</param>
/// <param name="Policy">The policy that it lives by.</param>
public sealed record Issued(TokenAudience Access, GrantPolicy Policy) : TokenDecision
{
    /// <summary>Account id of the End-User; null for none.</summary>
    public string? Account { get; init; }

    /// <summary>Its sub where there is no account; null for the client itself.</summary>
    public string? Subject { get; init; }

    /// <summary>Who acts, as JSON (RFC 8693 section 4.1); null for the subject alone.</summary>
    public string? Actor { get; init; }

    /// <summary>The grant that it ends with, which is another client's or another token's; null for none.</summary>
    public Guid? OriginGrantId { get; init; }

    /// <summary>Serial in that grant of the access token that it comes from.</summary>
    public int OriginSerial { get; init; }

    /// <summary>When the End-User authenticated; null when it is not known.</summary>
    public DateTimeOffset? AuthTime { get; init; }

    /// <summary>Authentication context class; null when it is not known.</summary>
    public string? Acr { get; init; }

    /// <summary>Authentication methods; null when they are not known.</summary>
    public IReadOnlyList<string>? Amr { get; init; }

    /// <summary>issued_token_type of the answer (RFC 8693 section 2.2.1); null for none.</summary>
    public string? IssuedTokenType { get; init; }

    /// <summary>End that it does not outlive; null for the policy's.</summary>
    public DateTimeOffset? EndsAt { get; init; }

    /// <summary>What has to be durable before it is sent; null for nothing.</summary>
    public Change? Change { get; init; }

    /// <summary>What a conflict of the change means; null without one.</summary>
    public OAuthError? OnConflict { get; init; }
}
