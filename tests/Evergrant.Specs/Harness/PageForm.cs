using System.Net;
using System.Text.RegularExpressions;

namespace Evergrant.Specs.Harness;

/// <summary>A field of a form; <see cref="Chosen"/> tells whether a check box is ticked.</summary>
public sealed record PageField(string Name, string Value, string Type, bool Chosen);

/// <summary>A form of a page.</summary>
public sealed partial class PageForm
{
    /// <summary>Reads a match of the form's tag (1) and content (2).</summary>
    public PageForm(Match form)
    {
        Action = Attribute(form.Groups[1].Value, "action") ?? "";
        Method = (Attribute(form.Groups[1].Value, "method") ?? "get").ToLowerInvariant();
        Fields =
        [
            .. FieldPattern().Matches(form.Groups[2].Value).Select(field => new PageField(
                Attribute(field.Value, "name") ?? "",
                Attribute(field.Value, "value") ?? "",
                field.Groups[1].Value.Equals("button", StringComparison.OrdinalIgnoreCase) ? "submit" : Attribute(field.Value, "type") ?? "text",
                CheckedPattern().IsMatch(field.Value))),
        ];
    }

    /// <summary>Where it is sent, as written.</summary>
    public string Action { get; }

    /// <summary>The method in lower case.</summary>
    public string Method { get; }

    /// <summary>Inputs and buttons in order.</summary>
    public IReadOnlyList<PageField> Fields { get; }

    /// <summary>The value of a field; null when the form lacks it.</summary>
    public string? this[string name] => Fields.FirstOrDefault(field => field.Name == name)?.Value;

    /// <summary>What a browser would send by itself: hidden fields and ticked boxes.</summary>
    public IEnumerable<(string Name, string Value)> Sent =>
        Fields.Where(one => one.Name.Length > 0 && (one.Type == "hidden" || (one.Type is "checkbox" or "radio" && one.Chosen)))
            .Select(one => (one.Name, one.Value));

    private static string? Attribute(string tag, string name)
    {
        foreach (Match attribute in AttributePattern().Matches(tag))
        {
            if (attribute.Groups[1].Value.Equals(name, StringComparison.OrdinalIgnoreCase))
                return WebUtility.HtmlDecode(attribute.Groups[2].Success ? attribute.Groups[2].Value : attribute.Groups[3].Success ? attribute.Groups[3].Value : attribute.Groups[4].Value);
        }

        return null;
    }

    [GeneratedRegex("<(input|button)\\b(?:[^>\"']|\"[^\"]*\"|'[^']*')*>", RegexOptions.IgnoreCase)]
    private static partial Regex FieldPattern();

    [GeneratedRegex("([a-zA-Z_:][-\\w:.]*)\\s*=\\s*(?:\"([^\"]*)\"|'([^']*)'|([^\\s>\"']+))")]
    private static partial Regex AttributePattern();

    [GeneratedRegex("\\schecked(?=[\\s=/>])", RegexOptions.IgnoreCase)]
    private static partial Regex CheckedPattern();
}
