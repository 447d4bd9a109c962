using System.Globalization;
using System.Net.Mail;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Evergrant.Protocol.UserInfo;

/// <summary>The forms of the standard claims (OpenID Connect Core section 5.1): what is stored is what clients will read.</summary>
public static partial class StandardClaims
{
    private static readonly string[] Texts =
        ["name", "family_name", "given_name", "middle_name", "nickname", "preferred_username", "profile", "picture", "website", "gender", "birthdate", "zoneinfo", "locale", "email", "phone_number"];

    /// <summary>What is wrong with claims, each as a sentence; empty when nothing is. Claims that the section does not define are not judged.</summary>
    /// <param name="claims">A JSON object.</param>
    public static IReadOnlyList<string> Faults(JsonElement claims)
    {
        var faults = new List<string>();
        foreach (JsonProperty claim in claims.EnumerateObject())
        {
            if (FaultOf(claim.Name, claim.Value, claims) is { } fault) faults.Add($"The claim {claim.Name} {fault}.");
        }
        return faults;
    }

    private static string? FaultOf(string name, JsonElement value, JsonElement claims)
    {
        if (Texts.Contains(name) && value.ValueKind != JsonValueKind.String) return "is not a text";
        return name switch
        {
            "email" => MailAddress.TryCreate(value.GetString(), out MailAddress? address) && address.Address == value.GetString() ? null : "is not an address (RFC 5322 addr-spec)",
            "email_verified" or "phone_number_verified" => value.ValueKind is JsonValueKind.True or JsonValueKind.False ? null : "is neither true nor false",
            "updated_at" => value.ValueKind == JsonValueKind.Number ? null : "is not a number of seconds",
            "address" => value.ValueKind == JsonValueKind.Object && value.EnumerateObject().All(part => part.Value.ValueKind == JsonValueKind.String) ? null : "is not an object of texts",
            "birthdate" => IsBirthdate(value.GetString()!) ? null : "is neither YYYY-MM-DD, 0000-MM-DD nor YYYY",
            "zoneinfo" => Zone().IsMatch(value.GetString()!) ? null : "is not a time zone name such as Europe/Paris",
            "locale" => Locale().IsMatch(value.GetString()!) ? null : "is not a language tag such as de-CH (BCP 47)",
            "phone_number" when claims.TryGetProperty("phone_number_verified", out JsonElement verified) && verified.ValueKind == JsonValueKind.True =>
                Phone().IsMatch(value.GetString()!) ? null : "is verified but not in E.164 form such as +14155552671",
            _ => null,
        };
    }

    private static bool IsBirthdate(string text) =>
        Year().IsMatch(text)
        // A leap year stands in for the year that is not told.
        || DateOnly.TryParseExact(text.StartsWith("0000", StringComparison.Ordinal) ? "2000" + text[4..] : text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    [GeneratedRegex("^[0-9]{4}$")]
    private static partial Regex Year();

    [GeneratedRegex("^(UTC|[A-Za-z_]+(/[A-Za-z0-9_+-]+)+)$")]
    private static partial Regex Zone();

    [GeneratedRegex("^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$")]
    private static partial Regex Locale();

    [GeneratedRegex("^\\+[1-9][0-9]{1,14}(;ext=[0-9]+)?$")]
    private static partial Regex Phone();
}
