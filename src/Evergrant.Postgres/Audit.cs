using Evergrant.Protocol.Storage;

namespace Evergrant.Postgres;

/// <summary>The table of what administrators changed.</summary>
internal static class Audit
{
    private const string Columns = "id, at, actor, action, target, before, after, outcome, reason";

    private const string RemoveOldSql = "delete from audit where id in (select id from audit where at <= $1 order by at limit $2 for update skip locked)";

    public static Statement Add(AuditRecord record) => new Statement($"insert into audit ({Columns}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)")
        .Bind(record.Id).Bind(record.At).Bind(record.Actor).Bind(record.Action).Bind(record.Target).Bind(record.Before).Bind(record.After)
        .Bind((long)record.Outcome).Bind(record.Reason)
        .Always();

    public static Statement End(Guid id, AuditOutcome outcome, string? reason) =>
        new Statement("update audit set outcome = $2, reason = $3 where id = $1 and outcome = 0").Bind(id).Bind((long)outcome).Bind(reason).Always();

    public static Statement List(int limit) => new Statement($"select {Columns} from audit order by at desc, id desc limit $1").Bind(limit);

    /// <summary>Removes records of an instant or before.</summary>
    public static Statement CleanUp(DateTimeOffset upTo, int limit) => new Statement(RemoveOldSql).Bind(upTo).Bind(limit);

    public static AuditRecord Map(Rows row) => new()
    {
        Id = row.Id(0),
        At = row.Instant(1),
        Actor = row.Text(2),
        Action = row.Text(3),
        Target = row.TextOrNull(4),
        Before = row.TextOrNull(5),
        After = row.TextOrNull(6),
        Outcome = (AuditOutcome)row.Small(7),
        Reason = row.TextOrNull(8),
    };
}
