using System.Globalization;
using Evergrant.Protocol.Keys;

namespace Evergrant.Sqlite;

/// <summary>The tables of root keys and of the nodes that have them. The keys themselves are never here.</summary>
internal sealed class RootKeys(Connection connection)
{
    private const string Columns = "number, check_value, added_at, active_from, dropped_at";

    private readonly Statement _list = new(connection, $"select {Columns} from root_keys order by number");

    private readonly Statement _add = new(connection, $"insert into root_keys ({Columns}) values (?1, ?2, ?3, ?4, ?5) on conflict do nothing");

    private readonly Statement _activate = new(connection, "update root_keys set active_from = ?2 where number = ?1 and active_from is null and dropped_at is null");

    private readonly Statement _drop = new(connection,
        "update root_keys set dropped_at = ?3 where number = ?1 and dropped_at is null and not exists (select 1 from wrapped_secrets where key_number = ?1) " +
        "and not exists (select 1 from signing_keys where key_number = ?1 or (?2 and key_number is null))");

    private readonly Statement _forgetHolders = new(connection, "delete from root_key_holders where node = ?1 or seen_at < ?2");

    private readonly Statement _addHolder = new(connection, "insert into root_key_holders (node, numbers, seen_at) values (?1, ?2, ?3)");

    private readonly Statement _listHolders = new(connection, "select node, numbers, seen_at from root_key_holders order by node");

    public List<RootKeyRecord> List()
    {
        using Rows rows = _list.Query();
        List<RootKeyRecord> found = [];
        while (rows.Next()) found.Add(new((int)rows.Number(0), rows.Bytes(1), rows.Instant(2), rows.InstantOrNull(3), rows.InstantOrNull(4)));
        return found;
    }

    public void Add(RootKeyRecord key) => _add.Bind(1, key.Number).Bind(2, key.CheckValue).Bind(3, key.AddedAt).Bind(4, key.ActiveFrom).Bind(5, key.DroppedAt).Run();

    public bool Activate(int number, DateTimeOffset from) => _activate.Bind(1, number).Bind(2, from).RunAny();

    public bool Drop(int number, bool lowest, DateTimeOffset at) => _drop.Bind(1, number).Bind(2, lowest).Bind(3, at).RunAny();

    public void SaveHolder(RootKeyHolder holder, DateTimeOffset forgetBefore)
    {
        _forgetHolders.Bind(1, holder.Node).Bind(2, forgetBefore).Run();
        if (holder.Numbers.Count > 0) _addHolder.Bind(1, holder.Node).Bind(2, string.Join(' ', holder.Numbers)).Bind(3, holder.SeenAt).Run();
    }

    public List<RootKeyHolder> ListHolders()
    {
        using Rows rows = _listHolders.Query();
        List<RootKeyHolder> found = [];
        while (rows.Next()) found.Add(new(rows.Text(0), [.. rows.Text(1).Split(' ').Select(n => int.Parse(n, CultureInfo.InvariantCulture))], rows.Instant(2)));
        return found;
    }
}
