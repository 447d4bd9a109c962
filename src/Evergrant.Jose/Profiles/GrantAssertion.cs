using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Evergrant.Jose;

/// <summary>
/// A JWT by which somebody else vouches for a subject, to be exchanged for an access token (RFC 7523 §2.1 and §3).
/// The judge does not remember <see cref="Identity"/>; whoever accepts the assertion must refuse one seen before, until <see cref="ExpiresAt"/> and the leeway have passed.
/// </summary>
public sealed record GrantAssertion
{
    /// <summary>The header's <c>typ</c> that rfc7523bis gives it; <c>JWT</c> and no <c>typ</c> are accepted as well.</summary>
    public const string Type = "authorization-grant+jwt";

    private const int MaxJwtIdLength = 255;

    private static readonly FrozenSet<string> Own = FrozenSet.Create(StringComparer.Ordinal, "iss", "sub", "aud", "exp", "nbf", "iat", "jti");

    /// <summary>How far the issuer's clock may differ: 30 seconds.</summary>
    public static TimeSpan Leeway { get; } = TimeSpan.FromSeconds(30);

    /// <summary><c>iss</c>.</summary>
    public required string Issuer { get; init; }

    /// <summary><c>sub</c>.</summary>
    public required string Subject { get; init; }

    /// <summary><c>aud</c>: at least one.</summary>
    public required IReadOnlyList<string> Audience { get; init; }

    /// <summary><c>exp</c>.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary><c>iat</c>; null when the issuer did not say.</summary>
    public DateTimeOffset? IssuedAt { get; init; }

    /// <summary><c>jti</c>: 1 to 255 characters; null when the issuer gave none.</summary>
    public string? JwtId { get; init; }

    /// <summary>The claims that have no member here; null for none.</summary>
    public IReadOnlyDictionary<string, JsonElement>? More { get; init; }

    /// <summary>What tells it from every other assertion of its issuer: its <c>jti</c>, or else a digest of what is signed.</summary>
    public required string Identity { get; init; }

    /// <summary>The key that only its holder may use it with (<c>cnf</c>); null for none, or for one that is not understood.</summary>
    public Confirmation? Confirmation
    {
        get
        {
            if (More?.TryGetValue("cnf", out JsonElement cnf) != true || cnf.ValueKind != JsonValueKind.Object)
                return null;
            foreach (JsonProperty member in cnf.EnumerateObject())
            {
                if (member.Value.ValueKind == JsonValueKind.String && Confirmation.Read(member.Name + ":" + member.Value.GetString()) is { } known)
                    return known;
            }
            return null;
        }
    }

    /// <summary>A claim that is a text and has no member here; null when it is absent, empty or of another type.</summary>
    public string? TextClaim(string name) =>
        More?.TryGetValue(name, out JsonElement claim) == true && claim.ValueKind == JsonValueKind.String && claim.GetString() is { Length: > 0 } text ? text : null;

    /// <summary>A claim that is an object, as JSON; null when it is absent or of another type.</summary>
    public string? ObjectClaim(string name) =>
        More?.TryGetValue(name, out JsonElement claim) == true && claim.ValueKind == JsonValueKind.Object ? claim.GetRawText() : null;

    /// <summary>Writes and signs an assertion. Throws what the signer throws.</summary>
    /// <param name="signer">The issuer's key.</param>
    /// <param name="type">The header's <c>typ</c>.</param>
    /// <param name="cancellationToken">Ends the wait for the signer.</param>
    public ValueTask<string> WriteAsync(ISigner signer, string type, CancellationToken cancellationToken)
    {
        using ClaimWriter claims = ClaimWriter.Rent();
        claims.Text(ClaimName.Issuer, Issuer);
        claims.Text(ClaimName.Subject, Subject);
        claims.Audience(Audience);
        claims.Instant(ClaimName.ExpiresAt, ExpiresAt);
        claims.Instant(ClaimName.IssuedAt, IssuedAt);
        claims.Text(ClaimName.JwtId, JwtId);
        claims.Others(More, Own);
        return JwsWriter.WriteAsync(signer, type, claims.Written, cancellationToken);
    }

    /// <summary>Judges an assertion.</summary>
    /// <param name="assertion">The compact JWS.</param>
    /// <param name="keys">The issuer's keys.</param>
    /// <param name="issuer">What <c>iss</c> must be.</param>
    /// <param name="audiences">The names of this server that are accepted.</param>
    /// <param name="soleAudience">Whether <c>aud</c> must be one value.</param>
    /// <param name="types">The accepted <c>typ</c> values; null accepts <see cref="Type"/>, <c>JWT</c> and none.</param>
    /// <param name="maximumLifetime">How far ahead <c>exp</c> may be.</param>
    /// <param name="now">The instant to judge at.</param>
    public static JwtVerdict<GrantAssertion> Judge(string assertion, JwkSet keys, string issuer, IReadOnlyList<string> audiences, bool soleAudience,
        IReadOnlyList<string>? types, TimeSpan maximumLifetime, DateTimeOffset now)
    {
        var rules = new JwtRules
        {
            Types = types ?? [Type, "JWT"],
            TypeMayBeMissing = types is null,
            Algorithms = SignatureAlgorithm.Asymmetric,
            Issuer = issuer,
            Audiences = audiences,
            SoleAudience = soleAudience,
            Now = now,
            Leeway = Leeway,
            MaximumLifetime = maximumLifetime,
        };
        return rules.Judge(assertion, keys, (ref ClaimReader claims) => Read(ref claims, assertion));
    }

    /// <summary>Who the assertion says has issued it. Nothing is verified: the answer is good for finding that issuer's keys, and for nothing else.</summary>
    /// <param name="assertion">The compact JWS.</param>
    /// <param name="issuer">Its <c>iss</c>.</param>
    /// <param name="type">Its <c>typ</c> as it stands; null for none.</param>
    public static bool TryPeek(string assertion, [NotNullWhen(true)] out string? issuer, out string? type)
    {
        (issuer, type) = (null, null);
        if (!CompactJws.TryParse(assertion, out CompactJws? jws, out _) || !StrictJson.TryParseObject(jws.Payload, out JsonDocument? document))
            return false;
        using (document)
        {
            var claims = new ClaimReader(document.RootElement);
            string text = claims.Text("iss");
            if (claims.Fault == JwtFault.None)
                (issuer, type) = (text, jws.Type);
        }
        return issuer is not null;
    }

    /// <summary>Whether a header's <c>typ</c> means a media type (RFC 7515 §4.1.9).</summary>
    public static bool IsType(string? typ, string type) =>
        typ is not null && (typ.Equals(type, StringComparison.OrdinalIgnoreCase) || typ.Equals("application/" + type, StringComparison.OrdinalIgnoreCase));

    private static GrantAssertion Read(ref ClaimReader claims, string assertion)
    {
        string? jwtId = claims.OptionalText("jti");
        claims.Demand(jwtId is null or { Length: > 0 and <= MaxJwtIdLength }, JwtFault.ClaimMalformed, "jti");
        return new GrantAssertion
        {
            Issuer = claims.Text("iss"),
            Subject = claims.Text("sub"),
            Audience = claims.Texts("aud"),
            ExpiresAt = claims.Instant("exp"),
            IssuedAt = claims.OptionalInstant("iat"),
            JwtId = jwtId,
            More = claims.Others(Own),
            // Not of the signature, of which there may be several good ones.
            Identity = jwtId is not null ? "jti " + jwtId : "digest " + Convert.ToHexString(SHA256.HashData(Encoding.ASCII.GetBytes(assertion[..assertion.LastIndexOf('.')]))),
        };
    }
}
