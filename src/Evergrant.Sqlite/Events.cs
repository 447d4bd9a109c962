using Evergrant.Protocol.Storage;

namespace Evergrant.Sqlite;

/// <summary>The table of events.</summary>
internal sealed class Events(Connection connection)
{
    private const string Columns =
        "reference, at, decision, refusal, error, endpoint, issuer, client_id, grant_id, presented, generation, policy, subject";

    // References are short; should one come again, the older event gives way.
    private readonly Statement _add = new(connection,
        $"insert or replace into events ({Columns}) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)");

    private readonly Statement _find = new(connection, $"select {Columns} from events where reference = ?1");

    private readonly Statement _list = new(connection, $"select {Columns} from events where grant_id = ?1 order by at, rowid limit 1000");

    private readonly Statement _removeOld = new(connection,
        "delete from events where rowid in (select rowid from events where at <= ?1 order by at limit ?2)");

    public void Add(EventRecord record) => _add
        .Bind(1, record.Reference).Bind(2, record.At).Bind(3, record.Decision).Bind(4, record.Refusal).Bind(5, record.Error).Bind(6, record.Endpoint)
        .Bind(7, record.Issuer).Bind(8, record.ClientId).Bind(9, record.GrantId).Bind(10, record.Presented).Bind(11, record.Generation)
        .Bind(12, record.Policy).Bind(13, record.Subject)
        .Run();

    public EventRecord? Find(string reference)
    {
        using Rows rows = _find.Bind(1, reference).Query();
        return rows.Next() ? Map(rows) : null;
    }

    public List<EventRecord> List(Guid grantId)
    {
        using Rows rows = _list.Bind(1, grantId).Query();
        List<EventRecord> found = [];
        while (rows.Next()) found.Add(Map(rows));
        return found;
    }

    /// <summary>Removes events of an instant or before.</summary>
    public int CleanUp(DateTimeOffset upTo, int limit) => _removeOld.Bind(1, upTo).Bind(2, limit).Run();

    private static EventRecord Map(Rows row) => new()
    {
        Reference = row.Text(0),
        At = row.Instant(1),
        Decision = row.Text(2),
        Refusal = row.TextOrNull(3),
        Error = row.TextOrNull(4),
        Endpoint = row.Text(5),
        Issuer = row.TextOrNull(6),
        ClientId = row.TextOrNull(7),
        GrantId = row.IdOrNull(8),
        Presented = row.NumberOrNull(9),
        Generation = row.NumberOrNull(10),
        Policy = row.TextOrNull(11),
        Subject = row.TextOrNull(12),
    };
}
