namespace Evergrant.Reports;

/// <summary>
/// Which rows have to be covered or left out with a reason: MUST and MUST NOT with role as, in the sections named by a file
/// with the columns specification and sections.
/// </summary>
/// <param name="Specification">File name without the extension.</param>
/// <param name="Sections"><c>*</c> is all, <c>5</c> is that section alone, <c>5.*</c> is it with all below.</param>
internal sealed record Demand(string Specification, string Sections)
{
    public static IReadOnlyList<Demand> Read(string path) =>
        [.. Csv.ReadFile(path).Select(r => new Demand(r["specification"], r["sections"]))];

    /// <summary>True when the row has to be covered or left out.</summary>
    public bool Names(Row row) =>
        row is { Role: "as", Level: "MUST" or "MUST NOT" } && row.Specification == Specification && Matches(row.Section);

    private bool Matches(string section)
    {
        if (Sections == "*")
        {
            return true;
        }
        if (!Sections.EndsWith(".*", StringComparison.Ordinal))
        {
            return section == Sections;
        }
        string root = Sections[..^2];
        return section == root || section.StartsWith(root + ".", StringComparison.Ordinal);
    }
}
