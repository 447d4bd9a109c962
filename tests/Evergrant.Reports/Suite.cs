using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Evergrant.Reports;

/// <summary>One test method with all its cases.</summary>
/// <param name="Name">Class and method, e.g. <c>TokenTests.A_code_is_redeemed_once</c>.</param>
/// <param name="Passed">At least one case ran, and every case that ran passed.</param>
/// <param name="Ids">The rows it names.</param>
internal sealed record Test(string Name, bool Passed, IReadOnlyList<string> Ids);

/// <summary>Numbers of tests.</summary>
internal readonly record struct Total(int Passed, int Failed, int Skipped)
{
    public static Total operator +(Total a, Total b) => new(a.Passed + b.Passed, a.Failed + b.Failed, a.Skipped + b.Skipped);

    public override string ToString() => $"{Passed} passed, {Failed} failed, {Skipped} skipped";
}

/// <summary>What one suite left in the results folder: NAME.exit (exit code) and NAME.xml (xunit) or NAME.log (a last line with the total).</summary>
/// <param name="Name">Name of the suite.</param>
/// <param name="Total">Its tests; a suite that ended badly without saying so has one failure more.</param>
/// <param name="Tests">Its methods; empty for suites of other languages.</param>
/// <param name="Note">What is odd about it, or null.</param>
internal sealed partial record Suite(string Name, Total Total, IReadOnlyList<Test> Tests, string? Note)
{
    // Exit code of Microsoft.Testing.Platform when no test ran.
    private const int NoTests = 8;

    /// <summary>Reads every suite of the folder, by name.</summary>
    public static IReadOnlyList<Suite> ReadAll(string folder) =>
        [.. Directory.GetFiles(folder, "*.exit").Order(StringComparer.Ordinal).Select(Read)];

    private static Suite Read(string exitFile)
    {
        string name = Path.GetFileNameWithoutExtension(exitFile);
        int exit = int.Parse(File.ReadAllText(exitFile), CultureInfo.InvariantCulture);
        string report = Path.ChangeExtension(exitFile, ".xml");
        Suite suite = File.Exists(report) && new FileInfo(report).Length > 0
            ? FromXunit(name, XDocument.Load(report))
            : FromLog(name, Path.ChangeExtension(exitFile, ".log"));
        return suite.JudgedBy(exit);
    }

    private Suite JudgedBy(int exit)
    {
        bool ran = Total.Passed + Total.Failed > 0;
        if (exit == NoTests && !ran)
        {
            return this with { Note = Total.Skipped == 0 ? "no tests yet" : Note };
        }
        bool told = exit == 0 ? ran && Total.Failed == 0 : Total.Failed > 0;
        return told
            ? this
            : this with { Total = Total + new Total(0, 1, 0), Note = $"ended with exit code {exit}{(ran ? "" : " and no results")}" };
    }

    internal static Suite FromXunit(string name, XDocument report)
    {
        List<XElement> cases = [.. report.Descendants("test")];
        int errors = report.Descendants("assembly").Sum(a => (int?)a.Attribute("errors") ?? 0);
        var total = new Total(Count("Pass"), Count("Fail") + errors, Count("Skip") + Count("NotRun"));
        IEnumerable<Test> tests = cases
            .GroupBy(c => ((string)c.Attribute("type")!, (string)c.Attribute("method")!))
            .Select(method => new Test(
                ShortName(method.Key.Item1, method.Key.Item2),
                method.Any(c => Result(c) == "Pass") && !method.Any(c => Result(c) == "Fail"),
                [.. method.Descendants("trait").Where(t => (string?)t.Attribute("name") == "Requirement").Select(t => (string)t.Attribute("value")!).Distinct(StringComparer.Ordinal)]));
        return new Suite(name, total, [.. tests], errors > 0 ? "errors outside of tests" : null);

        int Count(string result) => cases.Count(c => Result(c) == result);
    }

    private static string Result(XElement test) => (string)test.Attribute("result")!;

    private static string ShortName(string type, string method) => type[(type.LastIndexOfAny(['.', '+']) + 1)..] + "." + method;

    private static Suite FromLog(string name, string log)
    {
        string last = File.Exists(log) ? File.ReadLines(log).LastOrDefault(line => line.Trim().Length > 0) ?? "" : "";
        Match match = LastLine().Match(last);
        return match.Success
            ? new Suite(name, new Total(Number(1), Number(2), Number(3)), [], null)
            : new Suite(name, default, [], "no last line with a total");

        int Number(int group) => int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"(\d+) passed, (\d+) failed, (\d+) skipped\s*$")]
    private static partial Regex LastLine();
}
