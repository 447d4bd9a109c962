using System.Text.RegularExpressions;

namespace Evergrant.House.Tests.Names;

/// <summary>A test's name is a sentence: a capital first, at least three words.</summary>
internal static partial class TestNames
{
    /// <summary>Names of the tests in a source that are no sentences.</summary>
    public static IEnumerable<string> Faults(string source) =>
        Test().Matches(SourceText.CodeOnly(source)).Select(m => m.Groups["name"].Value).Where(name => !Sentence().IsMatch(name));

    // Attributes of a fact or theory, up to the method's name.
    [GeneratedRegex(@"\[(Fact|Theory)\b[^{;]*?\b(void|Task|ValueTask)\s+(?<name>\w+)\s*\(")]
    private static partial Regex Test();

    [GeneratedRegex("^[A-Z][A-Za-z0-9]*(_[A-Za-z0-9]+){2,}$")]
    private static partial Regex Sentence();
}
