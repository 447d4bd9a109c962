using Npgsql;
using NpgsqlTypes;

namespace Evergrant.Postgres;

/// <summary>One SQL statement and the values of its parameters $1, $2 …, bound in that order. Made for one use; the server keeps its plan by the text.</summary>
/// <param name="sql">The text.</param>
internal sealed class Statement(string sql)
{
    private readonly List<NpgsqlParameter> _values = [];

    /// <summary>The text.</summary>
    public string Sql { get; private init; } = sql;

    /// <summary>How many values are bound.</summary>
    public int Count => _values.Count;

    /// <summary>Whether it means something that no row was touched: the condition did not hold.</summary>
    public bool IsConditional { get; private set; } = true;

    /// <summary>Whether it answers with one number, the rows that were touched; otherwise the server's count is the answer.</summary>
    public bool SelectsCount { get; private init; }

    public Statement Bind(long value) => Add(new NpgsqlParameter<long> { NpgsqlDbType = NpgsqlDbType.Bigint, TypedValue = value });

    public Statement Bind(long? value) => value is { } number ? Bind(number) : Null(NpgsqlDbType.Bigint);

    public Statement Bind(bool value) => Add(new NpgsqlParameter<bool> { NpgsqlDbType = NpgsqlDbType.Boolean, TypedValue = value });

    /// <summary>Milliseconds since 1970, rounded down: an end that is stored is never later than it was.</summary>
    public Statement Bind(DateTimeOffset value) => Bind(value.ToUnixTimeMilliseconds());

    public Statement Bind(DateTimeOffset? value) => value is { } at ? Bind(at) : Null(NpgsqlDbType.Bigint);

    public Statement Bind(Guid value) => Add(new NpgsqlParameter<Guid> { NpgsqlDbType = NpgsqlDbType.Uuid, TypedValue = value });

    public Statement Bind(Guid? value) => value is { } id ? Bind(id) : Null(NpgsqlDbType.Uuid);

    public Statement Bind(ReadOnlyMemory<byte> value) => Add(new NpgsqlParameter<ReadOnlyMemory<byte>> { NpgsqlDbType = NpgsqlDbType.Bytea, TypedValue = value });

    public Statement Bind(byte[] value) => Bind(value.AsMemory());

    public Statement Bind(string? value) => value is null ? Null(NpgsqlDbType.Text) : Add(new NpgsqlParameter<string> { NpgsqlDbType = NpgsqlDbType.Text, TypedValue = Texts.Write(value) });

    /// <summary>Says that it holds whatever the number of rows.</summary>
    public Statement Always()
    {
        IsConditional = false;
        return this;
    }

    /// <summary>The values of this statement and of another one, under a text that has both and selects the number of rows that this one touched.</summary>
    public Statement Joined(string sql, Statement other)
    {
        Statement joined = new(sql) { IsConditional = IsConditional, SelectsCount = true };
        joined._values.AddRange(_values);
        joined._values.AddRange(other._values);
        return joined;
    }

    /// <summary>A command with these values. A value is in one command at a time: clear the command's before the statement is run again.</summary>
    public NpgsqlCommand On(NpgsqlConnection connection)
    {
        NpgsqlCommand command = new(Sql, connection);
        foreach (NpgsqlParameter value in _values) command.Parameters.Add(value);
        return command;
    }

    private Statement Null(NpgsqlDbType type) => Add(new NpgsqlParameter { NpgsqlDbType = type, Value = DBNull.Value });

    private Statement Add(NpgsqlParameter value)
    {
        _values.Add(value);
        return this;
    }
}
