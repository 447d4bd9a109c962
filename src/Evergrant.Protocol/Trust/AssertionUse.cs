namespace Evergrant.Protocol.Trust;

/// <summary>What an assertion of a trusted issuer may be used for.</summary>
public enum AssertionUse
{
    /// <summary>The JWT bearer grant (RFC 7523 section 2.1).</summary>
    JwtBearer,

    /// <summary>The same grant with an identity assertion (ID-JAG): one user, one client, this issuer alone.</summary>
    IdJag,

    /// <summary>A subject or actor token of a token exchange (RFC 8693).</summary>
    TokenExchange,

    /// <summary>The SAML 2.0 bearer grant (RFC 7522 section 2.1).</summary>
    Saml2Bearer,
}
