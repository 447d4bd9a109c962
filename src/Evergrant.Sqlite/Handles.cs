using Evergrant.Protocol.Storage;

namespace Evergrant.Sqlite;

/// <summary>The table of handles.</summary>
internal sealed class Handles(Connection connection)
{
    private readonly Statement _find = new(connection, "select key, kind, grant_id, document, expires_at from handles where key = ?1");

    private readonly Statement _add = new(connection, "insert into handles (key, kind, grant_id, document, expires_at) values (?1, ?2, ?3, ?4, ?5) on conflict (key) do nothing");

    private readonly Statement _remove = new(connection, "delete from handles where key = ?1");

    private readonly Statement _removeOld = new(connection, "delete from handles where key in (select key from handles where expires_at <= ?1 order by expires_at limit ?2)");

    public Handle? Find(ReadOnlySpan<byte> key)
    {
        using Rows row = _find.Bind(1, key).Query();
        return row.Next() ? new(row.Bytes(0), (HandleKind)row.Number(1), row.IdOrNull(2), row.TextOrNull(3), row.Instant(4)) : null;
    }

    public bool Add(Handle handle) => _add.Bind(1, handle.Key).Bind(2, (long)handle.Kind).Bind(3, handle.GrantId).Bind(4, handle.Document).Bind(5, handle.ExpiresAt).RunAny();

    public bool Remove(ReadOnlySpan<byte> key) => _remove.Bind(1, key).RunAny();

    /// <summary>Removes what has expired.</summary>
    public int CleanUp(DateTimeOffset now, int limit) => _removeOld.Bind(1, now).Bind(2, limit).Run();
}
