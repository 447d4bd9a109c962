using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Evergrant.Jose;

/// <summary>Members that are text, in documents that <see cref="StrictJson"/> has read: any other may hold strings and names that throw when looked at.</summary>
internal static class JsonText
{
    /// <summary>True when the member is absent (<paramref name="text"/> null) or a string; false when it is anything else.</summary>
    public static bool TryOptionalText(this JsonElement parent, string name, out string? text)
    {
        text = null;
        return !parent.TryGetProperty(name, out JsonElement member) || TryText(member, out text);
    }

    /// <summary>True when the member is a string that is not empty.</summary>
    public static bool TryRequiredText(this JsonElement parent, string name, [NotNullWhen(true)] out string? text)
    {
        text = null;
        return parent.TryGetProperty(name, out JsonElement member) && TryText(member, out text) && text.Length > 0;
    }

    public static bool TryText(JsonElement element, [NotNullWhen(true)] out string? text)
    {
        text = null;
        if (element.ValueKind != JsonValueKind.String)
            return false;
        text = element.GetString()!;
        return true;
    }
}
