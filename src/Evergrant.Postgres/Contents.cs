using System.Buffers.Binary;
using System.Globalization;
using Evergrant.Protocol.Storage;
using Npgsql;
using NpgsqlTypes;

namespace Evergrant.Postgres;

/// <summary>What became of taking over another store.</summary>
/// <param name="Done">Whether everything was written; false: the database was not empty, and nothing was.</param>
/// <param name="Rows">Rows by table: those that were written, or those that were found.</param>
public sealed record TakeOver(bool Done, IReadOnlyDictionary<string, long> Rows);

/// <summary>Takes over everything that another store has, in one transaction: all of it or nothing.</summary>
internal static class Contents
{
    // What a node writes down when it starts: worth nothing while everything else is empty.
    private static readonly string[] OfNodes = ["root_keys", "root_key_holders", "wrapped_secrets", "clock"];

    /// <summary>Copies into an empty database.</summary>
    /// <param name="options">The database; its tables are there.</param>
    /// <param name="tables">What to copy.</param>
    /// <param name="told">Called now and then with a table and how many of its rows have been copied.</param>
    /// <param name="cancellationToken">Ends it; nothing was written then.</param>
    /// <exception cref="StoreUnavailableException">The database did not do its part; unless the message says otherwise, nothing was written.</exception>
    public static async Task<TakeOver> TakeAsync(PostgresOptions options, IEnumerable<StoredTable> tables, Action<StoredTable, long> told, CancellationToken cancellationToken)
    {
        bool committing = false;
        try
        {
            await using Primary source = Source(options);
            await using NpgsqlConnection connection = await source.OpenAsync(cancellationToken);
            await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
            IReadOnlyList<string> names = Migrator.Tables;
            string all = string.Join(", ", names);
            await ExecuteAsync(connection, $"lock table {all} in access exclusive mode", cancellationToken);
            Dictionary<string, long> found = await CountAsync(connection, names, cancellationToken);
            if (found.Any(f => f.Value > 0 && !OfNodes.Contains(f.Key))) return new TakeOver(false, found);
            // Also gives back what a copy that was broken off has left.
            await ExecuteAsync(connection, $"truncate {all}", cancellationToken);
            var written = new Dictionary<string, long>(StringComparer.Ordinal);
            foreach (StoredTable table in tables)
            {
                if (!names.Contains(table.Name)) throw new StoreUnavailableException($"There is no table {table.Name} to copy into; both stores must be of one version.");
                written[table.Name] = await CopyAsync(connection, table, told, cancellationToken);
            }
            Dictionary<string, long> now = await CountAsync(connection, names, cancellationToken);
            foreach ((string name, long rows) in written)
            {
                if (now[name] != rows) throw new StoreUnavailableException(string.Create(CultureInfo.InvariantCulture, $"{rows} rows were copied into {name} and {now[name]} are there; nothing was written."));
            }
            committing = true;
            await transaction.CommitAsync(CancellationToken.None);
            return new TakeOver(true, written);
        }
        catch (Exception e) when (Outcome.IsOfServer(e))
        {
            throw new StoreUnavailableException(committing && !Outcome.IsUndone(e)
                ? "PostgreSQL did not confirm the commit: everything was written or nothing. Give the command once more; it tells."
                : e is PostgresException error ? $"PostgreSQL refused (SQLSTATE {error.SqlState}: {error.MessageText}); nothing was written." : "The connection to PostgreSQL was lost; nothing was written.", e);
        }
    }

    /// <summary>Rows by table.</summary>
    /// <exception cref="StoreUnavailableException">It does not answer.</exception>
    public static async Task<IReadOnlyDictionary<string, long>> CountAsync(PostgresOptions options, CancellationToken cancellationToken)
    {
        try
        {
            await using Primary source = Source(options);
            await using NpgsqlConnection connection = await source.OpenAsync(cancellationToken);
            return await CountAsync(connection, Migrator.Tables, cancellationToken);
        }
        catch (Exception e) when (Outcome.IsOfServer(e))
        {
            throw Outcome.Refused(e);
        }
    }

