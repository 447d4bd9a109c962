using System.Text.RegularExpressions;

namespace Evergrant.House.Tests.Files;

/// <summary>Rules that one source file keeps or breaks by its text alone. Each gives the broken lines.</summary>
internal static partial class SourceRules
{
    /// <summary>A file longer than this opens with a line that says why it is one piece.</summary>
    public const int LongFile = 350;

    /// <summary>What is wrong with the length of a file, or null.</summary>
    public static string? Length(string file, string text)
    {
        int lines = text.AsSpan().TrimEnd('\n').Count('\n') + 1;
        return lines <= LongFile || OpeningComment().IsMatch(text.Split('\n')[0]) ? null : $"{file}: {lines} lines, and the first does not say why it is one piece";
    }

    /// <summary>Suppressions without a reason on their line.</summary>
    public static IEnumerable<string> Suppressions(string file, string text) => Lines(file, text, (line, code) =>
        (code.Contains("#pragma warning disable", StringComparison.Ordinal) && !Reason().IsMatch(line))
        || (SuppressMessage().IsMatch(code) && !Justified().IsMatch(line)));

    /// <summary>Tests left out without a reason in words.</summary>
    public static IEnumerable<string> Skips(string file, string text) => Lines(file, text, (line, code) =>
        (Skip().IsMatch(code) && !SkipReason().IsMatch(line)) || code.Contains("[Fact(Explicit", StringComparison.Ordinal));

    /// <summary>Scripts whose number is not the next one: they are run in the order of their names, and their count is the version of the store.</summary>
    public static IEnumerable<string> Numbering(string folder, IEnumerable<string> files) => files.Order(StringComparer.Ordinal)
        .Where((file, i) => !file.StartsWith(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{i + 1:0000}_"), StringComparison.Ordinal)).Select(file => $"{folder}/{file} is not the next number");

    /// <summary>Waiting by the clock of the machine.</summary>
    public static IEnumerable<string> Sleeps(string file, string text) => Lines(file, text, (_, code) => Sleep().IsMatch(code));

    /// <summary>Work left for later.</summary>
    public static IEnumerable<string> Unfinished(string file, string text) => Lines(file, text, (line, code) => Later().IsMatch(line) || code.Contains("NotImplementedException", StringComparison.Ordinal));

    /// <summary>What only tests may name.</summary>
    public static IEnumerable<string> TestOnly(string file, string text) => Lines(file, text, (line, _) => OfTests().IsMatch(line));

    private static IEnumerable<string> Lines(string file, string text, Func<string, string, bool> isBroken)
    {
        string[] lines = text.Split('\n');
        string[] code = SourceText.CodeOnly(text).Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            if (isBroken(lines[i], code[i]))
            {
                yield return $"{file}:{i + 1}: {lines[i].Trim()}";
            }
        }
    }

    // At least five words in a comment of any of our languages.
    [GeneratedRegex(@"^\uFEFF?\s*(//|/\*|@\*|#|<!--|--)\s*(\S+\s+){4,}\S")]
    private static partial Regex OpeningComment();

    [GeneratedRegex(@"//\s*(\S+\s+){2,}\S")]
    private static partial Regex Reason();

    [GeneratedRegex(@"[\[,:]\s*(System\.Diagnostics\.CodeAnalysis\.)?SuppressMessage(Attribute)?\s*\(")]
    private static partial Regex SuppressMessage();

    [GeneratedRegex(@"Justification\s*=\s*""(\S+\s+){2,}")]
    private static partial Regex Justified();

    [GeneratedRegex(@"\bSkip\s*=\s*|\bAssert\.Skip\w*\(")]
    private static partial Regex Skip();

    [GeneratedRegex(@"(\bSkip\s*=\s*|\bAssert\.Skip\w*\().*""[^""]*(\S+\s+){2,}")]
    private static partial Regex SkipReason();

    [GeneratedRegex(@"\bThread\s*\.\s*Sleep\b|\bTask\s*\.\s*Delay\b|\bThread\s*\.\s*SpinWait\b")]
    private static partial Regex Sleep();

    [GeneratedRegex(@"\b(TO" + @"DO|FIX" + @"ME|XX" + @"X|HA" + @"CK)\b")]
    private static partial Regex Later();

    [GeneratedRegex(@"\bxunit\b|\bEvergrant\.\w+\.Tests\b|\bEvergrant\.(Specs|Tests|Reports)\b|\[Requirement\(|\bFakeTime|\bFakeClock|\bTestServer\b", RegexOptions.IgnoreCase)]
    private static partial Regex OfTests();
}
