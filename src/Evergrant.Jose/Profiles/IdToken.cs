using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Evergrant.Jose;

/// <summary>An ID token (OpenID Connect Core §2): what is in it, how it is written, and how one that comes back as <c>id_token_hint</c> is judged.</summary>
public sealed record IdToken
{
    /// <summary>The header's <c>typ</c>.</summary>
    public const string Type = "JWT";

    private static readonly FrozenSet<string> Own = FrozenSet.Create(StringComparer.Ordinal,
        "iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "azp", "at_hash", "c_hash", "sid", "ds_hash");

    /// <summary><c>iss</c>.</summary>
    public required string Issuer { get; init; }

    /// <summary><c>sub</c>: public or pairwise.</summary>
    public required string Subject { get; init; }

    /// <summary><c>aud</c>: the client id, alone.</summary>
    public required string Audience { get; init; }

    /// <summary><c>exp</c>; written in whole seconds.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary><c>iat</c>; written in whole seconds.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary><c>auth_time</c>: when the End-User signed in; null leaves it out.</summary>
    public DateTimeOffset? AuthTime { get; init; }

    /// <summary><c>nonce</c>, unchanged from the authorization request; null when it had none.</summary>
    public string? Nonce { get; init; }

    /// <summary><c>acr</c>; null leaves it out.</summary>
    public string? Acr { get; init; }

    /// <summary><c>amr</c>; null leaves it out.</summary>
    public IReadOnlyList<string>? Amr { get; init; }

    /// <summary><c>azp</c>; null leaves it out.</summary>
    public string? Azp { get; init; }

    /// <summary><c>at_hash</c>, as <see cref="HashOf"/> makes it; null leaves it out.</summary>
    public string? AccessTokenHash { get; init; }

    /// <summary><c>c_hash</c>, as <see cref="HashOf"/> makes it of a code that comes with the token (Core §3.3.2.11); null leaves it out.</summary>
    public string? CodeHash { get; init; }

    /// <summary><c>sid</c>: the browser's session (OpenID Connect Front-Channel Logout §3); null leaves it out.</summary>
    public string? SessionId { get; init; }

    /// <summary><c>ds_hash</c>: what the token and a device secret know one another by (OpenID Connect Native SSO §3.4.1); null leaves it out.</summary>
    public string? DeviceSecretHash { get; init; }

    /// <summary>Claims about the End-User and others; null for none. When written, those named like a claim above are passed over.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Claims { get; init; }

    /// <summary>
    /// <c>at_hash</c> or <c>c_hash</c> (Core §3.1.3.6, §3.3.2.11): the left half of the hash of the value's ASCII octets, by the hash of the ID token's algorithm.
    /// Throws <see cref="ArgumentException"/> for an unsupported algorithm.
    /// </summary>
    public static string HashOf(string value, string alg)
    {
        byte[] hash = CryptographicOperations.HashData(SignatureAlgorithm.HashOf(alg), Encoding.ASCII.GetBytes(value));
        return CanonicalBase64Url.Encode(hash.AsSpan(0, hash.Length / 2));
    }

    /// <summary>Writes and signs the token. Throws what the signer throws.</summary>
    public ValueTask<string> WriteAsync(ISigner signer, CancellationToken cancellationToken)
    {
        using ClaimWriter claims = ClaimWriter.Rent();
        claims.Text(ClaimName.Issuer, Issuer);
        claims.Text(ClaimName.Subject, Subject);
        claims.Text(ClaimName.Audience, Audience);
        claims.Instant(ClaimName.ExpiresAt, ExpiresAt);
        claims.Instant(ClaimName.IssuedAt, IssuedAt);
        claims.Instant(ClaimName.AuthTime, AuthTime);
        claims.Text(ClaimName.Nonce, Nonce);
        claims.Text(ClaimName.Acr, Acr);
        claims.Texts(ClaimName.Amr, Amr);
        claims.Text(ClaimName.Azp, Azp);
        claims.Text(ClaimName.AccessTokenHash, AccessTokenHash);
        claims.Text(ClaimName.CodeHash, CodeHash);
        claims.Text(ClaimName.SessionId, SessionId);
        claims.Text(ClaimName.DeviceSecretHash, DeviceSecretHash);
        claims.Others(Claims, Own);
        return JwsWriter.WriteAsync(signer, Type, claims.Written, cancellationToken);
    }

    /// <summary>
    /// Judges an <c>id_token_hint</c> (Core §3.1.2.1, RP-Initiated Logout §2): ours by signature and <c>iss</c>. Not judged: time (an expired hint is
    /// still a hint; <see cref="ExpiresAt"/> tells) and <c>aud</c> (the server need not be in it), beyond its having one value.
    /// </summary>
    /// <param name="token">The compact JWS.</param>
    /// <param name="keys">The issuer's keys, retired ones included as far as they are known.</param>
    /// <param name="issuer">What <c>iss</c> must be.</param>
    public static JwtVerdict<IdToken> JudgeAsHint(string token, JwkSet keys, string issuer)
    {
        var rules = new JwtRules
        {
            Types = [Type],
            TypeMayBeMissing = true,
            Algorithms = SignatureAlgorithm.Asymmetric,
            Issuer = issuer,
            SoleAudience = true,
        };
        return rules.Judge(token, keys, Read);
    }

    private static IdToken Read(ref ClaimReader claims) => new()
    {
        Issuer = claims.Text("iss"),
        Subject = claims.Text("sub"),
        Audience = claims.Texts("aud") is [string client] ? client : "",
        ExpiresAt = claims.Instant("exp"),
        IssuedAt = claims.Instant("iat"),
        AuthTime = claims.OptionalInstant("auth_time"),
        Nonce = claims.OptionalText("nonce"),
        Acr = claims.OptionalText("acr"),
        Amr = claims.OptionalTexts("amr"),
        Azp = claims.OptionalText("azp"),
        AccessTokenHash = claims.OptionalText("at_hash"),
        CodeHash = claims.OptionalText("c_hash"),
        SessionId = claims.OptionalText("sid"),
        DeviceSecretHash = claims.OptionalText("ds_hash"),
        Claims = claims.Others(Own),
    };
}
