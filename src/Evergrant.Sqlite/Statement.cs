using System.Buffers;
using System.Text;
using SQLitePCL;

namespace Evergrant.Sqlite;

/// <summary>A statement that is prepared once, at its first use, and then bound, stepped and reset. Every use binds every parameter.</summary>
/// <param name="connection">Where it runs.</param>
/// <param name="sql">One statement with parameters ?1, ?2 ….</param>
internal sealed class Statement(Connection connection, string sql)
{
    private sqlite3_stmt? _prepared;

    private sqlite3_stmt Prepared => _prepared ??= connection.Prepare(sql);

    public Statement Bind(int index, long value)
    {
        connection.Check(raw.sqlite3_bind_int64(Prepared, index, value));
        return this;
    }

    public Statement Bind(int index, long? value) => value is { } number ? Bind(index, number) : BindNull(index);

    public Statement Bind(int index, bool value) => Bind(index, value ? 1L : 0L);

    /// <summary>Milliseconds since 1970, rounded down: an end that is stored is never later than it was.</summary>
    public Statement Bind(int index, DateTimeOffset value) => Bind(index, value.ToUnixTimeMilliseconds());

    public Statement Bind(int index, DateTimeOffset? value) => value is { } at ? Bind(index, at) : BindNull(index);

    /// <summary>Sixteen bytes, big-endian.</summary>
    public Statement Bind(int index, Guid value)
    {
        Span<byte> bytes = stackalloc byte[16];
        value.TryWriteBytes(bytes, bigEndian: true, out _);
        return Bind(index, bytes);
    }

    public Statement Bind(int index, Guid? value) => value is { } id ? Bind(index, id) : BindNull(index);

    public Statement Bind(int index, ReadOnlySpan<byte> value)
    {
        connection.Check(value.IsEmpty ? raw.sqlite3_bind_zeroblob(Prepared, index, 0) : raw.sqlite3_bind_blob(Prepared, index, value));
        return this;
    }

    public Statement Bind(int index, string? value)
    {
        if (value is null) return BindNull(index);
        int most = Encoding.UTF8.GetMaxByteCount(value.Length);
        byte[]? rented = most > 512 ? ArrayPool<byte>.Shared.Rent(most) : null;
        Span<byte> buffer = rented ?? stackalloc byte[512];
        BindText(index, buffer[..Encoding.UTF8.GetBytes(value, buffer)]);
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        return this;
    }

    /// <summary>Text that is UTF-8 already.</summary>
    public Statement BindText(int index, ReadOnlySpan<byte> utf8)
    {
        // A pinned empty span is a null pointer, which SQLite takes for NULL.
        connection.Check(utf8.IsEmpty ? raw.sqlite3_bind_text(Prepared, index, "") : raw.sqlite3_bind_text(Prepared, index, utf8));
        return this;
    }

    public Statement BindNull(int index)
    {
        connection.Check(raw.sqlite3_bind_null(Prepared, index));
        return this;
    }

    /// <summary>Runs to the end; returns how many rows were touched.</summary>
    public int Run()
    {
        try
        {
            while (Step()) { }
            return connection.Changes;
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>Runs to the end; whether any row was touched.</summary>
    public bool RunAny() => Run() > 0;

    /// <summary>Begins to read rows; disposing the answer ends the read and its snapshot.</summary>
    public Rows Query() => new(this);

    /// <summary>Whether there is a row.</summary>
    public bool Any()
    {
        using Rows rows = Query();
        return rows.Next();
    }

    internal bool Step()
    {
        int code = raw.sqlite3_step(Prepared);
        return code switch
        {
            raw.SQLITE_ROW => true,
            raw.SQLITE_DONE => false,
            _ => throw connection.Error(code),
        };
    }

    // The code of a reset repeats the error of the step, which has been thrown already.
    internal void Reset() => raw.sqlite3_reset(Prepared);

    internal bool IsNull(int column) => raw.sqlite3_column_type(Prepared, column) == raw.SQLITE_NULL;

    internal long Number(int column) => raw.sqlite3_column_int64(Prepared, column);

    internal ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(Prepared, column);

    internal SharedTexts Shared => connection.Shared;
}
