namespace Evergrant.Protocol.Token;

/// <summary>Token type identifiers (RFC 8693 section 3, draft-ietf-oauth-identity-assertion-authz-grant).</summary>
public static class TokenType
{
    private const string Prefix = "urn:ietf:params:oauth:token-type:";

    /// <summary>An access token of this server, whatever its form.</summary>
    public const string AccessToken = Prefix + "access_token";

    /// <summary>A refresh token of this server.</summary>
    public const string RefreshToken = Prefix + "refresh_token";

    /// <summary>An ID Token of this server.</summary>
    public const string IdToken = Prefix + "id_token";

    /// <summary>A JWT: an access token of this server in that form, or an assertion.</summary>
    public const string Jwt = Prefix + "jwt";

    /// <summary>A device secret of this server (OpenID Connect Native SSO section 4.1).</summary>
    public const string DeviceSecret = "urn:openid:params:token-type:device-secret";

    /// <summary>An identity assertion for another authorization server.</summary>
    public const string IdJag = Prefix + "id-jag";
}
