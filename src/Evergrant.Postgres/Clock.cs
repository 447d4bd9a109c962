using Npgsql;
using NpgsqlTypes;

namespace Evergrant.Postgres;

/// <summary>The table with the latest time that any node has gone by.</summary>
internal static class Clock
{
    private const string KeepSql = "insert into clock (id, latest) values (1, $1) on conflict (id) do update set latest = excluded.latest where clock.latest < excluded.latest";

    /// <summary>The latest time; no row when no node has run yet.</summary>
    public static Statement Latest() => new("select latest from clock");

    /// <summary>Keeps a time, if it is later than the one that is kept.</summary>
    public static async Task KeepAsync(NpgsqlConnection connection, DateTimeOffset now)
    {
        await using NpgsqlCommand command = new(KeepSql, connection);
        command.Parameters.Add(new NpgsqlParameter<long> { NpgsqlDbType = NpgsqlDbType.Bigint, TypedValue = now.ToUnixTimeMilliseconds() });
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }
}
