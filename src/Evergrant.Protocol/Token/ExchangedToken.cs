namespace Evergrant.Protocol.Token;

/// <summary>A token that was shown for an exchange, after it was judged by the rules of its declared type.</summary>
public sealed record ExchangedToken
{
    /// <summary>Client that it was issued to; null for an assertion of somebody else.</summary>
    public string? ClientId { get; init; }

    /// <summary>Whoever has issued it, where it is not this server.</summary>
    public string? ForeignIssuer { get; init; }

    /// <summary>Account id of the End-User; null when it speaks for nobody who has an account here.</summary>
    public string? Account { get; init; }

    /// <summary>Its sub.</summary>
    public required string Subject { get; init; }

    /// <summary>The scope that it allows; null when it is of a kind that allows none and bounds none (an ID Token, an assertion without scope).</summary>
    public IReadOnlyList<string>? Scopes { get; init; }

    /// <summary>Its end.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>act as JSON (RFC 8693 section 4.1); null for none.</summary>
    public string? Actor { get; init; }

    /// <summary>may_act as JSON (section 4.4); null for none.</summary>
    public string? MayAct { get; init; }

    /// <summary>The grant that it ends with; null for none.</summary>
    public Guid? GrantId { get; init; }

    /// <summary>Its serial in that grant.</summary>
    public int Serial { get; init; }

    /// <summary>Whether it is an ID Token.</summary>
    public bool IsIdToken { get; init; }

    /// <summary>Whether it is a refresh token.</summary>
    public bool IsRefreshToken { get; init; }

    /// <summary>When the End-User authenticated; null when it does not say.</summary>
    public DateTimeOffset? AuthTime { get; init; }

    /// <summary>Authentication context class; null when it does not say.</summary>
    public string? Acr { get; init; }

    /// <summary>Authentication methods; null when it does not say.</summary>
    public IReadOnlyList<string>? Amr { get; init; }
}
