using System.Text.Json;
using Evergrant.Protocol.Storage;
using Evergrant.Protocol.Trust;

namespace Evergrant.Sqlite;

/// <summary>The table of trusted issuers: a document under the two names.</summary>
internal sealed class TrustedIssuers(Connection connection)
{
    private readonly Statement _list = new(connection, "select document from trusted_issuers order by issuer, name");

    private readonly Statement _save = new(connection,
        "insert into trusted_issuers (issuer, name, document) values (?1, ?2, ?3) on conflict (issuer, name) do update set document = excluded.document");

    private readonly Statement _remove = new(connection, "delete from trusted_issuers where issuer = ?1 and name = ?2");

    public List<TrustedIssuer> List()
    {
        using Rows rows = _list.Query();
        List<TrustedIssuer> found = [];
        while (rows.Next()) found.Add(JsonSerializer.Deserialize(rows.Span(0), StoredJson.Default.TrustedIssuer)!);
        return found;
    }

    public void Save(TrustedIssuer trusted) =>
        _save.Bind(1, trusted.Issuer).Bind(2, trusted.Name).BindText(3, JsonSerializer.SerializeToUtf8Bytes(trusted, StoredJson.Default.TrustedIssuer)).Run();

    public bool Remove(string issuer, string name) => _remove.Bind(1, issuer).Bind(2, name).RunAny();
}
