using System.Globalization;
using System.Text;

namespace Evergrant.Sqlite;

/// <summary>What the store remembers of itself outside of its database, so that an older database, or one without its log, is not taken for it: evergrant.mark,
/// one line with "open" or "shut" and the latest time at which the database was written, in milliseconds.</summary>
/// <remarks>A commit is on the disk before the mark tells of it, so no crash can leave a mark that is ahead. The line is overwritten in place, within one sector.
/// It needs no sync: a mark that is behind notices less and claims nothing wrong.</remarks>
internal sealed class StoreMark : IDisposable
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "evergrant.mark";

    private const int Length = 25; // "open 1764230400123" and so on, padded with zeros to 19 digits

    private readonly FileStream _file;
    private long _latest;

    private StoreMark(FileStream file, bool wasOpen, long latest) => (_file, WasOpen, _latest) = (file, wasOpen, latest);

    /// <summary>Whether the store was in use and not closed when it was last used.</summary>
    public bool WasOpen { get; }

    /// <summary>The latest time that it tells of; 0 for none.</summary>
    public long Latest => _latest;

    /// <summary>Opens the mark of a folder that is locked; makes it when it is not there. One that cannot be read tells nothing.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public static StoreMark Open(string folder)
    {
        FileStream file = new(Path.Combine(folder, FileName), StoreLock.NewFile(FileMode.OpenOrCreate));
        try
        {
            Span<byte> line = stackalloc byte[Length];
            string text = Encoding.ASCII.GetString(line[..file.ReadAtLeast(line, Length, throwOnEndOfStream: false)]);
            return text.Length == Length && long.TryParse(text.AsSpan(5, Length - 6), NumberStyles.None, CultureInfo.InvariantCulture, out long latest)
                ? new(file, text.StartsWith("open ", StringComparison.Ordinal), latest)
                : new(file, false, 0);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Says that the store is in use; the log of the database is on the disk with a first commit in it.</summary>
    /// <param name="latest">The latest time that is in the database; 0 leaves it as it was told before.</param>
    public void SayOpen(long latest)
    {
        if (latest > 0) _latest = latest;
        Write("open");
    }

    /// <summary>Says that the store was closed with everything in the database, and has that on the disk when it returns.</summary>
    public void SayShut()
    {
        Write("shut");
        _file.Flush(flushToDisk: true);
    }

    public void Dispose() => _file.Dispose();

    private void Write(string word)
    {
        _file.Position = 0;
        _file.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{word} {_latest:D19}\n")));
        _file.Flush();
    }
}
