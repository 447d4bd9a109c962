using System.Text.RegularExpressions;
using System.Xml.Linq;
using Xunit;

namespace Evergrant.House.Tests.Projects;

public class ProjectsTests
{
    private static readonly string[] ForbiddenWords = ["Abstractions", "Core", "Common", "Shared", "Infrastructure"];

    [Fact]
    public void Every_project_file_references_only_whom_the_drawing_lets_it_know() =>
        Fault.None(Tree.Projects.SelectMany(p => References.Faults(p, References.OfProjectFile(Tree.Read($"src/{p}/{p}.csproj")))));

    [Fact]
    public void Every_assembly_uses_only_whom_the_drawing_lets_it_know() =>
        Fault.None(Tree.Projects.SelectMany(p => References.Faults(p, References.OfAssembly(p))));

    [Fact]
    public void A_forbidden_or_unknown_reference_is_found()
    {
        Assert.Equal(["Evergrant.AspNetCore references Evergrant.Sqlite"], References.Faults("Evergrant.AspNetCore", ["Evergrant.Protocol", "Evergrant.Sqlite"]));
        Assert.Single(References.Faults("Evergrant.Common", []));
        Assert.Equal(["Evergrant.Jose"], References.OfProjectFile("""<Project><ItemGroup><ProjectReference Include="..\Evergrant.Jose\Evergrant.Jose.csproj" /></ItemGroup></Project>"""));
    }

    [Fact]
    public void Every_project_lies_in_a_folder_of_its_name() =>
        Fault.None(ProjectFiles.Where(f => Path.GetFileName(Path.GetDirectoryName(f)) != Path.GetFileNameWithoutExtension(f)
            && !f.StartsWith("samples/", StringComparison.Ordinal)));

    [Fact]
    public void No_project_is_a_layer() => Fault.None(ProjectFiles.Where(IsLayer));

    [Fact]
    public void A_layer_is_found()
    {
        Assert.True(IsLayer("src/Evergrant.Core/Evergrant.Core.csproj"));
        Assert.False(IsLayer("src/Evergrant.AspNetCore/Evergrant.AspNetCore.csproj"));
    }

    [Fact]
    public void Every_project_of_src_and_tests_is_in_the_solution()
    {
        HashSet<string> listed = [.. XDocument.Parse(Tree.Read("Evergrant.slnx")).Descendants("Project").Select(p => (string)p.Attribute("Path")!)];
        Fault.None(ProjectFiles.Where(f => f.StartsWith("src/", StringComparison.Ordinal) || f.StartsWith("tests/", StringComparison.Ordinal)).Except(listed)
            .Concat(listed.Except(ProjectFiles)));
    }

    [Fact]
    public void Every_package_version_is_central() => Fault.None(ProjectFiles.SelectMany(f => PackageVersions.Faults(f, Tree.Read(f))));

    [Fact]
    public void A_version_in_a_project_file_is_found()
    {
        Assert.Single(PackageVersions.Faults("x", """<Project><ItemGroup><PackageReference Include="A" Version="1" /></ItemGroup></Project>"""));
        Assert.Single(PackageVersions.Faults("x", """<Project><ItemGroup><PackageReference Include="A"><VersionOverride>1</VersionOverride></PackageReference></ItemGroup></Project>"""));
        Assert.Empty(PackageVersions.Faults("x", """<Project><ItemGroup><PackageReference Include="A" /></ItemGroup></Project>"""));
    }

    [Fact]
    public void No_library_depends_on_a_package_that_is_not_agreed() =>
        Fault.None(Tree.Projects.SelectMany(p => PackageVersions.Packages(Tree.Read($"src/{p}/{p}.csproj"))
            .Where(package => !PackageVersions.Agreed.Contains((p, package))).Select(package => $"{p} depends on {package}")));

    [Fact]
    public void No_project_relaxes_what_all_share() => Fault.None(ProjectFiles.SelectMany(f => SharedSettings.Relaxed(f, Tree.Read(f))));

    [Fact]
    public void A_relaxed_project_is_found()
    {
        Assert.Single(SharedSettings.Relaxed("x", "<Project><PropertyGroup><Nullable>disable</Nullable></PropertyGroup></Project>"));
        Assert.Single(SharedSettings.Relaxed("x", "<Project><PropertyGroup><NoWarn>$(NoWarn);CS1591</NoWarn></PropertyGroup></Project>"));
    }

    [Fact]
    public void Warnings_are_errors_nullable_is_on_and_analyzers_run_everywhere() => Fault.None(SharedSettings.Missing(Tree.Read("Directory.Build.props")));

    [Fact]
    [Evergrant.Tests.Requirement("RFC7515-10.1-01")]
    public void Every_project_of_src_has_the_banned_symbols()
    {
        XDocument props = XDocument.Parse(Tree.Read("Directory.Build.props"));
        XElement? group = props.Descendants("ItemGroup").SingleOrDefault(g => g.Elements("AdditionalFiles").Any(a => ((string)a.Attribute("Include")!).EndsWith("BannedSymbols.txt", StringComparison.Ordinal)));
        Assert.NotNull(group);
        Assert.Equal("$(MSBuildProjectDirectory.Contains('/src/'))", (string?)group.Attribute("Condition"));
        Assert.Contains(group.Elements("PackageReference"), r => (string?)r.Attribute("Include") == "Microsoft.CodeAnalysis.BannedApiAnalyzers");
        string banned = Tree.Read("BannedSymbols.txt");
        Fault.None(new[] { "System.DateTime.UtcNow", "System.DateTime.Now", "System.DateTimeOffset.UtcNow", "System.DateTimeOffset.Now", "System.Guid.NewGuid", "System.Random", "System.Threading.Thread.Sleep" }
            .Where(symbol => !Regex.IsMatch(banned, $"^[A-Z]:{Regex.Escape(symbol)}[;(]", RegexOptions.Multiline)).Select(symbol => symbol + " is not banned"));
    }

    [Fact]
    public void Every_library_has_its_doc_comments_beside_it() =>
        Fault.None(Tree.Libraries.Where(p => !File.Exists(Path.Combine(AppContext.BaseDirectory, p + ".xml"))));

    private static IEnumerable<string> ProjectFiles => Tree.Files.Where(f => f.EndsWith(".csproj", StringComparison.Ordinal));

    private static bool IsLayer(string file) => Path.GetFileNameWithoutExtension(file).Split('.').Intersect(ForbiddenWords).Any();
}
