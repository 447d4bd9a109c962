using System.Text.Json;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Storage;

namespace Evergrant.Postgres;

/// <summary>The table of APIs that access tokens are for.</summary>
internal static class Resources
{
    private const string SaveSql = "insert into resources (identifier, document) values ($1, $2) on conflict (identifier) do update set document = excluded.document";

    public static Statement List() => new("select document from resources order by identifier");

    public static Statement Save(ApiResource resource) =>
        new Statement(SaveSql).Bind(resource.Identifier).Bind(JsonSerializer.Serialize(resource, StoredJson.Default.ApiResource)).Always();

    public static Statement Remove(string identifier) => new Statement("delete from resources where identifier = $1").Bind(identifier);

    public static ApiResource Map(Rows row) => JsonSerializer.Deserialize(row.Document(0), StoredJson.Default.ApiResource)!;
}
