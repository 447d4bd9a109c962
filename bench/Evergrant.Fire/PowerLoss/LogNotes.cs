using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Evergrant.Fire.PowerLoss;

/// <summary>Appends notes to the log that the shim writes from another process, each with one write(2) at the end of the file, so that both stand in one order.</summary>
/// <remarks>Safe for concurrent use. .NET's own FileMode.Append writes at a place that it remembers, which would overwrite what the other process appended.</remarks>
internal sealed partial class LogNotes : IDisposable
{
    private const int WriteOnly = 1, Create = 0x40, Append = 0x400, CloseOnExec = 0x80000, OwnerOnly = 384;

    private readonly SafeFileHandle _file;

    public LogNotes(string log)
    {
        _file = new(Open(log, WriteOnly | Create | Append | CloseOnExec, OwnerOnly), ownsHandle: true);
        if (_file.IsInvalid) throw new IOException($"{log} cannot be opened (errno {Marshal.GetLastPInvokeError()})");
    }

    /// <summary>Writes a note.</summary>
    public void Write(string text)
    {
        byte[] record = DiskLog.Note(text);
        if (Write(_file, record, record.Length) != record.Length) throw new IOException($"The log cannot be written (errno {Marshal.GetLastPInvokeError()})");
    }

    public void Dispose() => _file.Dispose();

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint Write(SafeFileHandle file, byte[] bytes, nint length);
}
