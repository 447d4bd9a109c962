using Evergrant.Protocol.Storage;

namespace Evergrant.Sqlite;

/// <summary>The table of what administrators changed.</summary>
internal sealed class Audit(Connection connection)
{
    private const string Columns = "id, at, actor, action, target, before, after, outcome, reason";

    private readonly Statement _add = new(connection, $"insert into audit ({Columns}) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");

    private readonly Statement _end = new(connection, "update audit set outcome = ?2, reason = ?3 where id = ?1 and outcome = 0");

    private readonly Statement _list = new(connection, $"select {Columns} from audit order by at desc, id desc limit ?1");

    private readonly Statement _removeOld = new(connection, "delete from audit where id in (select id from audit where at <= ?1 order by at limit ?2)");

    public void Add(AuditRecord record) => _add
        .Bind(1, record.Id).Bind(2, record.At).Bind(3, record.Actor).Bind(4, record.Action).Bind(5, record.Target).Bind(6, record.Before).Bind(7, record.After)
        .Bind(8, (long)record.Outcome).Bind(9, record.Reason)
        .Run();

    public void End(Guid id, AuditOutcome outcome, string? reason) => _end.Bind(1, id).Bind(2, (long)outcome).Bind(3, reason).Run();

    public List<AuditRecord> List(int limit)
    {
        using Rows rows = _list.Bind(1, limit).Query();
        List<AuditRecord> found = [];
        while (rows.Next()) found.Add(Map(rows));
        return found;
    }

    /// <summary>Removes records of an instant or before.</summary>
    public int CleanUp(DateTimeOffset upTo, int limit) => _removeOld.Bind(1, upTo).Bind(2, limit).Run();

    private static AuditRecord Map(Rows row) => new()
    {
        Id = row.Id(0),
        At = row.Instant(1),
        Actor = row.Text(2),
        Action = row.Text(3),
        Target = row.TextOrNull(4),
        Before = row.TextOrNull(5),
        After = row.TextOrNull(6),
        Outcome = (AuditOutcome)row.Number(7),
        Reason = row.TextOrNull(8),
    };
}
