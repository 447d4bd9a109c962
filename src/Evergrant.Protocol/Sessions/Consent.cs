namespace Evergrant.Protocol.Sessions;

/// <summary>What a user has allowed a client, remembered for later requests (OpenID Connect Core section 3.1.2.4).</summary>
public sealed record Consent
{
    /// <summary>Issuer.</summary>
    public required string Issuer { get; init; }

    /// <summary>Account id.</summary>
    public required string Subject { get; init; }

    /// <summary>Client.</summary>
    public required string ClientId { get; init; }

    /// <summary>Allowed scope values.</summary>
    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>Allowed resources (RFC 8707).</summary>
    public required IReadOnlyList<string> Resources { get; init; }

    /// <summary>Names of claims allowed beyond those of the scopes.</summary>
    public required IReadOnlyList<string> Claims { get; init; }

    /// <summary>When it was last given.</summary>
    public required DateTimeOffset GivenAt { get; init; }
}
