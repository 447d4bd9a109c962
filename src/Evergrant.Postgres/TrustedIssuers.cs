using System.Text.Json;
using Evergrant.Protocol.Storage;
using Evergrant.Protocol.Trust;

namespace Evergrant.Postgres;

/// <summary>The table of trusted issuers: a document under the two names.</summary>
internal static class TrustedIssuers
{
    private const string SaveSql = "insert into trusted_issuers (issuer, name, document) values ($1, $2, $3) on conflict (issuer, name) do update set document = excluded.document";

    public static Statement List() => new("select document from trusted_issuers order by issuer, name");

    public static Statement Save(TrustedIssuer trusted) =>
        new Statement(SaveSql).Bind(trusted.Issuer).Bind(trusted.Name).Bind(JsonSerializer.Serialize(trusted, StoredJson.Default.TrustedIssuer)).Always();

    public static Statement Remove(string issuer, string name) => new Statement("delete from trusted_issuers where issuer = $1 and name = $2").Bind(issuer).Bind(name);

    public static TrustedIssuer Map(Rows row) => JsonSerializer.Deserialize(row.Document(0), StoredJson.Default.TrustedIssuer)!;
}
