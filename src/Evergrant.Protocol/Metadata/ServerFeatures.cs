using Evergrant.Protocol.Authorize;
using Evergrant.Protocol.Clients;

namespace Evergrant.Protocol.Metadata;

/// <summary>What is on at an issuer, as far as its metadata depends on it. A feature that is off is not announced.</summary>
public sealed record ServerFeatures
{
    /// <summary>What a server offers that nobody has set anything on.</summary>
    public static ServerFeatures Plain { get; } = new();

    /// <summary>Grant types on offer.</summary>
    public IReadOnlyList<string> GrantTypes { get; init; } = ClientMetadata.PlainGrantTypes;

    /// <summary>What is demanded of every authorization request.</summary>
    public AuthorizeDemands Demands { get; init; } = AuthorizeDemands.None;

    /// <summary>Response types on offer.</summary>
    public IReadOnlyList<string> ResponseTypes { get; init; } = [ResponseType.CodeName];

    /// <summary>Whether Request Objects are fetched from addresses that clients have registered.</summary>
    public bool FetchesRequestObjects { get; init; }
}
