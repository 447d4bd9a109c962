using System.Buffers.Binary;
using Evergrant.Protocol.Grants;

namespace Evergrant.AspNetCore.Token;

/// <summary>Rows as this node wrote them last: guesses that spare a read of the store. Nothing is answered from a guess; a change that was decided on one holds only if the row still is so
/// (its generation, history, mark and state), and otherwise the row is read.</summary>
/// <remarks>A fixed number of places, each for one grant. A row takes a place when its grant comes for the second time and none that falls on the same place came between: where a node sees each
/// grant once in a long while, rows that are kept for some seconds and never found cost the collector more than all reads. Safe for concurrent use.</remarks>
internal sealed class RecentGrants
{
    // A few hundred bytes to two kilobytes each.
    private const int Places = 1 << 14;

    private readonly Grant?[] _rows = new Grant?[Places];

    // The end of the grant's identifier that came to each place last.
    private readonly ulong[] _last = new ulong[Places];

    /// <summary>The row that the holder of a credential will find, if this node wrote it and nobody else has since; null when that is not likely.</summary>
    /// <param name="credential">What was presented: of the row's own generation, or the row has moved, or will not.</param>
    public Grant? Find(GrantCredential credential) =>
        Volatile.Read(ref _rows[PlaceOf(EndOf(credential.GrantId))]) is { } row && row.Id == credential.GrantId && row.Generation == credential.Generation ? row : null;

    /// <summary>Remembers a row that was committed, if its grant has come before.</summary>
    /// <param name="row">The row after the change.</param>
    public void Keep(Grant row)
    {
        ulong end = EndOf(row.Id);
        int place = PlaceOf(end);
        if (Volatile.Read(ref _last[place]) == end || Volatile.Read(ref _rows[place])?.Id == row.Id) Volatile.Write(ref _rows[place], row);
        Volatile.Write(ref _last[place], end);
    }

    private static int PlaceOf(ulong end) => (int)end & (Places - 1);

    // The last bytes of a UUIDv7 are random.
    private static ulong EndOf(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
    }
}
