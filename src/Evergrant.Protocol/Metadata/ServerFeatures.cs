using Evergrant.Protocol.Authorize;
using Evergrant.Protocol.Clients;

namespace Evergrant.Protocol.Metadata;

/// <summary>What is on at an issuer, as far as its metadata depends on it. A feature that is off is not announced.</summary>
public sealed record ServerFeatures
{
    /// <summary>What a server offers that nobody has set anything on.</summary>
    public static ServerFeatures Plain { get; } = new();

    /// <summary>Whether client certificates are asked for.</summary>
    public bool MutualTls { get; init; }

    /// <summary>Where, if not at the issuer's own address: what stands there in place of the issuer without a trailing slash. Null for there.</summary>
    public string? MutualTlsRoot { get; init; }

    /// <summary>Grant types on offer.</summary>
    public IReadOnlyList<string> GrantTypes { get; init; } = ClientMetadata.PlainGrantTypes;

    /// <summary>What is demanded of every authorization request.</summary>
    public AuthorizeDemands Demands { get; init; } = AuthorizeDemands.None;
}
