using System.Text;
using System.Text.RegularExpressions;

namespace Evergrant.House.Tests.Docs;

/// <summary>Links, anchors and named files of a Markdown page.</summary>
internal static partial class Markdown
{
    /// <summary>Links to files and anchors that are not there.</summary>
    /// <param name="page">Path of the page from the root.</param>
    /// <param name="text">Its text.</param>
    /// <param name="read">Text of a file named from the root; the empty string for a folder; null when there is none.</param>
    public static IEnumerable<string> Faults(string page, string text, Func<string, string?> read)
    {
        foreach (string target in Links(text))
        {
            string[] parts = target.Split('#', 2);
            string file = parts[0].Length == 0 ? page : Resolve(page, parts[0]);
            string? there = parts[0].Length == 0 ? text : read(file);
            if (there is null)
            {
                yield return $"{page}: {target} is not there";
            }
            else if (parts.Length == 2 && file.EndsWith(".md", StringComparison.Ordinal) && !Anchors(there).Contains(parts[1]))
            {
                yield return $"{page}: {target} has no such heading";
            }
        }
    }

    /// <summary>Files named in backticks that no file of the tree is: a path from the root, or the end of one below src.</summary>
    public static IEnumerable<string> NamedFaults(string page, string text, IReadOnlyList<string> files) =>
        Named().Matches(Fences().Replace(text, "")).Select(m => m.Groups[1].Value)
            .Where(name => !files.Any(f => f == name || f == "src/Evergrant." + name || f == "src/" + name || f.StartsWith(name.TrimEnd('/') + "/", StringComparison.Ordinal)))
            .Select(name => $"{page}: `{name}` is not there");

    /// <summary>The ids that links to headings of the page may name.</summary>
    public static IReadOnlySet<string> Anchors(string text)
    {
        HashSet<string> anchors = [];
        foreach (Match heading in Heading().Matches(Fences().Replace(text, "")))
        {
            string slug = Slug(heading.Groups[1].Value.Trim());
            string anchor = slug;
            for (int n = 1; !anchors.Add(anchor); n++)
            {
                anchor = $"{slug}-{n}";
            }
        }
        anchors.UnionWith(Id().Matches(text).Select(m => m.Groups[1].Value));
        return anchors;
    }

    private static IEnumerable<string> Links(string text) =>
        Link().Matches(Code().Replace(Fences().Replace(text, ""), "")).Select(m => m.Groups[1].Value)
            .Where(target => !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith("mailto:", StringComparison.Ordinal));

    private static string Resolve(string page, string target)
    {
        string folder = Path.GetDirectoryName(page) ?? "";
        return Path.GetRelativePath("/", Path.GetFullPath(Path.Combine("/", folder, Uri.UnescapeDataString(target))));
    }

    // As GitHub does it: letters, digits, - and _ stay; spaces become -.
    private static string Slug(string heading)
    {
        var slug = new StringBuilder();
        foreach (char c in LinkText().Replace(heading, "$1").ToLowerInvariant())
        {
            if (char.IsLetterOrDigit(c) || c is '-' or '_')
            {
                slug.Append(c);
            }
            else if (c == ' ')
            {
                slug.Append('-');
            }
        }
        return slug.ToString();
    }

    [GeneratedRegex(@"\]\(<?([^)\s>]+)>?[^)]*\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"\[([^\]]*)\]\([^)]*\)")]
    private static partial Regex LinkText();

    [GeneratedRegex(@"^#{1,6}\s+(.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"<a id=""([^""]+)"">")]
    private static partial Regex Id();

    [GeneratedRegex(@"^(```|~~~).*?^\1", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fences();

    [GeneratedRegex("`[^`\n]+`")]
    private static partial Regex Code();

    [GeneratedRegex(@"`((?:src|tests|docs|bench|samples|Jose|Protocol|Sqlite|Postgres|AspNetCore|Client|ResourceServer)/[\w./-]*\w[\w./-]*)`")]
    private static partial Regex Named();
}
