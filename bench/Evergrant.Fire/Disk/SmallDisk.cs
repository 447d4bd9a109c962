using System.Diagnostics;

namespace Evergrant.Fire.Disk;

/// <summary>A small file system in memory that can be filled to the last byte. Where it cannot be mounted (no root), it is a plain folder.</summary>
internal sealed class SmallDisk : IDisposable
{
    public SmallDisk(string folder, int megabytes)
    {
        Folder = Directory.CreateDirectory(folder).FullName;
        IsMounted = Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "evergrant-fire", Folder);
    }

    public string Folder { get; }

    public bool IsMounted { get; }

    private string Ballast => Path.Combine(Folder, "ballast");

    /// <summary>Takes all the space that there is.</summary>
    public void Fill()
    {
        byte[] block = new byte[4096];
        using FileStream file = new(Ballast, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, BufferSize = 0 });
        try
        {
            while (true) file.Write(block);
        }
        catch (IOException)
        {
            // Full, which is what was wanted.
        }
    }

    /// <summary>Gives it back.</summary>
    public void Free() => File.Delete(Ballast);

    public void Dispose()
    {
        if (IsMounted) Run("umount", "-l", Folder);
    }

    private static bool Run(string command, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
