using System.Buffers.Binary;
using System.Text;

namespace Evergrant.Fire.PowerLoss;

/// <summary>What happened to the disk, in the letters of disk.c.</summary>
internal enum DiskOperation : byte
{
    /// <summary>A name for a file; At is 1 when the file was made then.</summary>
    Named = (byte)'N',

    /// <summary>What a file held when it was first opened: on the disk already.</summary>
    Initial = (byte)'I',
    Write = (byte)'W',

    /// <summary>At is the new length.</summary>
    Truncate = (byte)'T',

    /// <summary>At is where the log was when the sync began.</summary>
    Sync = (byte)'S',

    /// <summary>A sync that failed: the kernel has forgotten that these pages were to be written.</summary>
    FailedSync = (byte)'F',

    /// <summary>As Sync, for the names in a folder.</summary>
    FolderSync = (byte)'D',
    Unlink = (byte)'U',

    /// <summary>Both paths, a zero between them.</summary>
    Rename = (byte)'R',
    Link = (byte)'L',

    /// <summary>What a client was told or asked for, appended by the one who drives the load.</summary>
    Note = (byte)'A',
}

/// <summary>One record of the log.</summary>
/// <param name="Position">Where its record begins in the log.</param>
/// <param name="Operation">What happened.</param>
/// <param name="File">The file; -1 for none.</param>
/// <param name="At">Place in the file, or as the operation says.</param>
/// <param name="Bytes">What was written, or a name.</param>
internal sealed record DiskRecord(long Position, DiskOperation Operation, int File, long At, ReadOnlyMemory<byte> Bytes)
{
    public string Text => Encoding.UTF8.GetString(Bytes.Span);
}

/// <summary>Everything that a process did to its folder, and what it answered meanwhile, in one order.</summary>
internal sealed class DiskLog
{
    private const int Head = 24;

    private DiskLog(List<DiskRecord> records) => Records = records;

    public IReadOnlyList<DiskRecord> Records { get; }

    /// <summary>Reads a log. A record that was cut off at the end, as kill -9 may leave it, did not happen.</summary>
    public static DiskLog Read(byte[] log)
    {
        List<DiskRecord> records = [];
        for (int at = 0; at + Head <= log.Length;)
        {
            ReadOnlySpan<byte> head = log.AsSpan(at, Head);
            long length = BinaryPrimitives.ReadInt64LittleEndian(head[16..]);
            if (at + Head + length > log.Length) break;
            records.Add(new(at, (DiskOperation)head[0], BinaryPrimitives.ReadInt32LittleEndian(head[4..]), BinaryPrimitives.ReadInt64LittleEndian(head[8..]), log.AsMemory(at + Head, (int)length)));
            at += Head + (int)length;
        }
        return new(records);
    }

    /// <summary>How many syncs there are.</summary>
    public int Syncs => Records.Count(r => r.Operation == DiskOperation.Sync);

    /// <summary>A note as a record of the log, to be appended with one write.</summary>
    public static byte[] Note(string text)
    {
        byte[] record = new byte[Head + Encoding.UTF8.GetByteCount(text)];
        record[0] = (byte)DiskOperation.Note;
        BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(4), -1);
        BinaryPrimitives.WriteInt64LittleEndian(record.AsSpan(16), record.Length - Head);
        Encoding.UTF8.GetBytes(text, record.AsSpan(Head));
        return record;
    }
}
