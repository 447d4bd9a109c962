using Evergrant.Protocol.Keys;

namespace Evergrant.Sqlite;

/// <summary>The table of secrets that are wrapped by a root key.</summary>
internal sealed class Secrets(Connection connection)
{
    private readonly Statement _list = new(connection, "select name, key_number, wrapped from wrapped_secrets order by name");

    private readonly Statement _create = new(connection, "insert into wrapped_secrets (name, key_number, wrapped) values (?1, ?2, ?3) on conflict do nothing");

    private readonly Statement _rewrap = new(connection, "update wrapped_secrets set key_number = ?2, wrapped = ?3 where name = ?1 and wrapped = ?4");

    public List<WrappedSecret> List()
    {
        using Rows rows = _list.Query();
        List<WrappedSecret> found = [];
        while (rows.Next()) found.Add(new(rows.Text(0), (int)rows.Number(1), rows.Bytes(2)));
        return found;
    }

    public bool Save(WrappedSecret? before, WrappedSecret after)
    {
        Statement statement = (before is null ? _create : _rewrap).Bind(1, after.Name).Bind(2, after.KeyNumber).Bind(3, after.Wrapped);
        return (before is null ? statement : statement.Bind(4, before.Wrapped)).RunAny();
    }
}
