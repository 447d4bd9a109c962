using System.Reflection;

namespace Evergrant.House.Tests;

/// <summary>The repository on disk and the assemblies built from it.</summary>
internal static class Tree
{
    private static readonly string[] NotOurs = ["bin", "obj", "artifacts", "node_modules", ".git", ".vs", ".idea", "TestResults", "BenchmarkDotNet.Artifacts", "data"];

    /// <summary>The folder that holds Evergrant.slnx.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>True when generated files are to be rewritten rather than compared (<c>./test --accept</c>).</summary>
    public static bool Accepting { get; } = Environment.GetEnvironmentVariable("EVERGRANT_ACCEPT") == "1";

    /// <summary>Every file that could be committed, as paths from the root with slashes, sorted.</summary>
    public static IReadOnlyList<string> Files { get; } = [.. Walk(Root).Select(path => Path.GetRelativePath(Root, path)).Order(StringComparer.Ordinal)];

    /// <summary>Names of the projects in src, e.g. <c>Evergrant.Jose</c>.</summary>
    public static IReadOnlyList<string> Projects { get; } =
        [.. Files.Where(f => f.StartsWith("src/", StringComparison.Ordinal) && f.EndsWith(".csproj", StringComparison.Ordinal)).Select(f => Path.GetFileNameWithoutExtension(f))];

    /// <summary>The projects in src that others reference as packages: all but the program.</summary>
    public static IReadOnlyList<string> Libraries { get; } = [.. Projects.Where(p => p != "Evergrant")];

    /// <summary>Files below a folder with an extension.</summary>
    public static IEnumerable<string> Under(string folder, string extension) =>
        Files.Where(f => f.StartsWith(folder + "/", StringComparison.Ordinal) && f.EndsWith(extension, StringComparison.Ordinal));

    /// <summary>C# sources of src and tests, bench and samples.</summary>
    public static IEnumerable<string> Sources => Files.Where(f => f.EndsWith(".cs", StringComparison.Ordinal));

    /// <summary>Text of a file named from the root.</summary>
    public static string Read(string file) => File.ReadAllText(At(file));

    /// <summary>Full path of a file named from the root.</summary>
    public static string At(string file) => Path.Combine(Root, file);

    /// <summary>The assembly of a project in src.</summary>
    public static Assembly AssemblyOf(string project) => Assembly.Load(project == "Evergrant" ? "evergrant" : project);

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Evergrant.slnx")))
            {
                return folder.FullName;
            }
        }
        throw new InvalidOperationException("Evergrant.slnx was not found above " + AppContext.BaseDirectory);
    }

    private static IEnumerable<string> Walk(string folder) =>
        Directory.EnumerateFiles(folder).Where(f => Path.GetFileName(f) != ".git").Concat(Directory.EnumerateDirectories(folder).Where(d => !NotOurs.Contains(Path.GetFileName(d))).SelectMany(Walk));
}
