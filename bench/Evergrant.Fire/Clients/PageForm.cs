using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Evergrant.Fire.Clients;

/// <summary>A form of a page, as far as the visitor needs it.</summary>
/// <param name="Action">Where it posts to.</param>
/// <param name="Fields">Hidden fields and ticked boxes, encoded as a form.</param>
internal sealed partial record PageForm(string Action, string Fields)
{
    /// <summary>The form that holds a field or button with this name, or null when the page has none.</summary>
    public static PageForm? WithField(ReadOnlySpan<byte> html, string name)
    {
        foreach (Match form in Forms().Matches(Encoding.UTF8.GetString(html)))
        {
            if (!form.Value.Contains($"name=\"{name}\"", StringComparison.Ordinal)) continue;
            IEnumerable<string> fields = from Match input in Inputs().Matches(form.Value)
                                         let type = Attribute(input.Value, "type")
                                         where type is "hidden" || (type is "checkbox" && input.Value.Contains(" checked", StringComparison.Ordinal))
                                         select $"{Uri.EscapeDataString(Attribute(input.Value, "name") ?? "")}={Uri.EscapeDataString(Attribute(input.Value, "value") ?? "")}&";
            return new PageForm(Attribute(form.Groups[1].Value, "action") ?? "", string.Concat(fields));
        }
        return null;
    }

    private static string? Attribute(string tag, string name)
    {
        Match match = Regex.Match(tag, $"\\s{name}=\"([^\"]*)\"");
        return match.Success ? WebUtility.HtmlDecode(match.Groups[1].Value) : null;
    }

    [GeneratedRegex("<form([^>]*)>.*?</form>", RegexOptions.Singleline)]
    private static partial Regex Forms();

    [GeneratedRegex("<input[^>]*>")]
    private static partial Regex Inputs();
}
