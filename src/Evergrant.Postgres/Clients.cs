using System.Text.Json;
using System.Text.Json.Serialization;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Storage;

namespace Evergrant.Postgres;

/// <summary>The table of clients: a document under its issuer and id.</summary>
internal static class Clients
{
    private const string SaveSql =
        "insert into clients (issuer, client_id, document) values ($1, $2, $3) on conflict (issuer, client_id) do update set document = excluded.document";

    // A row that an earlier version wrote has no revision.
    private const string ChangeSql =
        "insert into clients (issuer, client_id, document) select $1, $2, $3 where $4 = 0 or exists (select 1 from clients where issuer = $1 and client_id = $2) " +
        "on conflict (issuer, client_id) do update set document = excluded.document where coalesce((clients.document::json ->> 'revision')::bigint, 0) = $4";

    // Nulls are written: a policy's null ("no end") differs from its member's initial value.
    private static readonly StoredJson Json = new(new JsonSerializerOptions(StoredJson.Default.Options) { DefaultIgnoreCondition = JsonIgnoreCondition.Never });

    public static Statement Find(string issuer, string clientId) =>
        new Statement("select document from clients where issuer = $1 and client_id = $2").Bind(issuer).Bind(clientId);

    public static Statement List(string? issuer) => issuer is null
        ? new("select document from clients order by client_id, issuer")
        : new Statement("select document from clients where issuer = $1 order by client_id").Bind(issuer);

    public static Statement Save(Client client) =>
        new Statement(SaveSql).Bind(client.Issuer).Bind(client.ClientId).Bind(Write(client)).Always();

    public static Statement Change(Client client) => new Statement(ChangeSql).Bind(client.Issuer).Bind(client.ClientId).Bind(Write(client)).Bind(client.Revision);

    // The hash stands in the document as its serializer writes it; 34 or 32 random bytes stand nowhere else in it.
    public static Statement ReplaceHash(string issuer, string clientId, byte[] before, byte[] after) =>
        new Statement("update clients set document = replace(document, $3, $4) where issuer = $1 and client_id = $2 and strpos(document, $3) > 0")
            .Bind(issuer).Bind(clientId).Bind(JsonSerializer.Serialize(before, Json.ByteArray)).Bind(JsonSerializer.Serialize(after, Json.ByteArray));

    public static Statement Remove(string issuer, string clientId) =>
        new Statement("delete from clients where issuer = $1 and client_id = $2").Bind(issuer).Bind(clientId);

    private static string Write(Client client) => JsonSerializer.Serialize(client with { Revision = client.Revision + 1 }, Json.Client);

    public static Client Map(Rows row) => JsonSerializer.Deserialize(row.Document(0), Json.Client)!;
}
