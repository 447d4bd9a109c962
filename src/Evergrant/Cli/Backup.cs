using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Evergrant.Hosting;

namespace Evergrant.Cli;

/// <summary>backup: a copy of the store, taken while it serves. The root key is not in it, on purpose.</summary>
internal static class Backup
{
    private static readonly Argument<string> File = new("file") { Description = "The file to make; nothing may be there" };

    /// <summary>The command.</summary>
    public static Command Command(Execution execution)
    {
        var command = new Command("backup", "Copy the store into a file while it serves") { File };
        command.SetAction((parse, cancellationToken) => execution.ChangeAsync(parse, (invocation, c) => CopyAsync(invocation, parse, c), cancellationToken));
        return command;
    }

    private static async Task<int> CopyAsync(Invocation invocation, ParseResult parse, CancellationToken cancellationToken)
    {
        if (invocation.On.Store.File is not { } file) return invocation.Refuse(DatabaseTools.Instead(invocation.On.Store.Database!.Address));
        // Where the command was given, which need not be where the server runs.
        string path = Path.GetFullPath(parse.GetRequiredValue(File), invocation.Folder);
        try
        {
            await invocation.Changes.ChangeAsync("copy of the store", before: null, new JsonObject { ["file"] = path }, c => file.BackupAsync(path, c), cancellationToken);
        }
        catch (IOException e)
        {
            return invocation.Refuse(e.Message);
        }
        invocation.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Copied the store to {path} ({new FileInfo(path).Length:N0} bytes)."));
        invocation.Out.WriteLine($"Keep the root keys elsewhere: the copy is worth nothing without it, and much together with it.");
        return ExitCode.Done;
    }
}
