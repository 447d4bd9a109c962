using System.Text.Json;
using Evergrant.Protocol.Authorize;

namespace Evergrant.Protocol.UserInfo;

/// <summary>Which claims of an End-User are released for which scope (OpenID Connect Core sections 5.1, 5.4, 5.5).</summary>
public static class ClaimRules
{
    private static readonly Dictionary<string, string[]> ByScope = new(StringComparer.Ordinal)
    {
        ["profile"] =
        [
            "name", "family_name", "given_name", "middle_name", "nickname", "preferred_username", "profile", "picture", "website",
            "gender", "birthdate", "zoneinfo", "locale", "updated_at",
        ],
        ["email"] = ["email", "email_verified"],
        ["address"] = ["address"],
        ["phone"] = ["phone_number", "phone_number_verified"],
    };

    /// <summary>All claim names that can be had by scope or by name, and sub.</summary>
    public static IReadOnlyList<string> Supported { get; } = ["sub", .. ByScope.Values.SelectMany(names => names), "auth_time", "acr", "amr", "sid"];

    /// <summary>Names of the claims that a scope value stands for; empty for none.</summary>
    /// <param name="scope">The value.</param>
    public static IReadOnlyList<string> Of(string scope) => ByScope.TryGetValue(scope, out string[]? names) ? names : [];

    /// <summary>Whether a claim asked for by name may be released at all, and its name can be shown: those that speak of the authentication are set elsewhere, and a language tag does not open a way to them.</summary>
    /// <param name="name">The name.</param>
    public static bool IsReleasable(string name) =>
        name.Length <= 64 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '#' or '-' or '.' or ':' or '/')
        && name.Split('#')[0] is not ("sub" or "acr" or "auth_time" or "amr" or "iss" or "aud" or "exp" or "iat" or "nonce" or "azp" or "sid");

    /// <summary>Selects the claims to release. Values that are null or empty strings are left out (section 5.3.2).</summary>
    /// <param name="all">All claims of the End-User.</param>
    /// <param name="scopes">Granted scope values whose claims are wanted; empty for none.</param>
    /// <param name="requested">Claims asked for by name.</param>
    public static Dictionary<string, JsonElement> Select(IReadOnlyDictionary<string, JsonElement> all, IEnumerable<string> scopes, IReadOnlyList<RequestedClaim> requested)
    {
        var released = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (string name in scopes.SelectMany(Of)) Add(name, null);
        foreach (RequestedClaim claim in requested)
        {
            Add(claim.Name, claim);
        }
        return released;

        void Add(string name, RequestedClaim? claim)
        {
            if (!IsReleasable(name)) return;
            // A tag that is not held is answered by what is: website#de by website (section 5.2).
            if (!all.TryGetValue(name, out JsonElement value) && !(name.IndexOf('#') is > 0 and int tag && all.TryGetValue(name = name[..tag], out value))) return;
            if (value.ValueKind == JsonValueKind.Null || (value.ValueKind == JsonValueKind.String && value.GetString()!.Length == 0)) return;
            if (claim is not null && !claim.Accepts(value)) return;
            released[name] = value;
        }
    }
}
