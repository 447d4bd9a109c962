using Evergrant.Protocol.Storage;

namespace Evergrant.Sqlite;

/// <summary>The table of deliveries.</summary>
internal sealed class Deliveries(Connection connection)
{
    private const string Columns = "id, kind, issuer, client_id, document, tries, due_at, expires_at";

    private readonly Statement _due = new(connection, $"select {Columns} from deliveries where due_at <= ?1 order by due_at limit ?2");

    private readonly Statement _add = new(connection, $"insert into deliveries ({Columns}) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) on conflict (id) do nothing");

    private readonly Statement _take = new(connection, "update deliveries set tries = tries + 1, due_at = ?3 where id = ?1 and tries = ?2");

    private readonly Statement _remove = new(connection, "delete from deliveries where id = ?1");

    private readonly Statement _removeOld = new(connection, "delete from deliveries where id in (select id from deliveries where expires_at <= ?1 order by expires_at limit ?2)");

    public List<Delivery> Due(DateTimeOffset now, int limit)
    {
        using Rows rows = _due.Bind(1, now).Bind(2, limit).Query();
        List<Delivery> due = [];
        while (rows.Next())
        {
            due.Add(new(rows.Id(0), (DeliveryKind)rows.Number(1), rows.SharedText(2), rows.SharedText(3), rows.Text(4), (int)rows.Number(5), rows.Instant(6), rows.Instant(7)));
        }
        return due;
    }

    public bool Add(Delivery delivery) => _add
        .Bind(1, delivery.Id).Bind(2, (long)delivery.Kind).Bind(3, delivery.Issuer).Bind(4, delivery.ClientId).Bind(5, delivery.Document)
        .Bind(6, delivery.Tries).Bind(7, delivery.DueAt).Bind(8, delivery.ExpiresAt)
        .RunAny();

    public bool Take(TakeDelivery change) => _take.Bind(1, change.Id).Bind(2, change.Tries).Bind(3, change.DueAt).RunAny();

    public bool Remove(Guid id) => _remove.Bind(1, id).RunAny();

    /// <summary>Removes what is worth nothing any more.</summary>
    public int CleanUp(DateTimeOffset now, int limit) => _removeOld.Bind(1, now).Bind(2, limit).Run();
}
