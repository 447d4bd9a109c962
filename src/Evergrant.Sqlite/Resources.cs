using System.Text.Json;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Storage;

namespace Evergrant.Sqlite;

/// <summary>The table of APIs that access tokens are for.</summary>
internal sealed class Resources(Connection connection)
{
    private readonly Statement _list = new(connection, "select document from resources order by identifier");

    private readonly Statement _save = new(connection,
        "insert into resources (identifier, document) values (?1, ?2) on conflict (identifier) do update set document = excluded.document");

    private readonly Statement _remove = new(connection, "delete from resources where identifier = ?1");

    public List<ApiResource> List()
    {
        using Rows rows = _list.Query();
        List<ApiResource> found = [];
        while (rows.Next()) found.Add(JsonSerializer.Deserialize(rows.Span(0), StoredJson.Default.ApiResource)!);
        return found;
    }

    public void Save(ApiResource resource) => _save
        .Bind(1, resource.Identifier).BindText(2, JsonSerializer.SerializeToUtf8Bytes(resource, StoredJson.Default.ApiResource))
        .Run();

    public bool Remove(string identifier) => _remove.Bind(1, identifier).RunAny();
}
