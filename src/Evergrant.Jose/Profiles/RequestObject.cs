using System.Collections.Frozen;
using System.Text.Json;

namespace Evergrant.Jose;

/// <summary>A Request Object (RFC 9101 §4, OpenID Connect Core §6.1): the parameters of an authorization request as the claims of a JWT.</summary>
/// <remarks>The judge does not remember <see cref="JwtId"/>; whoever accepts the request must refuse one seen before, until <see cref="ExpiresAt"/> has passed.</remarks>
public sealed record RequestObject
{
    /// <summary>The header's <c>typ</c> that RFC 9101 §10.8 gives it; <c>JWT</c> and no <c>typ</c> are accepted as well.</summary>
    public const string Type = "oauth-authz-req+jwt";

    /// <summary>The <c>alg</c> of an object that nobody signed.</summary>
    public const string Unsecured = "none";

    private static readonly FrozenSet<string> Own = FrozenSet.Create(StringComparer.Ordinal, "iss", "aud", "exp", "nbf", "iat", "jti", "sub");

    /// <summary>How far the client's clock may differ: 30 seconds.</summary>
    public static TimeSpan Leeway { get; } = TimeSpan.FromSeconds(30);

    /// <summary>How old <c>nbf</c>, and how far behind it <c>exp</c>, may be under the strict rules of FAPI 2.0 Message Signing §5.3.1.</summary>
    public static TimeSpan StrictLifetime { get; } = TimeSpan.FromMinutes(60);

    /// <summary><c>iss</c>; null when the client did not say. It writes its own id.</summary>
    public string? Issuer { get; init; }

    /// <summary><c>aud</c>; null when the client did not say. It names the authorization server.</summary>
    public IReadOnlyList<string>? Audience { get; init; }

    /// <summary><c>exp</c>; null for an object without end.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary><c>nbf</c>; null when the client did not say.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary><c>jti</c>; null when the client did not say.</summary>
    public string? JwtId { get; init; }

    /// <summary>The parameters of the request as they stand in the object: strings, numbers, truth values, objects, arrays.</summary>
    public required IReadOnlyDictionary<string, JsonElement> Parameters { get; init; }

    /// <summary>Writes and signs the object. Throws what the signer throws.</summary>
    public ValueTask<string> WriteAsync(ISigner signer, CancellationToken cancellationToken)
    {
        using ClaimWriter claims = ClaimWriter.Rent();
        claims.Text(ClaimName.Issuer, Issuer);
        if (Audience is not null)
            claims.Audience(Audience);
        claims.Instant(ClaimName.ExpiresAt, ExpiresAt);
        claims.Instant(ClaimName.NotBefore, NotBefore);
        claims.Text(ClaimName.JwtId, JwtId);
        claims.Others(Parameters, Own);
        return JwsWriter.WriteAsync(signer, Type, claims.Written, cancellationToken);
    }

    /// <summary>Judges an object that came with a request.</summary>
    /// <param name="token">The compact JWS.</param>
    /// <param name="keys">The client's keys; null when it has none.</param>
    /// <param name="clientId">The client that the request names beside the object.</param>
    /// <param name="issuer">The authorization server.</param>
    /// <param name="algorithms">The algorithms that the client may use; <see cref="Unsecured"/> among them lets an object pass that nobody signed.</param>
    /// <param name="now">The instant to judge at.</param>
    /// <param name="strict">Whether <c>iss</c>, <c>aud</c>, <c>exp</c> and <c>nbf</c> must be there, within <see cref="StrictLifetime"/>.</param>
    public static JwtVerdict<RequestObject> Judge(
        string token, JwkSet? keys, string clientId, string issuer, IReadOnlyCollection<string> algorithms, DateTimeOffset now, bool strict = false)
    {
        var rules = new JwtRules
        {
            Types = [Type, "JWT"],
            TypeMayBeMissing = true,
            Algorithms = algorithms,
            Issuer = clientId,
            Audiences = [issuer],
            RegisteredClaimsMayBeMissing = !strict,
            Now = now,
            Leeway = Leeway,
        };
        RequestObject Read(ref ClaimReader claims)
        {
            DateTimeOffset? notBefore = claims.OptionalInstant("nbf");
            DateTimeOffset? expiresAt = claims.OptionalInstant("exp");
            if (strict)
            {
                claims.Demand(notBefore is not null, JwtFault.ClaimMissing, "nbf");
                claims.Demand(notBefore + StrictLifetime + Leeway >= now, JwtFault.Expired);
                claims.Demand(expiresAt <= notBefore + StrictLifetime, JwtFault.LifetimeTooLong);
            }
            return new RequestObject
            {
                Issuer = claims.OptionalText("iss"),
                Audience = claims.Has("aud") ? claims.Texts("aud") : null,
                ExpiresAt = expiresAt,
                NotBefore = notBefore,
                JwtId = claims.OptionalText("jti"),
                Parameters = claims.Others(Own) ?? new Dictionary<string, JsonElement>(),
            };
        }
        if (algorithms.Contains(Unsecured) && CompactJws.TryParse(token, out CompactJws? jws, out _) && jws.IsUnsecured)
            return rules.JudgeClaims(jws, Read);
        return keys is null ? new JwtVerdict<RequestObject>(null, JwtFault.KeyUnknown, null) : rules.Judge(token, keys, Read);
    }
}
