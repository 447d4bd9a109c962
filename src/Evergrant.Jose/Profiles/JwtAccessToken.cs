using System.Collections.Frozen;
using System.Text.Json;

namespace Evergrant.Jose;

/// <summary>An access token as a JWT (RFC 9068): what is in it, how it is written, and how one that comes back is judged.</summary>
public sealed record JwtAccessToken
{
    /// <summary>The header's <c>typ</c> (§2.1), which keeps an ID token from passing for an access token.</summary>
    public const string Type = "at+jwt";

    private static readonly FrozenSet<string> Own = FrozenSet.Create(StringComparer.Ordinal,
        "iss", "sub", "aud", "client_id", "exp", "iat", "nbf", "jti", "scope", "grant_id", "grant_serial", "auth_time", "acr", "amr", "cnf");

    /// <summary><c>iss</c>.</summary>
    public required string Issuer { get; init; }

    /// <summary><c>sub</c>: the resource owner, or the client where none is involved (§2.2).</summary>
    public required string Subject { get; init; }

    /// <summary><c>aud</c>: at least one; one is written as a string, several as an array.</summary>
    public required IReadOnlyList<string> Audience { get; init; }

    /// <summary><c>client_id</c>.</summary>
    public required string ClientId { get; init; }

    /// <summary><c>iat</c>; written in whole seconds.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary><c>exp</c>; written in whole seconds.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary><c>jti</c>.</summary>
    public required string JwtId { get; init; }

    /// <summary><c>scope</c>: names with single spaces between; null when nothing was granted by scope.</summary>
    public string? Scope { get; init; }

    /// <summary><c>grant_id</c>: the grant this token comes from; null when it has none.</summary>
    public string? GrantId { get; init; }

    /// <summary><c>grant_serial</c>: which token of the grant this is, counted up; not negative; null when it is not counted.</summary>
    public int? GrantSerial { get; init; }

    /// <summary><c>auth_time</c>: when the resource owner signed in; null when none is involved.</summary>
    public DateTimeOffset? AuthTime { get; init; }

    /// <summary><c>acr</c>; null when not known.</summary>
    public string? Acr { get; init; }

    /// <summary><c>amr</c>; null when not known.</summary>
    public IReadOnlyList<string>? Amr { get; init; }

    /// <summary><c>cnf</c>: the key that the token is bound to; null for a bearer token.</summary>
    public Confirmation? Confirmation { get; init; }

    /// <summary>Further claims; null for none. When written, those named like a claim above are passed over.</summary>
    public IReadOnlyDictionary<string, JsonElement>? More { get; init; }

    /// <summary>Writes and signs the token. Throws <see cref="ArgumentException"/> without an audience, and what the signer throws.</summary>
    public ValueTask<string> WriteAsync(ISigner signer, CancellationToken cancellationToken)
    {
        if (Audience.Count == 0)
            throw new ArgumentException("An access token has an audience (RFC 9068 section 2.2).", nameof(signer));
        using ClaimWriter claims = ClaimWriter.Rent();
        claims.Text(ClaimName.Issuer, Issuer);
        claims.Text(ClaimName.Subject, Subject);
        claims.Audience(Audience);
        claims.Text(ClaimName.ClientId, ClientId);
        claims.Instant(ClaimName.ExpiresAt, ExpiresAt);
        claims.Instant(ClaimName.IssuedAt, IssuedAt);
        claims.Text(ClaimName.JwtId, JwtId);
        claims.Text(ClaimName.Scope, Scope);
        claims.Text(ClaimName.GrantId, GrantId);
        claims.Number(ClaimName.GrantSerial, GrantSerial);
        claims.Instant(ClaimName.AuthTime, AuthTime);
        claims.Text(ClaimName.Acr, Acr);
        claims.Texts(ClaimName.Amr, Amr);
        claims.Confirmation(Confirmation);
        claims.Others(More, Own);
        return JwsWriter.WriteAsync(signer, Type, claims.Written, cancellationToken);
    }

    /// <summary>Judges a token as a resource server does (§4).</summary>
    /// <param name="token">The compact JWS.</param>
    /// <param name="keys">The issuer's keys.</param>
    /// <param name="issuer">What <c>iss</c> must be.</param>
    /// <param name="audience">What <c>aud</c> must contain; null for any: the authorization server looking at its own tokens.</param>
    /// <param name="now">The instant to judge at.</param>
    /// <param name="leeway">How far clocks may differ; zero where issuer and judge are one.</param>
    public static JwtVerdict<JwtAccessToken> Judge(string token, JwkSet keys, string issuer, string? audience, DateTimeOffset now, TimeSpan leeway)
    {
        var rules = new JwtRules
        {
            Types = [Type],
            Algorithms = SignatureAlgorithm.Asymmetric,
            Issuer = issuer,
            Audiences = audience is null ? null : [audience],
            Now = now,
            Leeway = leeway,
        };
        return rules.Judge(token, keys, Read);
    }

    private static JwtAccessToken Read(ref ClaimReader claims) => new()
    {
        Issuer = claims.Text("iss"),
        Subject = claims.Text("sub"),
        Audience = claims.Texts("aud"),
        ClientId = claims.Text("client_id"),
        ExpiresAt = claims.Instant("exp"),
        IssuedAt = claims.Instant("iat"),
        JwtId = claims.Text("jti"),
        Scope = claims.OptionalText("scope"),
        GrantId = claims.OptionalText("grant_id"),
        GrantSerial = claims.OptionalCount("grant_serial"),
        AuthTime = claims.OptionalInstant("auth_time"),
        Acr = claims.OptionalText("acr"),
        Amr = claims.OptionalTexts("amr"),
        Confirmation = claims.OptionalConfirmation(),
        More = claims.Others(Own),
    };
}
