using Evergrant.Protocol.Clients;

namespace Evergrant.Sqlite;

/// <summary>The table of scope values that belong to no API.</summary>
internal sealed class Scopes(Connection connection)
{
    private readonly Statement _list = new(connection, "select name, description, hidden from scopes order by name");

    private readonly Statement _save = new(connection,
        "insert into scopes (name, description, hidden) values (?1, ?2, ?3) on conflict (name) do update set description = excluded.description, hidden = excluded.hidden");

    private readonly Statement _remove = new(connection, "delete from scopes where name = ?1");

    public List<ScopeDescription> List()
    {
        using Rows rows = _list.Query();
        List<ScopeDescription> found = [];
        while (rows.Next()) found.Add(new(rows.Text(0), rows.TextOrNull(1), rows.Flag(2)));
        return found;
    }

    public void Save(ScopeDescription scope) => _save.Bind(1, scope.Name).Bind(2, scope.Description).Bind(3, scope.Hidden).Run();

    public bool Remove(string name) => _remove.Bind(1, name).RunAny();
}
