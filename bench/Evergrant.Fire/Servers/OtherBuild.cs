using System.Diagnostics;

namespace Evergrant.Fire.Servers;

/// <summary>Another build of the program: published from a commit into a temporary folder, and gone with it.</summary>
/// <param name="Program">Path of the program.</param>
/// <param name="Words">What it is, for the table.</param>
/// <param name="Schema">Version of its tables in PostgreSQL; null when that is not known.</param>
internal sealed record OtherBuild(string Program, string Words, int? Schema)
{
    /// <summary>Word for the last commit whose tables in PostgreSQL are one version older.</summary>
    public const string Older = "older";

    private const string SchemaFolder = "src/Evergrant.Postgres/Schema";

    /// <summary>Version of the tables of what stands in the repository now.</summary>
    public static async Task<int> PresentSchemaAsync(CancellationToken cancellationToken) => Directory.GetFiles(Path.Combine(await GitAsync(".", cancellationToken, "rev-parse", "--show-toplevel"), SchemaFolder), "*.sql").Length;

    /// <summary>Finds or makes it.</summary>
    /// <param name="wanted">Path of a program that is there; a commit; or <see cref="Older"/>.</param>
    /// <param name="scratch">Folder for the build.</param>
    /// <param name="say">Takes a line about what is going on.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Null when <see cref="Older"/> is wanted and no commit has tables that are one version older.</returns>
    /// <exception cref="InvalidOperationException">There is no such commit, or it cannot be built.</exception>
    public static async Task<OtherBuild?> MakeAsync(string wanted, string scratch, Action<string> say, CancellationToken cancellationToken)
    {
        if (File.Exists(wanted)) return new(Path.GetFullPath(wanted), wanted, null);
        string root = await GitAsync(".", cancellationToken, "rev-parse", "--show-toplevel");
        string? commit = wanted == Older ? await OlderAsync(root, cancellationToken) : await GitAsync(root, cancellationToken, "rev-parse", "--verify", wanted + "^{commit}");
        if (commit is null) return null;
        int schema = await SchemaAsync(root, commit, cancellationToken);
        say($"building {commit[..7]}, schema {schema}");
        string tree = Path.Combine(scratch, "tree"), output = Path.Combine(scratch, "other");
        await GitAsync(root, cancellationToken, "worktree", "add", "--detach", "--force", tree, commit);
        try
        {
            await RunAsync("dotnet", tree, cancellationToken, "publish", "src/Evergrant", "-c", "Release", "-r", "linux-x64", "--self-contained", "false", "-p:PublishReadyToRun=true", "-p:RunAnalyzers=false", "-o", output, "-v", "quiet", "--nologo");
        }
        finally
        {
            await GitAsync(root, CancellationToken.None, "worktree", "remove", "--force", tree);
        }
        return new(Path.Combine(output, "evergrant"), $"{commit[..7]} (schema {schema})", schema);
    }

    private static async Task<string?> OlderAsync(string root, CancellationToken cancellationToken)
    {
        int wanted = await PresentSchemaAsync(cancellationToken) - 1;
        foreach (string commit in (await GitAsync(root, cancellationToken, "rev-list", "--first-parent", "HEAD")).Split('\n'))
        {
            int found = await SchemaAsync(root, commit, cancellationToken);
            if (found == wanted) return commit;
            if (found < wanted) return null;
        }
        return null;
    }

    private static async Task<int> SchemaAsync(string root, string commit, CancellationToken cancellationToken) =>
        (await GitAsync(root, cancellationToken, "ls-tree", "--name-only", commit, SchemaFolder + "/")).Split('\n').Count(name => name.EndsWith(".sql", StringComparison.Ordinal));

    private static Task<string> GitAsync(string folder, CancellationToken cancellationToken, params string[] arguments) => RunAsync("git", folder, cancellationToken, arguments);

    private static async Task<string> RunAsync(string program, string folder, CancellationToken cancellationToken, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(cancellationToken), error = process.StandardError.ReadToEndAsync(cancellationToken);
        string said = await output, complained = await error;
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0 ? said.Trim() : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} failed: {complained.Trim()} {said.Trim()}");
    }
}
