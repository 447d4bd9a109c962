using System.Globalization;
using Evergrant.Protocol.Keys;

namespace Evergrant.Postgres;

/// <summary>The tables of root keys and of the nodes that have them. The keys themselves are never here.</summary>
internal static class RootKeys
{
    private const string Columns = "number, check_value, added_at, active_from, dropped_at";

    private const string DropSql =
        "update root_keys set dropped_at = $3 where number = $1 and dropped_at is null and not exists (select 1 from wrapped_secrets where key_number = $1) " +
        "and not exists (select 1 from signing_keys where key_number = $1 or ($2 and key_number is null))";

    private const string SaveHolderSql =
        "insert into root_key_holders (node, numbers, seen_at) values ($1, $2, $3) on conflict (node) do update set numbers = excluded.numbers, seen_at = excluded.seen_at";

    public static Statement List() => new($"select {Columns} from root_keys order by number");

    public static Statement Add(RootKeyRecord key) => new Statement($"insert into root_keys ({Columns}) values ($1, $2, $3, $4, $5) on conflict do nothing")
        .Bind(key.Number).Bind(key.CheckValue).Bind(key.AddedAt).Bind(key.ActiveFrom).Bind(key.DroppedAt).Always();

    public static Statement Activate(int number, DateTimeOffset from) =>
        new Statement("update root_keys set active_from = $2 where number = $1 and active_from is null and dropped_at is null").Bind(number).Bind(from);

    public static Statement Drop(int number, bool lowest, DateTimeOffset at) => new Statement(DropSql).Bind(number).Bind(lowest).Bind(at);

    public static Statement ForgetHolders(string node, DateTimeOffset before) => new Statement("delete from root_key_holders where node = $1 or seen_at < $2").Bind(node).Bind(before).Always();

    public static Statement SaveHolder(RootKeyHolder holder) => new Statement(SaveHolderSql).Bind(holder.Node).Bind(string.Join(' ', holder.Numbers)).Bind(holder.SeenAt).Always();

    public static Statement ListHolders() => new("select node, numbers, seen_at from root_key_holders order by node");

    public static RootKeyRecord Map(Rows row) => new(row.Small(0), row.Bytes(1), row.Instant(2), row.InstantOrNull(3), row.InstantOrNull(4));

    public static RootKeyHolder MapHolder(Rows row) => new(row.Text(0), [.. row.Text(1).Split(' ').Select(n => int.Parse(n, CultureInfo.InvariantCulture))], row.Instant(2));
}
