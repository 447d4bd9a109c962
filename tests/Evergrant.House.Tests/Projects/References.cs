using System.Xml.Linq;

namespace Evergrant.House.Tests.Projects;

/// <summary>Who may know whom. What is not listed is forbidden.</summary>
internal static class References
{
    /// <summary>Project to the projects it may reference.</summary>
    public static readonly IReadOnlyDictionary<string, IReadOnlyList<string>> Allowed = new Dictionary<string, IReadOnlyList<string>>
    {
        ["Evergrant.Jose"] = [],
        ["Evergrant.Protocol"] = ["Evergrant.Jose"],
        ["Evergrant.Sqlite"] = ["Evergrant.Protocol", "Evergrant.Jose"],
        ["Evergrant.Postgres"] = ["Evergrant.Protocol", "Evergrant.Jose"],
        ["Evergrant.AspNetCore"] = ["Evergrant.Protocol", "Evergrant.Jose"],
        ["Evergrant.Client"] = ["Evergrant.Jose"],
        ["Evergrant.ResourceServer"] = ["Evergrant.Jose"],
        ["Evergrant"] = ["Evergrant.AspNetCore", "Evergrant.Sqlite", "Evergrant.Postgres", "Evergrant.Protocol", "Evergrant.Jose"],
    };

    /// <summary>Faults of one project that references others.</summary>
    public static IEnumerable<string> Faults(string project, IEnumerable<string> references) =>
        Allowed.TryGetValue(project, out IReadOnlyList<string>? allowed)
            ? references.Except(allowed).Select(reference => $"{project} references {reference}")
            : [$"{project} is not in the drawing of who may know whom"];

    /// <summary>Names of the projects that a project file references.</summary>
    public static IEnumerable<string> OfProjectFile(string xml) =>
        XDocument.Parse(xml).Descendants("ProjectReference").Select(r => Path.GetFileNameWithoutExtension(((string)r.Attribute("Include")!).Replace('\\', '/')));

    /// <summary>Names of the projects that a built assembly uses.</summary>
    public static IEnumerable<string> OfAssembly(string project) =>
        Tree.AssemblyOf(project).GetReferencedAssemblies().Select(name => name.Name!)
            .Where(name => name.StartsWith("Evergrant", StringComparison.OrdinalIgnoreCase));
}
