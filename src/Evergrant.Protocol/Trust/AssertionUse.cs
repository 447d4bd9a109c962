namespace Evergrant.Protocol.Trust;

/// <summary>What an assertion of a trusted issuer may be used for.</summary>
public enum AssertionUse
{
    /// <summary>The JWT bearer grant (RFC 7523 section 2.1).</summary>
    JwtBearer,
}
