namespace Evergrant.AspNetCore.Registration;

/// <summary>Whether clients may register themselves.</summary>
public enum RegistrationMode
{
    /// <summary>No: the endpoint is not there.</summary>
    Off,

    /// <summary>With an initial access token or a software statement that is trusted (RFC 7591 section 3).</summary>
    Token,

    /// <summary>Anybody may.</summary>
    Open,
}

/// <summary>What clients may do with their own registration (RFC 7592).</summary>
public enum RegistrationManagement
{
    /// <summary>Read, update, delete.</summary>
    Full,

    /// <summary>Read.</summary>
    Read,

    /// <summary>Nothing.</summary>
    None,
}

/// <summary>Dynamic client registration (RFC 7591, RFC 7592). Off unless said otherwise.</summary>
public sealed class RegistrationOptions
{
    /// <summary>Whether clients may register themselves.</summary>
    public RegistrationMode Mode { get; init; }

    /// <summary>Grant types that they may choose from; an initial access token may allow others.</summary>
    public IReadOnlyList<string> GrantTypes { get; init; } = ["authorization_code", "refresh_token"];

    /// <summary>Scope values that they may have beyond the standard ones and those of <see cref="Resources"/>; * stands for all that are published.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>APIs that they may have tokens for; * stands for all.</summary>
    public IReadOnlyList<string> Resources { get; init; } = [];

    /// <summary>Registrations of one address (of one /64 network) in an hour when nobody vouches for them.</summary>
    public int PerAddress { get; init; } = 20;

    /// <summary>Clients at most that nobody vouches for.</summary>
    public int MaximumClients { get; init; } = 10_000;

    /// <summary>After how long without use such a client goes; null for never.</summary>
    public TimeSpan? UnusedLifetime { get; init; } = TimeSpan.FromDays(90);

    /// <summary>Life of a client secret; null for no end.</summary>
    public TimeSpan? SecretLifetime { get; init; }

    /// <summary>What clients may do with their registration afterwards.</summary>
    public RegistrationManagement Management { get; init; }

    /// <summary>Whose software statements are trusted.</summary>
    public IReadOnlyList<SoftwareStatementIssuer> SoftwareStatements { get; init; } = [];

    /// <summary>Whether a software statement is needed to register.</summary>
    public bool SoftwareStatementRequired { get; init; }

    /// <summary>Everything that is wrong; empty when the settings can be used.</summary>
    internal IEnumerable<string> Faults()
    {
        if (PerAddress < 1) yield return "registration per address: is less than one";
        if (MaximumClients < 1) yield return "registration clients: is less than one";
        if (UnusedLifetime < TimeSpan.FromHours(1)) yield return "registration unused lifetime: is less than an hour";
        if (SecretLifetime < TimeSpan.FromHours(1)) yield return "registration secret lifetime: is less than an hour";
        if (SoftwareStatementRequired && SoftwareStatements.Count == 0) yield return "registration software statements: one is required, but nobody's are trusted";
    }
}

/// <summary>Somebody whose software statements are trusted.</summary>
/// <param name="Issuer">iss of the statements.</param>
/// <param name="JwksUri">Where the keys are.</param>
public sealed record SoftwareStatementIssuer(string Issuer, string JwksUri);
