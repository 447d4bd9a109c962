using System.Text.Json;
using System.Text.Json.Serialization;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Storage;

namespace Evergrant.Sqlite;

/// <summary>The table of clients: a document under its issuer and id.</summary>
internal sealed class Clients(Connection connection)
{
    // Nulls are written: a policy's null ("no end") differs from its member's initial value.
    private static readonly StoredJson Json = new(new JsonSerializerOptions(StoredJson.Default.Options) { DefaultIgnoreCondition = JsonIgnoreCondition.Never });

    private readonly Statement _find = new(connection, "select document from clients where issuer = ?1 and client_id = ?2");

    private readonly Statement _list = new(connection, "select document from clients where ?1 is null or issuer = ?1 order by client_id, issuer");

    private readonly Statement _save = new(connection,
        "insert into clients (issuer, client_id, document) values (?1, ?2, ?3) on conflict (issuer, client_id) do update set document = excluded.document");

    // A row that an earlier version wrote has no revision.
    private readonly Statement _change = new(connection,
        "insert into clients (issuer, client_id, document) select ?1, ?2, ?3 where ?4 = 0 or exists (select 1 from clients where issuer = ?1 and client_id = ?2) " +
        "on conflict (issuer, client_id) do update set document = excluded.document where coalesce(json_extract(clients.document, '$.revision'), 0) = ?4");

    // The hash stands in the document as its serializer writes it; 34 or 32 random bytes stand nowhere else in it.
    private readonly Statement _replaceHash = new(connection,
        "update clients set document = replace(document, ?3, ?4) where issuer = ?1 and client_id = ?2 and instr(document, ?3) > 0");

    private readonly Statement _remove = new(connection, "delete from clients where issuer = ?1 and client_id = ?2");

    public Client? Find(string issuer, string clientId)
    {
        using Rows rows = _find.Bind(1, issuer).Bind(2, clientId).Query();
        return rows.Next() ? Map(rows) : null;
    }

    public List<Client> List(string? issuer)
    {
        using Rows rows = _list.Bind(1, issuer).Query();
        List<Client> found = [];
        while (rows.Next()) found.Add(Map(rows));
        return found;
    }

    public void Save(Client client) => _save.Bind(1, client.Issuer).Bind(2, client.ClientId).BindText(3, Write(client)).Run();

    public bool Change(Client client) => _change.Bind(1, client.Issuer).Bind(2, client.ClientId).BindText(3, Write(client)).Bind(4, client.Revision).RunAny();

    public bool Remove(string issuer, string clientId) => _remove.Bind(1, issuer).Bind(2, clientId).RunAny();

    public bool ReplaceHash(string issuer, string clientId, byte[] before, byte[] after) => _replaceHash
        .Bind(1, issuer).Bind(2, clientId).BindText(3, JsonSerializer.SerializeToUtf8Bytes(before, Json.ByteArray)).BindText(4, JsonSerializer.SerializeToUtf8Bytes(after, Json.ByteArray))
        .RunAny();

    private static byte[] Write(Client client) => JsonSerializer.SerializeToUtf8Bytes(client with { Revision = client.Revision + 1 }, Json.Client);

    private static Client Map(Rows row) => JsonSerializer.Deserialize(row.Span(0), Json.Client)!;
}
