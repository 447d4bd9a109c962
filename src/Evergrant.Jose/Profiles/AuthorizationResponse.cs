using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;

namespace Evergrant.Jose;

/// <summary>An authorization response as a JWT (JARM §2.1): the parameters are claims, beside who answers whom and until when.</summary>
public sealed record AuthorizationResponse
{
    /// <summary>The header's <c>typ</c>.</summary>
    public const string Type = "JWT";

    /// <summary>How long a response is good (JARM §2.1 asks for no more than ten minutes).</summary>
    public static TimeSpan Lifetime { get; } = TimeSpan.FromMinutes(5);

    /// <summary>How far clocks may differ: 30 seconds.</summary>
    public static TimeSpan Leeway { get; } = TimeSpan.FromSeconds(30);

    private static readonly FrozenSet<string> Own = FrozenSet.Create(StringComparer.Ordinal, "iss", "aud", "exp");

    /// <summary><c>iss</c>.</summary>
    public required string Issuer { get; init; }

    /// <summary><c>aud</c>: the client id, alone.</summary>
    public required string Audience { get; init; }

    /// <summary><c>exp</c>; written in whole seconds.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The parameters of the response, as text; <c>iss</c> among them is the claim.</summary>
    public required IReadOnlyDictionary<string, string> Parameters { get; init; }

    /// <summary>Writes and signs the response. Throws what the signer throws.</summary>
    public ValueTask<string> WriteAsync(ISigner signer, CancellationToken cancellationToken)
    {
        using ClaimWriter claims = ClaimWriter.Rent();
        claims.Text(ClaimName.Issuer, Issuer);
        claims.Text(ClaimName.Audience, Audience);
        claims.Instant(ClaimName.ExpiresAt, ExpiresAt);
        foreach ((string name, string value) in Parameters)
        {
            if (Own.Contains(name))
                continue;
            // JARM §2.1: numbers are JSON numbers.
            if (name == "expires_in")
                claims.Number(JsonEncodedText.Encode(name), int.Parse(value, CultureInfo.InvariantCulture));
            else
                claims.Text(JsonEncodedText.Encode(name), value);
        }
        return JwsWriter.WriteAsync(signer, Type, claims.Written, cancellationToken);
    }

    /// <summary>Judges a response at the client (JARM §2.4): issuer, audience, time, signature.</summary>
    /// <param name="token">The compact JWS.</param>
    /// <param name="keys">The issuer's keys.</param>
    /// <param name="issuer">The issuer that was asked.</param>
    /// <param name="clientId">The client that asked.</param>
    /// <param name="algorithms">Algorithms that the client expects.</param>
    /// <param name="now">The instant to judge at.</param>
    public static JwtVerdict<AuthorizationResponse> Judge(string token, JwkSet keys, string issuer, string clientId, IReadOnlyCollection<string> algorithms, DateTimeOffset now)
    {
        var rules = new JwtRules { Types = [Type], TypeMayBeMissing = true, Algorithms = algorithms, Issuer = issuer, Audiences = [clientId], SoleAudience = true, Now = now, Leeway = Leeway };
        return rules.Judge(token, keys, Read);
    }

    private static AuthorizationResponse Read(ref ClaimReader claims) => new()
    {
        Issuer = claims.Text("iss"),
        Audience = claims.Texts("aud")[0],
        ExpiresAt = claims.Instant("exp"),
        Parameters = (claims.Others(Own) ?? new Dictionary<string, JsonElement>()).ToDictionary(c => c.Key, c => c.Value.ValueKind == JsonValueKind.String ? c.Value.GetString()! : c.Value.GetRawText(), StringComparer.Ordinal),
    };
}
