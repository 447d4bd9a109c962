using System.Collections.Concurrent;
using Evergrant.Protocol.Storage;

namespace Evergrant.Postgres;

/// <summary>The table of events, and the statement that makes a change together with its event.</summary>
internal static class Events
{
    private const string Columns =
        "reference, at, decision, refusal, error, endpoint, issuer, client_id, grant_id, presented, generation, policy, subject";

    private const int ColumnCount = 13;

    // References are short; should one come again, the older event gives way.
    private const string Replace =
        " on conflict (reference) do update set at = excluded.at, decision = excluded.decision, refusal = excluded.refusal, error = excluded.error, endpoint = excluded.endpoint, " +
        "issuer = excluded.issuer, client_id = excluded.client_id, grant_id = excluded.grant_id, presented = excluded.presented, generation = excluded.generation, " +
        "policy = excluded.policy, subject = excluded.subject";

    private const string RemoveOldSql =
        "delete from events where reference in (select reference from events where at <= $1 order by at limit $2 for update skip locked)";

    private static readonly string AddSql = $"insert into events ({Columns}) values ({Parameters(0)}){Replace}";

    private static readonly ConcurrentDictionary<string, string> Joined = new(StringComparer.Ordinal);

    public static Statement Add(EventRecord record) => new Statement(AddSql)
        .Bind(record.Reference).Bind(record.At).Bind(record.Decision).Bind(record.Refusal).Bind(record.Error).Bind(record.Endpoint)
        .Bind(record.Issuer).Bind(record.ClientId).Bind(record.GrantId).Bind(record.Presented).Bind(record.Generation)
        .Bind(record.Policy).Bind(record.Subject)
        .Always();

    /// <summary>One statement that makes the change and, if it holds, writes its event: one round trip, one transaction, one point of doubt.</summary>
    public static Statement Join(Statement change, EventRecord record)
    {
        string sql = Joined.GetOrAdd(change.Sql, static (text, of) =>
            $"with changed as ({text} returning 1), recorded as (insert into events ({Columns}) select {Parameters(of.Count)}" +
            $"{(of.IsConditional ? " where exists (select 1 from changed)" : "")}{Replace}) select count(*) from changed", change);
        return change.Joined(sql, Add(record));
    }

    public static Statement Find(string reference) => new Statement($"select {Columns} from events where reference = $1").Bind(reference);

    public static Statement List(Guid grantId) =>
        new Statement($"select {Columns} from events where grant_id = $1 order by at, reference limit 1000").Bind(grantId);

    /// <summary>Removes events of an instant or before.</summary>
    public static Statement CleanUp(DateTimeOffset upTo, int limit) => new Statement(RemoveOldSql).Bind(upTo).Bind(limit);

    public static EventRecord Map(Rows row) => new()
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

    private static string Parameters(int after) => string.Join(", ", Enumerable.Range(after + 1, ColumnCount).Select(number => $"${number}"));
}