    private static async Task<long> CopyAsync(NpgsqlConnection connection, StoredTable table, Action<StoredTable, long> told, CancellationToken cancellationToken)
    {
        const int TellEvery = 100_000;
        NpgsqlDbType[] types = await TypesAsync(connection, table, cancellationToken);
        long rows = 0;
        await using NpgsqlBinaryImporter copy = await connection.BeginBinaryImportAsync($"copy {table.Name} ({string.Join(", ", table.Columns)}) from stdin (format binary)", cancellationToken);
        foreach (IReadOnlyList<object?> row in table.Rows)
        {
            await copy.StartRowAsync(cancellationToken);
            for (int i = 0; i < types.Length; i++) await WriteAsync(copy, row[i], types[i], cancellationToken);
            if (++rows % TellEvery == 0) told(table, rows);
        }
        await copy.CompleteAsync(cancellationToken);
        told(table, rows);
        return rows;
    }

    private static Task WriteAsync(NpgsqlBinaryImporter copy, object? value, NpgsqlDbType type, CancellationToken cancellationToken) => value switch
    {
        null => copy.WriteNullAsync(cancellationToken),
        long number when type == NpgsqlDbType.Boolean => copy.WriteAsync(number != 0, type, cancellationToken),
        long number when type == NpgsqlDbType.Integer => copy.WriteAsync(checked((int)number), type, cancellationToken),
        long number when type == NpgsqlDbType.Smallint => copy.WriteAsync(checked((short)number), type, cancellationToken),
        long number => copy.WriteAsync(number, type, cancellationToken),
        string text => copy.WriteAsync(Texts.Write(text), type, cancellationToken),
        byte[] bytes when type == NpgsqlDbType.Uuid => copy.WriteAsync(new Guid(bytes, bigEndian: true), type, cancellationToken),
        byte[] bytes => copy.WriteAsync(bytes, type, cancellationToken),
        _ => throw new NotSupportedException($"{value.GetType().Name} is no type of a stored value."),
    };

    private static async Task<NpgsqlDbType[]> TypesAsync(NpgsqlConnection connection, StoredTable table, CancellationToken cancellationToken)
    {
        var types = new Dictionary<string, NpgsqlDbType>(StringComparer.Ordinal);
        await using NpgsqlCommand command = new($"select attname, atttypid::regtype::text from pg_attribute where attrelid = '{table.Name}'::regclass and attnum > 0 and not attisdropped", connection);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) types[reader.GetString(0)] = TypeOf(reader.GetString(1));
        return [.. table.Columns.Select(c => types.TryGetValue(c, out NpgsqlDbType type) ? type : throw new StoreUnavailableException($"The table {table.Name} has no column {c}; both stores must be of one version."))];
    }

    private static NpgsqlDbType TypeOf(string name) => name switch
    {
        "uuid" => NpgsqlDbType.Uuid,
        "bytea" => NpgsqlDbType.Bytea,
        "text" => NpgsqlDbType.Text,
        "boolean" => NpgsqlDbType.Boolean,
        "bigint" => NpgsqlDbType.Bigint,
        "integer" => NpgsqlDbType.Integer,
        "smallint" => NpgsqlDbType.Smallint,
        _ => throw new NotSupportedException($"{name} is no type of a stored column."),
    };

    private static async Task<Dictionary<string, long>> CountAsync(NpgsqlConnection connection, IReadOnlyList<string> tables, CancellationToken cancellationToken)
    {
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (string table in tables)
        {
            await using NpgsqlCommand command = new($"select count(*) from {table}", connection);
            counts[table] = (long)(await command.ExecuteScalarAsync(cancellationToken))!;
        }
        return counts;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = new(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    // A long piece of work: nothing but the end of the connection ends it.
    private static Primary Source(PostgresOptions options)
    {
        NpgsqlConnectionStringBuilder settings = Database.Forced(options);
        (settings.Pooling, settings.CommandTimeout, settings.MaxAutoPrepare) = (false, 0, 0);
        return new Primary(settings, SessionSettings.OfWork(("statement_timeout", "0"), ("lock_timeout", "10000")));
    }
}
