using System.Text.RegularExpressions;

namespace Evergrant.House.Tests.Docs;

/// <summary>The table of docs/house-tour.md that walks a refresh: a numbered row per file.</summary>
internal static partial class Tour
{
    /// <summary>How many files a refresh may enter.</summary>
    private const int Most = 10;

    /// <summary>What is wrong with the first numbered table of the page.</summary>
    public static IEnumerable<string> Faults(string page)
    {
        List<string> files = [.. page.Split('\n').Select(line => Row().Match(line)).SkipWhile(m => !m.Success).TakeWhile(m => m.Success).Select(m => m.Groups[1].Value)];
        if (files.Count == 0)
        {
            return ["the page has no numbered table of files"];
        }
        IEnumerable<string> twice = files.GroupBy(f => f).Where(g => g.Count() > 1).Select(g => $"{g.Key} is entered {g.Count()} times");
        return files.Count > Most ? twice.Append($"{files.Count} files are entered, at most {Most} may be") : twice;
    }

    [GeneratedRegex(@"^\|\s*\d+\s*\|[^|]*?`([\w./-]+\.cs)`")]
    private static partial Regex Row();
}
