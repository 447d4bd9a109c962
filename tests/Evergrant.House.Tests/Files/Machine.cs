using System.Text.RegularExpressions;

namespace Evergrant.House.Tests.Files;

/// <summary>Paths and hosts of the machines on which somebody worked do not belong in the tree.</summary>
internal static partial class Machine
{
    private static readonly string[] Binary = [".png", ".jpg", ".ico", ".woff2", ".db", ".snk", ".gz", ".zip"];

    /// <summary>True when the file is read as text.</summary>
    public static bool IsText(string file) => !Binary.Contains(Path.GetExtension(file));

    /// <summary>Lines that name a machine.</summary>
    public static IEnumerable<string> Faults(string file, string text) =>
        text.Split('\n')
            .Select((line, index) => (line, index))
            .Where(l => MachinePath().IsMatch(l.line) || Registry().IsMatch(l.line))
            .Select(l => $"{file}:{l.index + 1}: {l.line.Trim()[..Math.Min(120, l.line.Trim().Length)]}");

    // Written in parts, so that this file does not name them itself.
    [GeneratedRegex("/wo" + "rk/|/tm" + "p/wt\\b|/tm" + "p/brief|/ro" + @"ot/\.|/ho" + "me/[a-z]+/|\\bhelper ses" + @"sion|\bearlier ses" + "sion\\b")]
    private static partial Regex MachinePath();

    // A package is resolved at the public registry or names none.
    [GeneratedRegex(@"""resolved"":\s*""https?://(?!registry\.npmjs\.org/)|\b(artifactory|nexus|verdaccio)[.:/]")]
    private static partial Regex Registry();
}
