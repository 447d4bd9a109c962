// Longer than a file should be: a client is one row and one document, and all that is known of it stands here.
using System.Collections.Concurrent;
using System.Text.Json.Serialization;
using Evergrant.Jose;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Policies;

namespace Evergrant.Protocol.Clients;

/// <summary>How a client proves at the token endpoint who it is (OpenID Connect Core section 9).</summary>
public enum ClientAuthenticationMethod
{
    /// <summary>A public client: it proves nothing.</summary>
    None,

    /// <summary>HTTP Basic.</summary>
    ClientSecretBasic,

    /// <summary>Form parameters.</summary>
    ClientSecretPost,

    /// <summary>A JWT signed with the client's key (RFC 7523).</summary>
    PrivateKeyJwt,

    /// <summary>A client certificate whose subject is registered and whose issuer the server trusts (RFC 8705 section 2.1).</summary>
    TlsClientAuth,

    /// <summary>A client certificate that is itself registered (RFC 8705 section 2.2).</summary>
    SelfSignedTlsClientAuth,
}

/// <summary>What kind of program the client is.</summary>
public enum ApplicationType
{
    /// <summary>Runs on a server.</summary>
    Web,

    /// <summary>Installed on a device (RFC 8252).</summary>
    Native,

    /// <summary>Runs in a browser.</summary>
    Browser,
}

/// <summary>The form of an access token.</summary>
public enum AccessTokenFormat
{
    /// <summary>A signed JWT (RFC 9068).</summary>
    Jwt,

    /// <summary>An opaque credential that only this server understands.</summary>
    Opaque,
}

/// <summary>What is the sub of an End-User for this client (OpenID Connect Core section 8).</summary>
public enum SubjectType
{
    /// <summary>The same for all clients.</summary>
    Public,

    /// <summary>Another one for each sector.</summary>
    Pairwise,
}

/// <summary>How consent is obtained.</summary>
public enum ConsentRule
{
    /// <summary>The End-User is asked.</summary>
    Ask,

    /// <summary>An administrator has consented for everybody (a first-party client).</summary>
    Implied,
}

/// <summary>A registered client. Names and meanings are those of RFC 7591 and OpenID Connect Registration unless said otherwise.</summary>
public sealed record Client
{
    /// <summary>Issuer that the client is registered at.</summary>
    public required string Issuer { get; init; }

    /// <summary>1 to 128 characters of [A-Za-z0-9._~-].</summary>
    public required string ClientId { get; init; }

    /// <summary>Shown to End-Users; null shows the id.</summary>
    public string? Name { get; init; }

    /// <summary>Kind of program.</summary>
    public ApplicationType ApplicationType { get; init; }

    /// <summary>Registered authentication method; None makes the client public.</summary>
    public ClientAuthenticationMethod AuthenticationMethod { get; init; } = ClientAuthenticationMethod.ClientSecretBasic;

    /// <summary>How often it has been written; the store counts. Who changes what was read says by it what that was (<see cref="Storage.IClientStore.ChangeClientAsync"/>).</summary>
    public long Revision { get; init; }

    /// <summary>HMACs of the secrets that are good now (<see cref="ClientSecret.Hash"/>): one, or two while a rotation is under way. Never the secret.</summary>
    public IReadOnlyList<byte[]> SecretHashes { get; init; } = [];

    /// <summary>The client's public keys as a JWK Set (RFC 7517); null for none.</summary>
    public string? Jwks { get; init; }

    /// <summary>Where the client publishes its keys, instead of <see cref="Jwks"/>; null for nowhere.</summary>
    public string? JwksUri { get; init; }

    /// <summary>The keys that were fetched from <see cref="JwksUri"/>; null until somebody needs them. Not stored.</summary>
    [JsonIgnore]
    public JwkSet? FetchedKeys { get; init; }

    /// <summary>What the client's certificate says of its subject, for tls_client_auth; null otherwise.</summary>
    public CertificateSubject? CertificateSubject { get; init; }

    /// <summary>Whether access tokens are bound to the certificate of the token request (RFC 8705 section 3).</summary>
    public bool CertificateBoundAccessTokens { get; init; }

    /// <summary>Whether such a client gets bearer tokens when it shows no certificate, where otherwise it is refused (RFC 8705 section 3.4).</summary>
    public bool BearerWithoutCertificate { get; init; }

    /// <summary>Whether a client assertion may name the token endpoint as audience instead of the issuer (RFC 7523 against RFC 7523bis).</summary>
    public bool LegacyAssertionAudience { get; init; }

    /// <summary>Registered redirect URIs, compared byte for byte.</summary>
    public IReadOnlyList<string> RedirectUris { get; init; } = [];

    /// <summary>Whether a registered localhost redirect URI matches with any port; always so for native clients, and in development mode for all.</summary>
    public bool LoopbackAnyPort { get; init; }

