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

    /// <summary>Whether clients may register themselves (RFC 7591).</summary>
    public bool Registration { get; init; }

    /// <summary>Whether clients may be named by the URL of their metadata (draft-ietf-oauth-client-id-metadata-document).</summary>
    public bool ClientDocuments { get; init; }

    /// <summary>Kinds of assertions that clients get for other authorization servers (identity chaining section 3).</summary>
    public IReadOnlyList<string> AssertionTypes { get; init; } = [];

    /// <summary>Profiles of grants that are accepted (ID-JAG section 7.2); never whose.</summary>
    public IReadOnlyList<string> GrantProfiles { get; init; } = [];

    /// <summary>What is demanded of every authorization request.</summary>
    public AuthorizeDemands Demands { get; init; } = AuthorizeDemands.None;

    /// <summary>Response types on offer.</summary>
    public IReadOnlyList<string> ResponseTypes { get; init; } = [ResponseType.CodeName];

    /// <summary>Whether Request Objects are fetched from addresses that clients have registered.</summary>
    public bool FetchesRequestObjects { get; init; }

    /// <summary>Whether clients may watch who is signed in (OpenID Connect Session Management).</summary>
    public bool SessionManagement { get; init; }

    /// <summary>Whether a client encrypts its Request Objects to this server.</summary>
    public bool EncryptedRequests { get; init; }

    /// <summary>Whether a client manages its grants by name (Grant Management).</summary>
    public bool GrantManagement { get; init; }

    /// <summary>Whether a client may share its sign-ins on a device with others (OpenID Connect Native SSO).</summary>
    public bool NativeSso { get; init; }

    /// <summary>Whether the server's profile is one of those of FAPI 2.0: what that forbids is not announced.</summary>
    public bool Fapi { get; init; }

    /// <summary>Whether clients may ask for End-Users over the back channel (CIBA).</summary>
    public bool Backchannel { get; init; }
}
