namespace Evergrant.Reports;

/// <summary>One normative statement of a specification.</summary>
/// <param name="Specification">Name of its file without the extension, e.g. <c>rfc6749</c>.</param>
/// <param name="Id">Permanent id, e.g. <c>RFC6749-5.2-03</c>.</param>
/// <param name="Section">Section of the specification, e.g. <c>5.2</c>.</param>
/// <param name="Level">MUST, MUST NOT, SHOULD, SHOULD NOT or MAY.</param>
/// <param name="Role">as, rs or client.</param>
/// <param name="Text">The statement in our words.</param>
internal sealed record Row(string Specification, string Id, string Section, string Level, string Role, string Text);

/// <summary>Something to try on the server that is no statement of a specification: an attack, or a module of the conformance suite.</summary>
/// <param name="Id">What tests name: <c>ATTACK-001</c>; <c>PLAN/MODULE</c>.</param>
/// <param name="Group">Class of the attack; plan of the module.</param>
/// <param name="Tried">What is sent; null where the group and the name say it.</param>
/// <param name="Expected">What is right.</param>
internal sealed record Trial(string Id, string Group, string? Tried, string Expected)
{
    /// <summary>The id without its plan.</summary>
    public string Name => Id[(Id.IndexOf('/', StringComparison.Ordinal) + 1)..];
}

/// <summary>The rows of docs/requirements, and what was said about rows that stay uncovered.</summary>
internal sealed class Catalogue
{
    /// <summary>The levels in the order in which tables show them.</summary>
    public static readonly IReadOnlyList<string> Levels = ["MUST", "MUST NOT", "SHOULD", "SHOULD NOT", "MAY"];

    /// <summary>All rows by id, in the order of the files.</summary>
    public required IReadOnlyDictionary<string, Row> Rows { get; init; }

    /// <summary>The rows of attacks.csv.</summary>
    public required IReadOnlyList<Trial> Attacks { get; init; }

    /// <summary>The rows of oidf-op-tests.csv.</summary>
    public required IReadOnlyList<Trial> Modules { get; init; }

    /// <summary>Row id to reason, from not-covered.csv; an id may be unknown (a check says so).</summary>
    public required IReadOnlyDictionary<string, string> LeftOut { get; init; }

    /// <summary>Specification to title, from specifications.csv.</summary>
    public required IReadOnlyDictionary<string, string> Titles { get; init; }

    /// <summary>Reads every file of the folder that has the columns of the catalogue; the OIDF modules are passed over.</summary>
    public static Catalogue Read(string folder)
    {
        var rows = new OrderedDictionary<string, Row>(StringComparer.Ordinal);
        foreach (string file in Directory.GetFiles(folder, "*.csv").Order(StringComparer.Ordinal))
        {
            if (!File.ReadLines(file).First().StartsWith("id,section,level,role,requirement", StringComparison.Ordinal))
            {
                continue;
            }
            string specification = Path.GetFileNameWithoutExtension(file);
            foreach (IReadOnlyDictionary<string, string> r in Csv.ReadFile(file))
            {
                rows.Add(r["id"], new Row(specification, r["id"], r["section"], r["level"], r["role"], r["requirement"]));
            }
        }
        return new Catalogue
        {
            Rows = rows,
            Attacks = [.. Csv.ReadFile(Path.Combine(folder, "attacks.csv")).Select(r => new Trial(r["id"], r["class"], r["attack"], r["expected"]))],
            Modules = [.. Csv.ReadFile(Path.Combine(folder, "oidf-op-tests.csv")).Select(r => new Trial($"{r["plan"]}/{r["module"]}", r["plan"], null, r["checks"]))],
            LeftOut = Map(Path.Combine(folder, "not-covered.csv"), "id", "reason"),
            Titles = Map(Path.Combine(folder, "specifications.csv"), "specification", "title"),
        };
    }

    /// <summary>Whether a test may name it, and whether it may be left out.</summary>
    public bool Knows(string id) => Rows.ContainsKey(id) || Attacks.Concat(Modules).Any(t => t.Id == id || t.Name == id);

    private static Dictionary<string, string> Map(string path, string key, string value) =>
        Csv.ReadFile(path).ToDictionary(r => r[key], r => r[value], StringComparer.Ordinal);
}