    /// <summary>Where a sign-out may lead.</summary>
    public IReadOnlyList<string> PostLogoutRedirectUris { get; init; } = [];

    /// <summary>Where a browser tells the client of a logout (OpenID Connect Front-Channel Logout section 2); null for nowhere.</summary>
    public string? FrontchannelLogoutUri { get; init; }

    /// <summary>Whether iss and sid go with it.</summary>
    public bool FrontchannelLogoutSessionRequired { get; init; }

    /// <summary>Where this server tells the client of a logout (OpenID Connect Back-Channel Logout section 2.2); null for nowhere.</summary>
    public string? BackchannelLogoutUri { get; init; }

    /// <summary>Whether each Logout Token must name a session.</summary>
    public bool BackchannelLogoutSessionRequired { get; init; }

    /// <summary>How results of requests over the back channel reach the client (CIBA); None for a client that makes none.</summary>
    public TokenDeliveryMode TokenDeliveryMode { get; init; }

    /// <summary>Where the client is told of results, or sent them; null for nowhere.</summary>
    public string? BackchannelNotificationEndpoint { get; init; }

    /// <summary>The algorithm of its requests over the back channel, which all are signed then; null for plain ones.</summary>
    public string? BackchannelSigningAlg { get; init; }

    /// <summary>Allowed grant types.</summary>
    public IReadOnlyList<string> GrantTypes { get; init; } = ["authorization_code", "refresh_token"];

    /// <summary>Allowed response types.</summary>
    public IReadOnlyList<string> ResponseTypes { get; init; } = ["code"];

    /// <summary>Allowed scope values; also the default when a request names none.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>Resources (RFC 8707) the client may ask tokens for.</summary>
    public IReadOnlyList<string> Resources { get; init; } = [];

