using System.Text.Json;

namespace Evergrant.Jose;

/// <summary>Names of claims, encoded once.</summary>
internal static class ClaimName
{
    public static readonly JsonEncodedText Issuer = JsonEncodedText.Encode("iss");
    public static readonly JsonEncodedText Subject = JsonEncodedText.Encode("sub");
    public static readonly JsonEncodedText Audience = JsonEncodedText.Encode("aud");
    public static readonly JsonEncodedText ExpiresAt = JsonEncodedText.Encode("exp");
    public static readonly JsonEncodedText NotBefore = JsonEncodedText.Encode("nbf");
    public static readonly JsonEncodedText IssuedAt = JsonEncodedText.Encode("iat");
    public static readonly JsonEncodedText JwtId = JsonEncodedText.Encode("jti");
    public static readonly JsonEncodedText ClientId = JsonEncodedText.Encode("client_id");
    public static readonly JsonEncodedText Scope = JsonEncodedText.Encode("scope");
    public static readonly JsonEncodedText GrantId = JsonEncodedText.Encode("grant_id");
    public static readonly JsonEncodedText GrantSerial = JsonEncodedText.Encode("grant_serial");
    public static readonly JsonEncodedText AuthTime = JsonEncodedText.Encode("auth_time");
    public static readonly JsonEncodedText Acr = JsonEncodedText.Encode("acr");
    public static readonly JsonEncodedText Amr = JsonEncodedText.Encode("amr");
    public static readonly JsonEncodedText Nonce = JsonEncodedText.Encode("nonce");
    public static readonly JsonEncodedText Azp = JsonEncodedText.Encode("azp");
    public static readonly JsonEncodedText AccessTokenHash = JsonEncodedText.Encode("at_hash");
    public static readonly JsonEncodedText CodeHash = JsonEncodedText.Encode("c_hash");
    public static readonly JsonEncodedText Events = JsonEncodedText.Encode("events");
    public static readonly JsonEncodedText Confirmation = JsonEncodedText.Encode("cnf");
    public static readonly JsonEncodedText SessionId = JsonEncodedText.Encode("sid");
    public static readonly JsonEncodedText DeviceSecretHash = JsonEncodedText.Encode("ds_hash");
}
