using System.Diagnostics;
using System.Reflection;

namespace Evergrant.Fire.Native;

/// <summary>disk.c, compiled with the machine's compiler and preloaded into the processes whose disk is watched or broken.</summary>
internal sealed class DiskShim
{
    private DiskShim(string library) => Library = library;

    /// <summary>Path of the library.</summary>
    public string Library { get; }

    /// <summary>Compiles it once into a folder.</summary>
    /// <exception cref="InvalidOperationException">There is no compiler, or it refused.</exception>
    public static async Task<DiskShim> BuildAsync(string folder, CancellationToken cancellationToken)
    {
        string library = Path.Combine(folder, "disk.so"), source = Path.Combine(folder, "disk.c");
        if (File.Exists(library)) return new(library);
        await using (Stream text = Assembly.GetExecutingAssembly().GetManifestResourceStream("disk.c")!)
        await using (FileStream file = File.Create(source)) await text.CopyToAsync(file, cancellationToken);
        using Process compiler = Start(source, library);
        string said = await compiler.StandardError.ReadToEndAsync(cancellationToken);
        await compiler.WaitForExitAsync(cancellationToken);
        return compiler.ExitCode == 0 ? new(library) : throw new InvalidOperationException($"disk.c cannot be compiled:\n{said}");
    }

    /// <summary>Has a process see the folder's disk through the shim.</summary>
    /// <param name="start">The process that will be started.</param>
    /// <param name="folder">Folder that is watched.</param>
    /// <param name="log">Where every call is written; null for nowhere.</param>
    /// <param name="control">Which calls fail; null for none.</param>
    /// <param name="skipSyncs">Whether syncs are recorded only, which makes them fast.</param>
    public void Preload(ProcessStartInfo start, string folder, string? log = null, DiskControl? control = null, bool skipSyncs = false)
    {
        start.Environment["LD_PRELOAD"] = Library;
        start.Environment["FIRE_DIR"] = folder;
        if (log is not null) start.Environment["FIRE_LOG"] = log;
        if (control is not null) start.Environment["FIRE_CONTROL"] = control.File;
        if (skipSyncs) start.Environment["FIRE_NOSYNC"] = "1";
    }

    private static Process Start(string source, string library)
    {
        try
        {
            return Process.Start(new ProcessStartInfo("cc", ["-O2", "-shared", "-fPIC", "-o", library, source, "-ldl", "-lpthread"]) { RedirectStandardError = true })!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new InvalidOperationException("A C compiler is needed: apt-get install gcc libc6-dev", e);
        }
    }
}
