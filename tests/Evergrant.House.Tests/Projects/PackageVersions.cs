using System.Xml.Linq;

namespace Evergrant.House.Tests.Projects;

/// <summary>Packages: their versions are central, and src depends on few.</summary>
internal static class PackageVersions
{
    /// <summary>The packages that projects of src may depend on. A new one is a decision: add it here with the commit that says why.</summary>
    public static readonly IReadOnlySet<(string Project, string Package)> Agreed = new HashSet<(string, string)>
    {
        ("Evergrant.Sqlite", "SQLitePCLRaw.bundle_e_sqlite3"),
        ("Evergrant.Postgres", "Npgsql"),
        ("Evergrant", "System.CommandLine"),
        ("Evergrant", "Spectre.Console"),
    };

    /// <summary>References of a project file that name a version themselves.</summary>
    public static IEnumerable<string> Faults(string file, string xml) =>
        XDocument.Parse(xml).Descendants("PackageReference")
            .Where(r => Has(r, "Version") || Has(r, "VersionOverride"))
            .Select(r => $"{file}: {(string?)r.Attribute("Include")} has a version of its own");

    /// <summary>Names of the packages that a project file references.</summary>
    public static IEnumerable<string> Packages(string xml) =>
        XDocument.Parse(xml).Descendants("PackageReference").Select(r => (string)r.Attribute("Include")!);

    private static bool Has(XElement reference, string name) => reference.Attribute(name) is not null || reference.Element(name) is not null;
}
