using System.Text.Json;
using Evergrant.Protocol.Accounts;

namespace Evergrant.Pages;

/// <summary>What a person is called on a page.</summary>
internal static class PersonName
{
    /// <summary>The name claim; the user name when there is none.</summary>
    public static string Of(Account account)
    {
        using JsonDocument claims = JsonDocument.Parse(account.Claims);
        return claims.RootElement.TryGetProperty("name", out JsonElement name) && name.ValueKind == JsonValueKind.String && name.GetString() is { Length: > 0 } text ? text : account.UserName;
    }
}
