using Evergrant.Protocol.Clients;

namespace Evergrant.Postgres;

/// <summary>The table of scope values that belong to no API.</summary>
internal static class Scopes
{
    private const string SaveSql =
        "insert into scopes (name, description, hidden) values ($1, $2, $3) on conflict (name) do update set description = excluded.description, hidden = excluded.hidden";

    public static Statement List() => new("select name, description, hidden from scopes order by name");

    public static Statement Save(ScopeDescription scope) => new Statement(SaveSql).Bind(scope.Name).Bind(scope.Description).Bind(scope.Hidden).Always();

    public static Statement Remove(string name) => new Statement("delete from scopes where name = $1").Bind(name);

    public static ScopeDescription Map(Rows row) => new(row.Text(0), row.TextOrNull(1), row.Flag(2));
}
