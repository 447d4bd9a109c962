using System.Text;
using System.Text.Json;
using Evergrant.Protocol.Policies;
using Evergrant.Protocol.Storage;

namespace Evergrant.Sqlite;

/// <summary>The table of named policies: a document under its name.</summary>
internal sealed class Policies(Connection connection)
{
    private readonly Statement _list = new(connection, "select document from policies order by name");

    private readonly Statement _save = new(connection,
        "insert into policies (name, document) values (?1, ?2) on conflict (name) do update set document = excluded.document");

    private readonly Statement _remove = new(connection, "delete from policies where name = ?1");

    public List<PolicyDocument> List()
    {
        using Rows rows = _list.Query();
        List<PolicyDocument> found = [];
        while (rows.Next()) found.Add(JsonSerializer.Deserialize(rows.Span(0), StoredJson.Default.PolicyDocument)!);
        return found;
    }

    public void Save(PolicyDocument policy) => _save.Bind(1, policy.Name).BindText(2, Encoding.UTF8.GetBytes(policy.Text)).Run();

    public bool Remove(string name) => _remove.Bind(1, name).RunAny();
}
