using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Evergrant.Load.Scenarios;

/// <summary>The form of one of the server's pages, read as a browser would fill it in.</summary>
/// <param name="Action">Where it is posted, as written in the page.</param>
/// <param name="Fields">Hidden fields and ticked boxes.</param>
internal sealed partial record Page(string Action, IReadOnlyList<(string Name, string Value)> Fields)
{
    /// <summary>The form that holds a field or button with this name, or null when the page has none.</summary>
    public static Page? WithField(ReadOnlySpan<byte> html, string name)
    {
        foreach (Match form in Forms().Matches(Encoding.UTF8.GetString(html)))
        {
            if (!form.Value.Contains($"name=\"{name}\"", StringComparison.Ordinal)) continue;
            var fields = from Match input in Inputs().Matches(form.Value)
                         let type = Attribute(input.Value, "type")
                         where type is "hidden" || (type is "checkbox" && Checked().IsMatch(input.Value))
                         select (Attribute(input.Value, "name") ?? "", Attribute(input.Value, "value") ?? "");
            return new Page(Attribute(form.Groups[1].Value, "action") ?? "", [.. fields]);
        }

        return null;
    }

    private static string? Attribute(string tag, string name)
    {
        var match = Regex.Match(tag, $"\\s{name}=\"([^\"]*)\"");
        return match.Success ? WebUtility.HtmlDecode(match.Groups[1].Value) : null;
    }

    [GeneratedRegex("<form([^>]*)>.*?</form>", RegexOptions.Singleline)]
    private static partial Regex Forms();

    [GeneratedRegex("<input[^>]*>")]
    private static partial Regex Inputs();

    [GeneratedRegex("\\schecked\\b")]
    private static partial Regex Checked();
}
