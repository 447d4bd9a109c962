using System.IO.MemoryMappedFiles;

namespace Evergrant.Fire.Native;

/// <summary>Memory shared with clock.c in another process: how far its wall clock is from the machine's.</summary>
internal sealed class WallClock : IDisposable
{
    private readonly MemoryMappedFile _mapping;
    private readonly MemoryMappedViewAccessor _view;

    public WallClock(string file)
    {
        File = file;
        _mapping = MemoryMappedFile.CreateFromFile(file, FileMode.OpenOrCreate, null, 4096);
        _view = _mapping.CreateViewAccessor();
    }

    /// <summary>The file that both map.</summary>
    public string File { get; }

    /// <summary>How far the process is ahead of the machine; negative: behind.</summary>
    public TimeSpan Offset { set => _view.Write(0, (long)value.TotalMicroseconds); }

    public void Dispose()
    {
        _view.Dispose();
        _mapping.Dispose();
    }
}
