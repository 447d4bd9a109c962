using System.IO.MemoryMappedFiles;
using System.Text;

namespace Evergrant.Fire.Native;

/// <summary>Calls on a disk that can fail.</summary>
[Flags]
internal enum DiskCalls
{
    None = 0,
    Writes = 1,
    Truncates = 2,
    Syncs = 4,
    Opens = 8,
    Names = 16,
    Reads = 32,

    /// <summary>All that change something.</summary>
    Changes = Writes | Truncates | Syncs | Opens | Names,
}

/// <summary>How a call fails.</summary>
/// <param name="Name">For reports.</param>
/// <param name="Error">The errno.</param>
/// <param name="Half">Writes write half of their bytes; other calls fail with the errno.</param>
/// <param name="Kills">The call is not made: the process is killed, as kill -9 does.</param>
internal sealed record DiskFault(string Name, int Error, bool Half = false, bool Kills = false)
{
    public static readonly DiskFault Input = new("EIO", 5);
    public static readonly DiskFault Full = new("ENOSPC", 28);
    public static readonly DiskFault Short = new("short", 28, Half: true);
    public static readonly DiskFault ReadOnly = new("EROFS", 30);
    public static readonly DiskFault Killed = new("kill -9", 0, Kills: true);
}

/// <summary>Memory shared with the shim in another process (struct control of disk.c): what fails is chosen while it runs.</summary>
internal sealed class DiskControl : IDisposable
{
    private const int Size = 4096;
    private const int Armed = 0, Kinds = 4, Counted = 8, First = 16, Last = 24, Error = 32, How = 36, SyncDelay = 40, Injections = 48, Suffix = 56, SuffixLength = 32;

    private readonly MemoryMappedFile _mapping;
    private readonly MemoryMappedViewAccessor _view;

    public DiskControl(string file)
    {
        File = file;
        _mapping = MemoryMappedFile.CreateFromFile(file, FileMode.OpenOrCreate, null, Size);
        _view = _mapping.CreateViewAccessor();
    }

    /// <summary>The file that both map.</summary>
    public string File { get; }

    /// <summary>Calls counted since it was armed.</summary>
    public long Calls => _view.ReadInt64(Counted);

    /// <summary>Calls that failed since it was armed.</summary>
    public long Injected => _view.ReadInt64(Injections);

    /// <summary>How much longer each sync takes.</summary>
    public TimeSpan SlowSync { set => _view.Write(SyncDelay, (long)value.TotalMicroseconds); }

    /// <summary>Counts calls, and has some of them fail.</summary>
    /// <param name="calls">What is counted.</param>
    /// <param name="fault">How it fails.</param>
    /// <param name="first">The first call that fails, from 1 on; 0: none.</param>
    /// <param name="sticky">Whether all later ones fail too.</param>
    /// <param name="suffix">Only files whose path ends so; empty for all.</param>
    public void Arm(DiskCalls calls, DiskFault fault, long first, bool sticky, string suffix = "")
    {
        Disarm();
        _view.Write(Kinds, (int)calls);
        _view.Write(Counted, 0L);
        _view.Write(First, first);
        _view.Write(Last, sticky ? long.MaxValue : first);
        _view.Write(Error, fault.Error);
        _view.Write(How, fault.Kills ? 2 : fault.Half ? 1 : 0);
        _view.Write(Injections, 0L);
        byte[] ending = new byte[SuffixLength];
        Encoding.ASCII.GetBytes(suffix, ending);
        _view.WriteArray(Suffix, ending, 0, SuffixLength);
        Thread.MemoryBarrier();
        _view.Write(Armed, 1);
    }

    /// <summary>All is well with the disk.</summary>
    public void Disarm()
    {
        _view.Write(Armed, 0);
        Thread.MemoryBarrier();
    }

    public void Dispose()
    {
        _view.Dispose();
        _mapping.Dispose();
    }
}
