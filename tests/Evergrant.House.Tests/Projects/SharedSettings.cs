using System.Xml.Linq;

namespace Evergrant.House.Tests.Projects;

/// <summary>What Directory.Build.props sets for all and no project takes back.</summary>
internal static class SharedSettings
{
    private static readonly Dictionary<string, string> Shared = new()
    {
        ["TargetFramework"] = "net10.0",
        ["Nullable"] = "enable",
        ["TreatWarningsAsErrors"] = "true",
        ["AnalysisLevel"] = "latest-recommended",
        ["EnforceCodeStyleInBuild"] = "true",
        ["Deterministic"] = "true",
        ["GenerateDocumentationFile"] = "true",
    };

    // A missing doc comment is an error, so nobody may silence the one that says so.
    private static readonly string[] NeverSilenced = ["CS1591", "RS0030"];

    private static readonly string[] Relaxing = ["WarningsNotAsErrors", "RunAnalyzers", "RunAnalyzersDuringBuild", "NoWarn", "ManagePackageVersionsCentrally"];

    /// <summary>Settings that the shared file lacks or has otherwise.</summary>
    public static IEnumerable<string> Missing(string props)
    {
        XDocument file = XDocument.Parse(props);
        return Shared.Where(s => file.Descendants(s.Key).FirstOrDefault()?.Value != s.Value).Select(s => $"{s.Key} is not {s.Value}")
            .Concat(file.Descendants("NoWarn").Where(n => NeverSilenced.Any(n.Value.Contains)).Select(n => "NoWarn: " + n.Value));
    }

    /// <summary>Settings of a project file that take back what all share.</summary>
    public static IEnumerable<string> Relaxed(string file, string xml) =>
        XDocument.Parse(xml).Descendants("PropertyGroup").Elements()
            .Where(e => Relaxing.Contains(e.Name.LocalName) || (Shared.TryGetValue(e.Name.LocalName, out string? value) && e.Value != value))
            .Select(e => $"{file}: {e.Name.LocalName} is {e.Value}");
}
