using System.Text;
using System.Text.Json;
using Evergrant.Jose;

namespace Evergrant.Protocol.Authorize;

/// <summary>One claim asked for by name (OpenID Connect Core section 5.5.1).</summary>
/// <param name="Name">Claim name.</param>
/// <param name="Essential">Whether the client calls it essential; no claim but acr and sub makes a request fail for it.</param>
/// <param name="Values">Values that are wanted, in order of preference; empty for any.</param>
public sealed record RequestedClaim(string Name, bool Essential, IReadOnlyList<JsonElement> Values)
{
    /// <summary>Whether a value is one of those wanted.</summary>
    /// <param name="value">The value at hand.</param>
    public bool Accepts(JsonElement value) => Values.Count == 0 || Values.Any(wanted => JsonElement.DeepEquals(wanted, value));
}

/// <summary>The claims parameter (OpenID Connect Core section 5.5). Unknown members are ignored.</summary>
public sealed class ClaimsParameter
{
    private const int MaximumClaims = 64;

    private ClaimsParameter(IReadOnlyList<RequestedClaim> idToken, IReadOnlyList<RequestedClaim> userInfo) => (IdToken, UserInfo) = (idToken, userInfo);

    /// <summary>No claims asked for.</summary>
    public static ClaimsParameter None { get; } = new([], []);

    /// <summary>Claims wanted in the ID Token.</summary>
    public IReadOnlyList<RequestedClaim> IdToken { get; }

    /// <summary>Claims wanted from UserInfo.</summary>
    public IReadOnlyList<RequestedClaim> UserInfo { get; }

    /// <summary>Names of all claims, each once.</summary>
    public IEnumerable<string> Names => IdToken.Concat(UserInfo).Select(c => c.Name).Distinct();

    /// <summary>Reads the parameter.</summary>
    /// <param name="json">The parameter; null reads as none.</param>
    /// <returns>Null when it is not a strict JSON object of the defined form, or asks for more than 64 claims.</returns>
    public static ClaimsParameter? Parse(string? json)
    {
        if (json is null) return None;
        if (!StrictJson.TryParseObject(Encoding.UTF8.GetBytes(json), out JsonDocument? document)) return null;
        using (document)
        {
            return Read(document.RootElement, "id_token") is { } idToken && Read(document.RootElement, "userinfo") is { } userInfo ? new(idToken, userInfo) : null;
        }
    }

    private static List<RequestedClaim>? Read(JsonElement root, string member)
    {
        var list = new List<RequestedClaim>();
        if (!root.TryGetProperty(member, out JsonElement claims) || claims.ValueKind == JsonValueKind.Null) return list;
        if (claims.ValueKind != JsonValueKind.Object) return null;
        foreach (JsonProperty claim in claims.EnumerateObject())
        {
            if (list.Count == MaximumClaims) return null;
            if (claim.Value.ValueKind == JsonValueKind.Null)
            {
                list.Add(new(claim.Name, false, []));
                continue;
            }
            if (claim.Value.ValueKind != JsonValueKind.Object) return null;
            var values = new List<JsonElement>();
            if (claim.Value.TryGetProperty("value", out JsonElement value)) values.Add(value.Clone());
            if (claim.Value.TryGetProperty("values", out JsonElement many))
            {
                if (many.ValueKind != JsonValueKind.Array) return null;
                foreach (JsonElement one in many.EnumerateArray()) values.Add(one.Clone());
            }
            bool essential = claim.Value.TryGetProperty("essential", out JsonElement flag) && flag.ValueKind == JsonValueKind.True;
            list.Add(new(claim.Name, essential, values));
        }
        return list;
    }
}
