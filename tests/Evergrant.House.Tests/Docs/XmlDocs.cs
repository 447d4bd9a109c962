using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Evergrant.House.Tests.Docs;

/// <summary>Doc comments as the compiler wrote them beside the assembly.</summary>
internal static partial class XmlDocs
{
    /// <summary>Member id (<c>F:Namespace.Type.Member</c>) to its element.</summary>
    public static IReadOnlyDictionary<string, XElement> Of(Assembly assembly)
    {
        string path = Path.Combine(AppContext.BaseDirectory, assembly.GetName().Name + ".xml");
        return File.Exists(path)
            ? XDocument.Load(path).Descendants("member").ToDictionary(m => (string)m.Attribute("name")!, StringComparer.Ordinal)
            : new Dictionary<string, XElement>();
    }

    /// <summary>One part of a comment as a line of Markdown; the empty string when the comment lacks it.</summary>
    public static string Line(XElement? comment, string part) => Markdown(comment?.Element(part));

    private static string Markdown(XElement? element) =>
        element is null ? "" : Spaces().Replace(string.Concat(element.Nodes().Select(Node)), " ").Trim().Replace("|", "\\|", StringComparison.Ordinal);

    private static string Node(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
        XElement { Name.LocalName: "see" } see => (string?)see.Attribute("cref") is string cref ? $"`{cref[(cref.LastIndexOfAny(['.', ':']) + 1)..]}`" : $"`{(string?)see.Attribute("langword") ?? (string?)see.Attribute("href")}`",
        XElement { Name.LocalName: "paramref" } name => $"`{(string?)name.Attribute("name")}`",
        XElement other => " " + string.Concat(other.Nodes().Select(Node)) + " ",
        _ => "",
    };

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
