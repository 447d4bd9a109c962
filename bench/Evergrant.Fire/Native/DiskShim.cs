using System.Diagnostics;
using System.Reflection;

namespace Evergrant.Fire.Native;

/// <summary>disk.c and clock.c, compiled with the machine's compiler and preloaded into the processes whose disk is watched or broken, or whose wall clock is set.</summary>
internal sealed class DiskShim
{
    private readonly string _disk, _clock;

    private DiskShim(string disk, string clock) => (_disk, _clock) = (disk, clock);

    /// <summary>Compiles them into a folder.</summary>
    /// <exception cref="InvalidOperationException">There is no compiler, or it refused.</exception>
    public static async Task<DiskShim> BuildAsync(string folder, CancellationToken cancellationToken) =>
        new(await BuildAsync(folder, "disk", cancellationToken), await BuildAsync(folder, "clock", cancellationToken));

    /// <summary>Has a process see the folder's disk through the shim.</summary>
    /// <param name="start">The process that will be started.</param>
    /// <param name="folder">Folder that is watched.</param>
    /// <param name="log">Where every call is written; null for nowhere.</param>
    /// <param name="control">Which calls fail; null for none.</param>
    /// <param name="skipSyncs">Whether syncs are recorded only, which makes them fast.</param>
    public void Preload(ProcessStartInfo start, string folder, string? log = null, DiskControl? control = null, bool skipSyncs = false)
    {
        start.Environment["LD_PRELOAD"] = _disk;
        start.Environment["FIRE_DIR"] = folder;
        if (log is not null) start.Environment["FIRE_LOG"] = log;
        if (control is not null) start.Environment["FIRE_CONTROL"] = control.File;
        if (skipSyncs) start.Environment["FIRE_NOSYNC"] = "1";
    }

    /// <summary>The environment of a process that sees the folder's disk through the shim.</summary>
    public IReadOnlyDictionary<string, string> Environment(string folder, DiskControl control) =>
        new Dictionary<string, string> { ["LD_PRELOAD"] = _disk, ["FIRE_DIR"] = folder, ["FIRE_CONTROL"] = control.File };

    /// <summary>Has a process see a wall clock that can be set.</summary>
    public void Preload(ProcessStartInfo start, WallClock clock)
    {
        start.Environment["LD_PRELOAD"] = _clock;
        start.Environment["FIRE_CLOCK"] = clock.File;
    }

    private static async Task<string> BuildAsync(string folder, string name, CancellationToken cancellationToken)
    {
        string library = Path.Combine(folder, name + ".so"), source = Path.Combine(folder, name + ".c");
        await using (Stream text = Assembly.GetExecutingAssembly().GetManifestResourceStream(name + ".c")!)
        await using (FileStream file = File.Create(source)) await text.CopyToAsync(file, cancellationToken);
        using Process compiler = Start(source, library);
        string said = await compiler.StandardError.ReadToEndAsync(cancellationToken);
        await compiler.WaitForExitAsync(cancellationToken);
        return compiler.ExitCode == 0 ? library : throw new InvalidOperationException($"{name}.c cannot be compiled:\n{said}");
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
