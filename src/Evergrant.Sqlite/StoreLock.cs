using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Evergrant.Sqlite;

/// <summary>An exclusive lock on a folder, held for as long as the store is open and let go by the kernel when the process dies.</summary>
internal sealed class StoreLock : IDisposable
{
    /// <summary>Name of the lock file; it stays behind, and holds the id of the process that had it last.</summary>
    public const string FileName = "evergrant.lock";

    private readonly FileStream _file;

    private StoreLock(FileStream file) => _file = file;

    /// <summary>Locks a folder.</summary>
    /// <exception cref="StoreInUseException">Somebody else has it.</exception>
    public static StoreLock Take(string folder)
    {
        string path = Path.Combine(folder, FileName);
        FileStream file;
        try
        {
            file = new FileStream(path, NewFile(FileMode.OpenOrCreate));
        }
        catch (IOException e) when (IsSharingViolation(e))
        {
            throw new StoreInUseException(folder, ReadProcessId(path));
        }
        if (!Posix.TryLock(file.SafeFileHandle))
        {
            file.Dispose();
            throw new StoreInUseException(folder, ReadProcessId(path));
        }
        try
        {
            byte[] pid = Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n");
            file.SetLength(0);
            file.Write(pid);
            file.Flush();
            return new(file);
        }
        catch
        {
            // A disk that refuses the id must not leave the folder locked by nobody.
            file.Dispose();
            throw;
        }
    }

    /// <summary>Options for a file that only its owner may read and that nobody else may have open.</summary>
    internal static FileStreamOptions NewFile(FileMode mode)
    {
        FileStreamOptions options = new() { Mode = mode, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }

    public void Dispose() => _file.Dispose();

    // EAGAIN of Linux, EWOULDBLOCK of macOS, ERROR_SHARING_VIOLATION of Windows.
    private static bool IsSharingViolation(IOException e) => e.HResult is 11 or 35 or unchecked((int)0x80070020);

    private static int? ReadProcessId(string path)
    {
        if (OperatingSystem.IsWindows()) return null;
        using SafeFileHandle file = Posix.OpenForReading(path);
        if (file.IsInvalid) return null;
        Span<byte> text = stackalloc byte[16];
        int read = RandomAccess.Read(file, text, 0);
        return int.TryParse(Encoding.ASCII.GetString(text[..read]), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out int id) ? id : null;
    }
}
