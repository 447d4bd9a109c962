using Evergrant.Protocol.UserInfo;
using System.Text.Json;
using Evergrant.Protocol.Accounts;
using Evergrant.Protocol.Storage;

namespace Evergrant.Accounts;

/// <summary>What is claimed about an account (OpenID Connect Core section 5.1).</summary>
internal static class AccountClaims
{
    private const int MaxLength = 16 * 1024;

    // What the protocol itself says in tokens is never taken from an account (RFC 9068 section 2.2, OpenID Connect Core section 2, RFC 7519 section 4.1).
    private static readonly HashSet<string> Reserved = new(StringComparer.Ordinal)
    {
        "iss", "sub", "aud", "exp", "nbf", "iat", "jti", "auth_time", "nonce", "acr", "amr", "azp", "at_hash", "c_hash", "s_hash", "sid", "client_id", "scope",
        "cnf", "act", "may_act", "events", "active", "token_type", "username", "updated_at", "authorization_details",
    };

    /// <summary>The claims of an account without sub, which depends on the client; null when it cannot be signed in any more.</summary>
    public static IReadOnlyDictionary<string, JsonElement>? Of(Account account)
    {
        if (account.Disabled) return null;
        Dictionary<string, JsonElement> claims = new(StringComparer.Ordinal);
        using (JsonDocument document = JsonDocument.Parse(account.Claims))
        {
            foreach (JsonProperty claim in document.RootElement.EnumerateObject())
            {
                if (!Reserved.Contains(claim.Name) && claim.Value.ValueKind != JsonValueKind.Null) claims[claim.Name] = claim.Value.Clone();
            }
        }
        claims.TryAdd("preferred_username", JsonSerializer.SerializeToElement(account.UserName));
        claims["updated_at"] = JsonSerializer.SerializeToElement(account.UpdatedAt.ToUnixTimeSeconds());
        return claims;
    }

    /// <summary>The claims of an account by its id; null when it is removed or disabled.</summary>
    /// <exception cref="StoreUnavailableException">Accounts cannot be read.</exception>
    public static async ValueTask<IReadOnlyDictionary<string, JsonElement>?> FindAsync(IAccountStore accounts, string subject, CancellationToken cancellationToken) =>
        await accounts.FindAccountAsync(subject, cancellationToken) is { } account ? Of(account) : null;

    /// <summary>What is wrong with declared claims, as a sentence; null when nothing is.</summary>
    public static string? FaultOf(JsonElement claims)
    {
        if (claims.ValueKind != JsonValueKind.Object) return "Claims are a JSON object.";
        if (claims.GetRawText().Length > MaxLength) return $"Claims have at most {MaxLength} characters.";
        foreach (JsonProperty claim in claims.EnumerateObject())
        {
            if (Reserved.Contains(claim.Name)) return $"The claim {claim.Name} is the protocol's own and cannot be declared.";
        }
        IReadOnlyList<string> faults = StandardClaims.Faults(claims);
        return faults.Count == 0 ? null : string.Join(" ", faults);
    }

    /// <summary>Compact form in which claims are stored; equal for equal claims in equal order.</summary>
    public static string ToStored(JsonElement claims) => JsonSerializer.Serialize(claims);
}
