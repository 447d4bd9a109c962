using System.Text.Json.Serialization;
using Evergrant.Protocol.Storage;

namespace Evergrant.Protocol.Grants;

/// <summary>What was authorized, written once with the grant and never changed (RFC 9700 section 4.14.2: scope and resources cannot widen).</summary>
[JsonConverter(typeof(StoredAuthorized))]
public sealed record Authorized
{
    /// <summary>Granted scope values, space-delimited, in the order granted; empty for none.</summary>
    public required string Scope { get; init; }

    /// <summary>Resource indicators of the authorization request (RFC 8707); empty when the request named none.</summary>
    public IReadOnlyList<string> Resources { get; init; } = [];

    /// <summary>The redirect_uri parameter of the authorization request, byte for byte; null when it was omitted.</summary>
    public string? RedirectUri { get; init; }

    /// <summary>PKCE S256 challenge; null when the client sent none.</summary>
    public string? CodeChallenge { get; init; }

    /// <summary>Thumbprint of the key that the code is bound to (RFC 9449 section 10); null when the request named none.</summary>
    public string? DpopKey { get; init; }

    /// <summary>OpenID Connect nonce; null when not sent.</summary>
    public string? Nonce { get; init; }

    /// <summary>The claims parameter as JSON (OpenID Connect Core section 5.5); null when not sent.</summary>
    public string? Claims { get; init; }

    /// <summary>The granted objects of authorization_details as a JSON array (RFC 9396 section 11.2); null for none.</summary>
    public string? Details { get; init; }

    /// <summary>When the End-User last authenticated actively; null for grants without an End-User.</summary>
    public DateTimeOffset? AuthTime { get; init; }

    /// <summary>Authentication context class; null when none is claimed.</summary>
    public string? Acr { get; init; }

    /// <summary>Authentication methods (RFC 8176).</summary>
    public IReadOnlyList<string>? Amr { get; init; }

    /// <summary>Public identifier of the sign-in session (the ID Token's sid), kept also for offline grants; null without a session.</summary>
    public string? SessionId { get; init; }

    /// <summary>Who acts for the End-User, as JSON (RFC 8693 section 4.1); null for nobody.</summary>
    public string? Actor { get; init; }

    /// <summary>Name of the token policy that was in force.</summary>
    public required string Policy { get; init; }

    /// <summary>Overrides of it that applied, as policy/override, space-delimited; null for none.</summary>
    public string? PolicyOverrides { get; init; }

    /// <summary>What that policy said then. Null in a grant that is older than this member: the client's policy holds.</summary>
    public GrantPolicy? Rules { get; init; }

    /// <summary>Whether a device secret goes with its tokens (OpenID Connect Native SSO); the grant ends with its session then, refresh token or not.</summary>
    public bool DeviceSso { get; init; }

    /// <summary>The name by which its client knows the grant (grant_id of Grant Management); null for none.</summary>
    public string? ManagedId { get; init; }

    /// <summary>The grant whose name it takes over when it is redeemed, and which ends then; null for none.</summary>
    public Guid? Supersedes { get; init; }

    /// <summary>Whether redeeming the code yields a refresh token.</summary>
    public bool IssuesRefreshToken { get; init; }
}
