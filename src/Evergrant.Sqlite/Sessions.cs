using Evergrant.Protocol.Sessions;
using Evergrant.Protocol.Storage;

namespace Evergrant.Sqlite;

/// <summary>The table of sign-in sessions.</summary>
internal sealed class Sessions(Connection connection)
{
    private const string Columns = "key, id, subject, auth_time, amr, acr, seen_at, idle_expires_at, expires_at";

    private readonly Statement _find = new(connection, $"select {Columns} from sessions where key = ?1");

    private readonly Statement _any = new(connection, "select 1 from sessions where key = ?1");

    private readonly Statement _create = new(connection,
        $"insert into sessions ({Columns}, clean_after) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, min(?8, ?9)) on conflict (key) do nothing");

    private readonly Statement _touch = new(connection, "update sessions set seen_at = ?2, idle_expires_at = ?3 where key = ?1");

    private readonly Statement _remove = new(connection, "delete from sessions where key = ?1");

    private readonly Statement _removeOf = new(connection, "delete from sessions where subject = ?1");

    private readonly Statement _removeEnded = new(connection,
        "delete from sessions where rowid in (select rowid from sessions where clean_after <= ?1 order by clean_after limit ?2) and min(idle_expires_at, expires_at) <= ?1");

    private readonly Statement _putOff = new(connection,
        "update sessions set clean_after = min(idle_expires_at, expires_at) " +
        "where rowid in (select rowid from sessions where clean_after <= ?1 order by clean_after limit ?2) and min(idle_expires_at, expires_at) > ?1");

    public Session? Find(ReadOnlySpan<byte> key)
    {
        using Rows rows = _find.Bind(1, key).Query();
        return rows.Next() ? Map(rows) : null;
    }

    /// <summary>Whether it is there. Asked in the writer's transaction it stays so until its end.</summary>
    public bool Contains(ReadOnlySpan<byte> key) => _any.Bind(1, key).Any();

    public bool Create(Session session) => _create
        .Bind(1, session.Key).Bind(2, session.Id).Bind(3, session.Subject).Bind(4, session.AuthTime).BindText(5, Lists.Write(session.Amr))
        .Bind(6, session.Acr).Bind(7, session.SeenAt).Bind(8, session.IdleExpiresAt).Bind(9, session.ExpiresAt)
        .RunAny();

    public bool Touch(TouchSession change) => _touch.Bind(1, change.Key).Bind(2, change.SeenAt).Bind(3, change.IdleExpiresAt).RunAny();

    public bool Remove(RemoveSession change) => _remove.Bind(1, change.Key).RunAny();

    public void RemoveOf(string subject) => _removeOf.Bind(1, subject).Run();

    /// <summary>Removes sessions that ended at or before an instant; also says how many are alive and were put off.</summary>
    public (int Removed, int PutOff) CleanUp(DateTimeOffset now, int limit) =>
        (_removeEnded.Bind(1, now).Bind(2, limit).Run(), _putOff.Bind(1, now).Bind(2, limit).Run());

    private static Session Map(Rows row) => new()
    {
        Key = row.Bytes(0),
        Id = row.Text(1),
        Subject = row.Text(2),
        AuthTime = row.Instant(3),
        Amr = Lists.Read(row.Span(4)),
        Acr = row.TextOrNull(5),
        SeenAt = row.Instant(6),
        IdleExpiresAt = row.Instant(7),
        ExpiresAt = row.Instant(8),
    };
}
