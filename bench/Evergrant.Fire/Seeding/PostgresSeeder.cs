using System.Text.Json;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;
using Npgsql;
using NpgsqlTypes;

namespace Evergrant.Fire.Seeding;

/// <summary>Puts grants by the million into a PostgreSQL database that has the store's tables: COPY in its binary form, then what autovacuum would do in time.</summary>
internal static class PostgresSeeder
{
    // All columns that a grant needs, by name: a column that a later version adds has its default.
    private static readonly (string Name, NpgsqlDbType Type, Func<Grant, object?> Value)[] Columns =
    [
        ("id", NpgsqlDbType.Uuid, g => g.Id),
        ("issuer", NpgsqlDbType.Text, g => g.Issuer),
        ("client_id", NpgsqlDbType.Text, g => g.ClientId),
        ("subject", NpgsqlDbType.Text, g => g.Subject),
        ("session_id", NpgsqlDbType.Text, g => g.SessionId),
        ("state", NpgsqlDbType.Smallint, g => (short)g.State),
        ("generation", NpgsqlDbType.Bigint, g => g.Generation),
        ("generation_at", NpgsqlDbType.Bigint, g => Instant(g.GenerationAt)),
        ("key_number", NpgsqlDbType.Integer, g => g.KeyNumber),
        ("retries", NpgsqlDbType.Bigint, g => g.Retries.Bits),
        ("access_serial", NpgsqlDbType.Integer, g => g.AccessSerial),
        ("access_floor", NpgsqlDbType.Integer, g => g.AccessFloor),
        ("created_at", NpgsqlDbType.Bigint, g => Instant(g.CreatedAt)),
        ("idle_expires_at", NpgsqlDbType.Bigint, g => Instant(g.IdleExpiresAt)),
        ("expires_at", NpgsqlDbType.Bigint, g => Instant(g.ExpiresAt)),
        ("bound_key", NpgsqlDbType.Text, g => g.BoundKey),
        ("salt", NpgsqlDbType.Bytea, g => g.Salt),
        ("authorized", NpgsqlDbType.Text, g => JsonSerializer.Serialize(g.Authorized, StoredJson.Default.Authorized)),
        // When clean-up looks at the row: the earlier end. (The lifted comparison is false when there is none.)
        ("clean_after", NpgsqlDbType.Bigint, g => Instant(g.IdleExpiresAt < g.ExpiresAt ? g.IdleExpiresAt : g.ExpiresAt ?? g.IdleExpiresAt)),
    ];

    /// <summary>Inserts grants that are not revoked, in one transaction.</summary>
    /// <param name="connectionString">The database.</param>
    /// <param name="grants">The rows.</param>
    /// <param name="cancellationToken">Ends the work; nothing was inserted then.</param>
    /// <returns>How many were inserted.</returns>
    public static async Task<long> SeedAsync(string connectionString, IEnumerable<Grant> grants, CancellationToken cancellationToken)
    {
        // Whatever time it takes.
        await using NpgsqlConnection connection = new(connectionString + ";Command Timeout=0;Pooling=false");
        await connection.OpenAsync(cancellationToken);
        long inserted;
        await using (NpgsqlBinaryImporter copy = await connection.BeginBinaryImportAsync($"copy grants ({string.Join(", ", Columns.Select(c => c.Name))}) from stdin (format binary)", cancellationToken))
        {
            foreach (Grant grant in grants) await WriteAsync(copy, grant, cancellationToken);
            inserted = (long)await copy.CompleteAsync(cancellationToken);
        }
        await using NpgsqlCommand vacuum = new("vacuum (analyze) grants", connection);
        await vacuum.ExecuteNonQueryAsync(cancellationToken);
        return inserted;
    }

    private static async Task WriteAsync(NpgsqlBinaryImporter copy, Grant grant, CancellationToken cancellationToken)
    {
        await copy.StartRowAsync(cancellationToken);
        foreach ((_, NpgsqlDbType type, Func<Grant, object?> value) in Columns)
        {
            if (value(grant) is { } some) await copy.WriteAsync(some, type, cancellationToken);
            else await copy.WriteNullAsync(cancellationToken);
        }
    }

    private static long? Instant(DateTimeOffset? at) => at?.ToUnixTimeMilliseconds();
}
