using Npgsql;

namespace Evergrant.Postgres;

/// <summary>The row that is being read. Columns count from 0; a reader ending in OrNull may meet NULL, the others may not.</summary>
/// <param name="reader">Stands on a row.</param>
internal readonly struct Rows(NpgsqlDataReader reader)
{
    public long Number(int column) => reader.GetInt64(column);

    public long? NumberOrNull(int column) => reader.IsDBNull(column) ? null : Number(column);

    public int Small(int column) => reader.GetInt32(column);

    public int? SmallOrNull(int column) => reader.IsDBNull(column) ? null : Small(column);

    public bool Flag(int column) => reader.GetBoolean(column);

    public string Text(int column) => Texts.Read(reader.GetString(column));

    public string? TextOrNull(int column) => reader.IsDBNull(column) ? null : Text(column);

    /// <summary>A JSON document, which has neither of the characters that other texts must hide.</summary>
    public string Document(int column) => reader.GetString(column);

    public byte[] Bytes(int column) => reader.GetFieldValue<byte[]>(column);

    public Guid Id(int column) => reader.GetGuid(column);

    public Guid? IdOrNull(int column) => reader.IsDBNull(column) ? null : Id(column);

    public DateTimeOffset Instant(int column) => DateTimeOffset.FromUnixTimeMilliseconds(Number(column));

    public DateTimeOffset? InstantOrNull(int column) => reader.IsDBNull(column) ? null : Instant(column);
}
