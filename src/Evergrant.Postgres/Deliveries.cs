using Evergrant.Protocol.Storage;

namespace Evergrant.Postgres;

/// <summary>The table of deliveries.</summary>
internal static class Deliveries
{
    private const string Columns = "id, kind, issuer, client_id, document, tries, due_at, expires_at";

    private const string RemoveOldSql = "delete from deliveries where id in (select id from deliveries where expires_at <= $1 order by expires_at limit $2 for update skip locked)";

    public static Statement Due(DateTimeOffset now, int limit) => new Statement($"select {Columns} from deliveries where due_at <= $1 order by due_at limit $2").Bind(now).Bind(limit);

    public static Statement Add(Delivery delivery) => new Statement($"insert into deliveries ({Columns}) values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (id) do nothing")
        .Bind(delivery.Id).Bind((long)delivery.Kind).Bind(delivery.Issuer).Bind(delivery.ClientId).Bind(delivery.Document)
        .Bind((long)delivery.Tries).Bind(delivery.DueAt).Bind(delivery.ExpiresAt);

    public static Statement Take(TakeDelivery change) =>
        new Statement("update deliveries set tries = tries + 1, due_at = $3 where id = $1 and tries = $2").Bind(change.Id).Bind((long)change.Tries).Bind(change.DueAt);

    public static Statement Remove(Guid id) => new Statement("delete from deliveries where id = $1").Bind(id);

    /// <summary>Removes what is worth nothing any more.</summary>
    public static Statement CleanUp(DateTimeOffset now, int limit) => new Statement(RemoveOldSql).Bind(now).Bind(limit);

    public static Delivery Map(Rows row) => new(row.Id(0), (DeliveryKind)row.Small(1), row.Text(2), row.Text(3), row.Text(4), row.Small(5), row.Instant(6), row.Instant(7));
}
