using Evergrant.Protocol.Storage;

namespace Evergrant.Postgres;

/// <summary>The table of handles.</summary>
internal static class Handles
{
    private const string RemoveOldSql = "delete from handles where key in (select key from handles where expires_at <= $1 order by expires_at limit $2 for update skip locked)";

    public static Statement Find(ReadOnlyMemory<byte> key) => new Statement("select key, kind, grant_id, document, expires_at from handles where key = $1").Bind(key);

    public static Statement Add(Handle handle) => new Statement("insert into handles (key, kind, grant_id, document, expires_at) values ($1, $2, $3, $4, $5) on conflict (key) do nothing")
        .Bind(handle.Key).Bind((long)handle.Kind).Bind(handle.GrantId).Bind(handle.Document).Bind(handle.ExpiresAt);

    public static Statement Remove(byte[] key) => new Statement("delete from handles where key = $1").Bind(key);

    /// <summary>Removes what has expired.</summary>
    public static Statement CleanUp(DateTimeOffset now, int limit) => new Statement(RemoveOldSql).Bind(now).Bind(limit);

    public static Handle Map(Rows row) => new(row.Bytes(0), (HandleKind)row.Small(1), row.IdOrNull(2), row.TextOrNull(3), row.Instant(4));
}