    /// <summary>Origins whose scripts may call the token, userinfo and revocation endpoints with credentials; the origins of redirect URIs count too.</summary>
    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];

    /// <summary>Whether the client may introspect tokens of other clients (it is a resource server).</summary>
    public bool MayIntrospect { get; init; }

    /// <summary>The sub that the client sees.</summary>
    public SubjectType SubjectType { get; init; }

    /// <summary>Its document's host is the sector of pairwise subjects; null takes the host of the redirect URIs.</summary>
    public string? SectorIdentifierUri { get; init; }

    /// <summary>Algorithm of ID Tokens; null is RS256.</summary>
    public string? IdTokenSignedResponseAlg { get; init; }

    /// <summary>Algorithm of signed userinfo answers; null answers plain JSON.</summary>
    public string? UserInfoSignedResponseAlg { get; init; }

    /// <summary>How ID Tokens are encrypted to the client, after they were signed; null for not at all.</summary>
    public EncryptionChoice? IdTokenEncryption { get; init; }

    /// <summary>How userinfo answers are encrypted; null for not at all.</summary>
    public EncryptionChoice? UserInfoEncryption { get; init; }

    /// <summary>Algorithm of introspection answers in the form of JWTs (RFC 9701); null is RS256.</summary>
    public string? IntrospectionSignedResponseAlg { get; init; }

    /// <summary>How such answers are encrypted; null for not at all.</summary>
    public EncryptionChoice? IntrospectionEncryption { get; init; }

    /// <summary>Form of access tokens.</summary>
    public AccessTokenFormat AccessTokenFormat { get; init; }

    /// <summary>Algorithm of JWT access tokens; null is ES256.</summary>
    public string? AccessTokenSignedAlg { get; init; }

    /// <summary>Whether every access token is bound to a key by DPoP: token requests without a proof are refused (RFC 9449 section 5.2).</summary>
    public bool DpopBoundAccessTokens { get; init; }

    /// <summary>Whether its proofs have to carry a nonce of the server's (RFC 9449 section 8).</summary>
    public bool RequireDpopNonce { get; init; }

    /// <summary>How consent is obtained.</summary>
    public ConsentRule Consent { get; init; }

    /// <summary>Whether a code_challenge is demanded; public clients cannot be freed from it.</summary>
    public bool RequirePkce { get; init; } = true;

    /// <summary>Whether the token request may leave out a redirect_uri that the authorization request had (OAuth 2.1 section 10.2).</summary>
    public bool RedirectUriOptionalAtToken { get; init; }

    /// <summary>Oldest active authentication in seconds when a request has no max_age; null for any.</summary>
    public int? MaxAge { get; init; }

    /// <summary>Whether a request whose acr_values cannot be met fails, as RFC 9470 section 5 would have it; otherwise they are wishes (OpenID Connect Core section 3.1.2.1).</summary>
    public bool RequireAcrValues { get; init; }

    /// <summary>Whether every ID Token must carry auth_time; those of this server always do.</summary>
    public bool RequireAuthTime { get; init; }

    /// <summary>Whether claims of profile and email scopes are also put in the ID Token (most client libraries expect it).</summary>
    public bool ClaimsInIdToken { get; init; } = true;

    /// <summary>Whether only requests that the client pushed are answered (RFC 9126 section 6).</summary>
    public bool RequirePushedAuthorizationRequests { get; init; }

    /// <summary>Whether a pushed request may name a redirect URI that is not registered (RFC 9126 section 2.4); never for public clients.</summary>
    public bool UnregisteredRedirectUris { get; init; }

    /// <summary>Whether only requests in a signed Request Object are answered (RFC 9101 section 10.5).</summary>
    public bool RequireSignedRequestObject { get; init; }

    /// <summary>Algorithm of the client's Request Objects, or none; null takes any signature of its keys.</summary>
    public string? RequestObjectSigningAlg { get; init; }

    /// <summary>Whether parameters beside a Request Object count where it is silent (OpenID Connect Core section 6.3.3 against RFC 9101 section 5).</summary>
    public bool MergesRequestObject { get; init; }

    /// <summary>Addresses of the client's own server that Request Objects are fetched from (OpenID Connect Registration section 2); empty for none.</summary>
    public IReadOnlyList<string> RequestUris { get => field ?? []; init; } = []; // null in the document of a client that was stored before there were such

    /// <summary>Whether its profile is one of those of FAPI 2.0.</summary>
    [JsonIgnore]
    public bool IsFapi => Profile is not null && (Profile == Clients.Profile.Fapi2.Name || Profile == Clients.Profile.Fapi2MessageSigning.Name);

    /// <summary>Types of authorization_details that it may ask for (RFC 9396 section 10); empty for all those of its resources.</summary>
    public IReadOnlyList<string> DetailsTypes { get => field ?? []; init; } = []; // null in the document of a client that was stored before there were such

    /// <summary>Response modes that the client uses (FAPI 2.0 Message Signing section 5.3.3); empty for any.</summary>
    public IReadOnlyList<string> ResponseModes { get => field ?? []; init; } = []; // null in the document of a client that was stored before there were such

    /// <summary>Algorithm of authorization responses as JWT (JARM section 3); null is RS256.</summary>
    public string? AuthorizationSignedResponseAlg { get; init; }

    /// <summary>How authorization responses as JWT are encrypted to the client, after they were signed; null for not at all.</summary>
    public EncryptionChoice? AuthorizationEncryption { get; init; }

    /// <summary>How the client encrypts those of its Request Objects that it encrypts; null where it never does.</summary>
    public EncryptionChoice? RequestObjectEncryption { get; init; }

    /// <summary>The client's home page, shown on the consent page; null for none.</summary>
    public string? ClientUri { get; init; }

    /// <summary>What it may exchange (RFC 8693), by the first rule that fits; empty for nothing.</summary>
    public IReadOnlyList<ExchangeRule> Exchanges { get => field ?? []; init; } = []; // null in the document of a client that was stored before there were rules

    /// <summary>Other authorization servers that it may get assertions for; empty for none.</summary>
    public IReadOnlyList<CrossDomainTarget> CrossDomain { get => field ?? []; init; } = []; // as above

    /// <summary>The one that may act for its users with tokens that it was given (RFC 8693 section 4.4), as sub of the actor; null for anybody whom a rule lets.</summary>
    public string? MayAct { get; init; }

    /// <summary>Grant profiles that it is registered for (ID-JAG section 8).</summary>
    public IReadOnlyList<string> GrantProfiles { get => field ?? []; init; } = []; // as above

    /// <summary>Whether it manages its grants by name (Grant Management); never a public client.</summary>
    public bool ManagesGrants { get; init; }

    /// <summary>Name of the group of clients that share sign-ins on a device (OpenID Connect Native SSO): those of one vendor. Null for none.</summary>
    public string? NativeSsoGroup { get; init; }

    /// <summary>Name of the profile that it keeps (<see cref="Clients.Profile"/>), whose demands were written into the other members when it was registered; null for none.</summary>
    public string? Profile { get; init; }

    /// <summary>Its logo; null for none.</summary>
    public string? LogoUri { get; init; }

    /// <summary>Its terms of service; null for none.</summary>
    public string? TosUri { get; init; }

    /// <summary>Its policy about what it does with data; null for none.</summary>
    public string? PolicyUri { get; init; }

    /// <summary>Whom to write to about it.</summary>
    public IReadOnlyList<string> Contacts { get => field ?? []; init; } = [];

    /// <summary>What identifies the software, the same for all its installations; null for none.</summary>
    public string? SoftwareId { get; init; }

    /// <summary>Its version; null for none.</summary>
    public string? SoftwareVersion { get; init; }

    /// <summary>Where a sign-in by this server may be begun; null for nowhere. Kept for the client, not used.</summary>
    public string? InitiateLoginUri { get; init; }

    /// <summary>acr values it prefers when a request names none; a wish.</summary>
    public IReadOnlyList<string> DefaultAcrValues { get => field ?? []; init; } = [];

    /// <summary>The only algorithm of its client assertions; null for any that is asymmetric.</summary>
    public string? AuthenticationSigningAlg { get; init; }

    /// <summary>Members in other languages by their names with tags (client_name#ja); null for none.</summary>
    public IReadOnlyDictionary<string, string>? Localized { get; init; }

    /// <summary>When its secret ends; null for never.</summary>
    public DateTimeOffset? SecretExpiresAt { get; init; }

    /// <summary>Consents of before count no more, for the client may have come into other hands; null when all count.</summary>
    public DateTimeOffset? ConsentSince { get; init; }

    /// <summary>How it registered itself; null for a client that an operator has declared.</summary>
    public DynamicRegistration? Registration { get; init; }

    /// <summary>Whether nobody but itself says who it is: pages say so, and show its host.</summary>
    [JsonIgnore]
    public bool IsSelfAsserted => Registration is { Open: true };

    /// <summary>Whether the client is named by the URL of its metadata.</summary>
    [JsonIgnore]
    public bool IsDocument => ClientId.Contains(':');

    /// <summary>Named switches that conditions of policies ask for (client_flag); words without white space.</summary>
    public IReadOnlyList<string> Flags { get => field ?? []; init; } = []; // null in the document of a client that was stored before there were flags

    /// <summary>What the client's token policy says of its own; null leaves it to the issuer's policy, the server's, or the built-in one for its type.</summary>
    public PolicyDocument? Policy { get; init; }

    /// <summary>The server's named policies, as far as this process knows them; not stored with the client.</summary>
    [JsonIgnore]
    public PolicySet Policies { get; init; } = PolicySet.Empty;

    /// <summary>When it was registered.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Whether the client cannot prove who it is.</summary>
    [JsonIgnore]
    public bool IsPublic => AuthenticationMethod == ClientAuthenticationMethod.None;

    /// <summary>The policy in force, without the overrides that depend on an authorization.</summary>
    [JsonIgnore]
    public GrantPolicy EffectivePolicy
    {
        get
        {
            GrantPolicy builtIn = GrantPolicy.BuiltInFor(this);
            if (_resolved is { } known && ReferenceEquals(known.Own, Policy) && ReferenceEquals(known.Set, Policies) && ReferenceEquals(known.BuiltIn, builtIn) && known.Issuer == Issuer) return known.Policy;
            return (_resolved = new Resolved(Policy, Policies, builtIn, Issuer, PolicyResolution.ResolveAlways(this))).Policy;
        }
    }

    /// <summary>The policy in force for a grant type, if no override has a say and it was asked for before.</summary>
    internal EffectivePolicy? PolicyOf(string grant) => _settled is { } known && ReferenceEquals(known.Of, this) && known.Policies.TryGetValue(grant, out EffectivePolicy? policy) ? policy : null;

    /// <summary>Keeps it, as long as this object lives: at each token of the client credentials grant it is asked for.</summary>
    internal EffectivePolicy KeepPolicy(string grant, EffectivePolicy policy)
    {
        if (_settled is not { } known || !ReferenceEquals(known.Of, this)) _settled = known = new(this);
        known.Policies[grant] = policy;
        return policy;
    }

    /// <summary>The client's keys, parsed once, or fetched; null when it has none, they do not parse, or they have not been fetched.</summary>
    [JsonIgnore]
    public JwkSet? Keys => Jwks is null ? FetchedKeys : _keys is { } known && ReferenceEquals(known.Text, Jwks) ? known.Set : (_keys = ReadKeys.Of(Jwks)).Set;

    // A copy made by "with" takes this field along; the text says whose keys they are.
    private ReadKeys? _keys;

    // As above: the other members say what it was resolved from.
    private Resolved? _resolved;

    // As above: it says itself whose it is.
    private Settled? _settled;

    private sealed class Settled(Client of)
    {
        public Client Of => of;

        public ConcurrentDictionary<string, EffectivePolicy> Policies { get; } = new(StringComparer.Ordinal);
    }

    private sealed record Resolved(PolicyDocument? Own, PolicySet Set, GrantPolicy BuiltIn, string Issuer, GrantPolicy Policy);

    private sealed record ReadKeys(string Text, JwkSet? Set)
    {
        public static ReadKeys Of(string text) => new(text, JwkSet.TryParse(System.Text.Encoding.UTF8.GetBytes(text), out JwkSet? set, out _) ? set : null);
    }
}
