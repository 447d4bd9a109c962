using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Evergrant.Sqlite;

/// <summary>The two calls that .NET does not offer: a lock that is asked for by name, and opening a folder, or a file that somebody has locked.</summary>
internal static partial class Posix
{
    private const int LockExclusiveNonBlocking = 2 | 4;

    /// <summary>Takes an exclusive flock(2); false when somebody else has it. .NET's own FileShare can be switched off by an environment variable.</summary>
    public static bool TryLock(SafeFileHandle file) => OperatingSystem.IsWindows() || FLock(file, LockExclusiveNonBlocking) == 0;

    /// <summary>Makes names in a folder durable: without it a new file may be gone after a power loss, however often the file itself was synced.</summary>
    public static void SyncFolder(string folder)
    {
        if (OperatingSystem.IsWindows()) return;
        using SafeFileHandle handle = OpenForReading(folder);
        if (handle.IsInvalid) throw new IOException($"{folder} cannot be opened (errno {Marshal.GetLastPInvokeError()}).");
        RandomAccess.FlushToDisk(handle);
    }

    /// <summary>Opens a file or folder without the shared lock that .NET would take.</summary>
    public static SafeFileHandle OpenForReading(string path) => new(Open(path, 0), ownsHandle: true);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int FLock(SafeFileHandle file, int operation);
}
