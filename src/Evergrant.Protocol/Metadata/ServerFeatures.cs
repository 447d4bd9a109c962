using Evergrant.Protocol.Clients;

namespace Evergrant.Protocol.Metadata;

/// <summary>What is on at an issuer, as far as its metadata depends on it. A feature that is off is not announced.</summary>
public sealed record ServerFeatures
{
    /// <summary>What a server offers that nobody has set anything on.</summary>
    public static ServerFeatures Plain { get; } = new();

    /// <summary>Grant types on offer.</summary>
    public IReadOnlyList<string> GrantTypes { get; init; } = ClientMetadata.PlainGrantTypes;

    /// <summary>Whether clients may register themselves (RFC 7591).</summary>
    public bool Registration { get; init; }

    /// <summary>Whether clients may be named by the URL of their metadata (draft-ietf-oauth-client-id-metadata-document).</summary>
    public bool ClientDocuments { get; init; }
}
