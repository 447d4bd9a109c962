using Evergrant.Protocol.Sessions;
using Evergrant.Protocol.Storage;

namespace Evergrant.Postgres;

/// <summary>The table of sign-in sessions.</summary>
internal static class Sessions
{
    private const string Columns = "key, id, subject, auth_time, amr, acr, seen_at, idle_expires_at, expires_at";

    private const string CreateSql =
        $"insert into sessions ({Columns}, clean_after) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, least($8, $9)) on conflict (key) do nothing";

    private const string RemoveEndedSql =
        "delete from sessions where key in (select key from sessions where clean_after <= $1 order by clean_after limit $2 for update skip locked) and least(idle_expires_at, expires_at) <= $1";

    private const string PutOffSql =
        "update sessions set clean_after = least(idle_expires_at, expires_at) " +
        "where key in (select key from sessions where clean_after <= $1 order by clean_after limit $2 for update skip locked) and least(idle_expires_at, expires_at) > $1";

    public static Statement Find(ReadOnlyMemory<byte> key) => new Statement($"select {Columns} from sessions where key = $1").Bind(key);

    public static Statement Create(Session session) => new Statement(CreateSql)
        .Bind(session.Key).Bind(session.Id).Bind(session.Subject).Bind(session.AuthTime).Bind(Lists.Write(session.Amr))
        .Bind(session.Acr).Bind(session.SeenAt).Bind(session.IdleExpiresAt).Bind(session.ExpiresAt);

    public static Statement Touch(TouchSession change) =>
        new Statement("update sessions set seen_at = $2, idle_expires_at = $3 where key = $1").Bind(change.Key).Bind(change.SeenAt).Bind(change.IdleExpiresAt);

    public static Statement Remove(RemoveSession change) => new Statement("delete from sessions where key = $1").Bind(change.Key);

    public static Statement RemoveOf(string subject) => new Statement("delete from sessions where subject = $1").Bind(subject).Always();

    /// <summary>Removes sessions that ended at or before an instant; and puts off those that are alive.</summary>
    public static (Statement Remove, Statement PutOff) CleanUp(DateTimeOffset now, int limit) =>
        (new Statement(RemoveEndedSql).Bind(now).Bind(limit), new Statement(PutOffSql).Bind(now).Bind(limit));

    public static Session Map(Rows row) => new()
    {
        Key = row.Bytes(0),
        Id = row.Text(1),
        Subject = row.Text(2),
        AuthTime = row.Instant(3),
        Amr = Lists.Read(row.Document(4)),
        Acr = row.TextOrNull(5),
        SeenAt = row.Instant(6),
        IdleExpiresAt = row.Instant(7),
        ExpiresAt = row.Instant(8),
    };
}
