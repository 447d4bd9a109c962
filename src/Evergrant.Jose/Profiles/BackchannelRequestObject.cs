using System.Collections.Frozen;
using System.Text.Json;

namespace Evergrant.Jose;

/// <summary>The two JWTs that a client may send to the backchannel authentication endpoint: a signed request (CIBA Core §7.1.1), and a <c>login_hint_token</c> (§7.1), which here is signed by the client too.</summary>
public sealed record BackchannelRequestObject
{
    private static readonly FrozenSet<string> Own = FrozenSet.Create(StringComparer.Ordinal, "iss", "aud", "exp", "iat", "nbf", "jti");

    private static readonly TimeSpan Leeway = TimeSpan.FromSeconds(30);

    /// <summary>How far <c>exp</c> may be behind <c>nbf</c> (FAPI-CIBA §5.2.2): 60 minutes.</summary>
    public static TimeSpan MaximumLifetime { get; } = TimeSpan.FromMinutes(60);

    /// <summary><c>jti</c>.</summary>
    public required string JwtId { get; init; }

    /// <summary><c>exp</c>.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>All other claims: the parameters of the request.</summary>
    public required IReadOnlyDictionary<string, JsonElement> Parameters { get; init; }

    /// <summary>Judges a signed request: <c>iss</c> the client, <c>aud</c> the issuer; <c>exp</c>, <c>iat</c>, <c>nbf</c> and <c>jti</c> there, within <see cref="MaximumLifetime"/>.</summary>
    /// <param name="token">The compact JWS; an encrypted one is none.</param>
    /// <param name="keys">The client's keys.</param>
    /// <param name="clientId">The client.</param>
    /// <param name="issuer">The issuer that was asked.</param>
    /// <param name="algorithm">The one algorithm that the client is registered with.</param>
    /// <param name="now">The instant to judge at.</param>
    public static JwtVerdict<BackchannelRequestObject> Judge(string token, JwkSet keys, string clientId, string issuer, string algorithm, DateTimeOffset now) =>
        RulesOf(clientId, issuer, [algorithm], now).Judge(token, keys, Read);

    /// <summary>Judges a <c>login_hint_token</c>: signed by the client, for this issuer, not expired.</summary>
    /// <param name="token">The compact JWS.</param>
    /// <param name="keys">The client's keys.</param>
    /// <param name="clientId">The client.</param>
    /// <param name="issuer">The issuer that was asked.</param>
    /// <param name="now">The instant to judge at.</param>
    /// <returns>Its <c>sub</c>, which is read as a login_hint is.</returns>
    public static JwtVerdict<string> JudgeHint(string token, JwkSet keys, string clientId, string issuer, DateTimeOffset now) =>
        RulesOf(clientId, issuer, SignatureAlgorithm.Asymmetric, now).Judge(token, keys, static (ref ClaimReader claims) => claims.Text("sub"));

    private static JwtRules RulesOf(string clientId, string issuer, IReadOnlyCollection<string> algorithms, DateTimeOffset now) => new()
    {
        Types = ["JWT", RequestObject.Type],
        TypeMayBeMissing = true,
        Algorithms = algorithms,
        Issuer = clientId,
        Audiences = [issuer],
        Now = now,
        Leeway = Leeway,
    };

    private static BackchannelRequestObject Read(ref ClaimReader claims)
    {
        DateTimeOffset notBefore = claims.Instant("nbf");
        DateTimeOffset expiresAt = claims.Instant("exp");
        _ = claims.Instant("iat");
        claims.Demand(expiresAt <= notBefore + MaximumLifetime, JwtFault.LifetimeTooLong);
        return new BackchannelRequestObject { JwtId = claims.Text("jti"), ExpiresAt = expiresAt, Parameters = claims.Others(Own) ?? new Dictionary<string, JsonElement>() };
    }
}
