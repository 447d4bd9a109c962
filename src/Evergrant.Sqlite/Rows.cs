using System.Text;

namespace Evergrant.Sqlite;

/// <summary>The rows of a statement that is being read. Columns count from 0; a reader ending in OrNull may meet NULL, the others may not.</summary>
/// <param name="statement">The bound statement.</param>
internal readonly ref struct Rows(Statement statement) : IDisposable
{
    /// <summary>Moves to the next row; false when there is none.</summary>
    public bool Next() => statement.Step();

    public long Number(int column) => statement.Number(column);

    public long? NumberOrNull(int column) => statement.IsNull(column) ? null : statement.Number(column);

    public bool Flag(int column) => statement.Number(column) != 0;

    public string Text(int column) => Encoding.UTF8.GetString(statement.Bytes(column));

    public string? TextOrNull(int column) => statement.IsNull(column) ? null : Text(column);

    /// <summary>A text that many rows share.</summary>
    public string SharedText(int column) => statement.Shared.Get(statement.Bytes(column));

    /// <summary>The bytes themselves, valid until the next row.</summary>
    public ReadOnlySpan<byte> Span(int column) => statement.Bytes(column);

    public byte[] Bytes(int column) => statement.Bytes(column).ToArray();

    public Guid Id(int column) => new(statement.Bytes(column), bigEndian: true);

    public Guid? IdOrNull(int column) => statement.IsNull(column) ? null : Id(column);

    public DateTimeOffset Instant(int column) => DateTimeOffset.FromUnixTimeMilliseconds(statement.Number(column));

    public DateTimeOffset? InstantOrNull(int column) => statement.IsNull(column) ? null : Instant(column);

    /// <summary>Ends the read.</summary>
    public void Dispose() => statement.Reset();
}
