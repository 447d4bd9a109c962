namespace Evergrant.Protocol.Accounts;

/// <summary>An End-User who signs in here. A host with users of its own does not use it.</summary>
public sealed record Account
{
    /// <summary>Random, never given to another person (OpenID Connect Core section 2, sub).</summary>
    public required string Id { get; init; }

    /// <summary>As typed at creation.</summary>
    public required string UserName { get; init; }

    /// <summary>Upper-cased invariantly; unique.</summary>
    public required string NormalizedUserName { get; init; }

    /// <summary>Hash by ASP.NET Core Identity's hasher; null for an account without a password.</summary>
    public string? PasswordHash { get; init; }

    /// <summary>Changes with every credential change.</summary>
    public required string SecurityStamp { get; init; }

    /// <summary>Counts writes; a write names the version it read.</summary>
    public long Version { get; init; }

    /// <summary>Failed attempts since the last success.</summary>
    public int AccessFailedCount { get; init; }

    /// <summary>End of a lockout; null for none.</summary>
    public DateTimeOffset? LockoutEnd { get; init; }

    /// <summary>Whether sign-in is refused for good.</summary>
    public bool Disabled { get; init; }

    /// <summary>Whether the account may use the operator pages.</summary>
    public bool Operator { get; init; }

    /// <summary>Claims of OpenID Connect Core section 5.1 as a JSON object; "{}" for none.</summary>
    public string Claims { get; init; } = "{}";

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its claims were last changed (the claim updated_at).</summary>
    public required DateTimeOffset UpdatedAt { get; init; }
}
