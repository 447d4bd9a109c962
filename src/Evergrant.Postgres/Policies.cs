using System.Text.Json;
using Evergrant.Protocol.Policies;
using Evergrant.Protocol.Storage;

namespace Evergrant.Postgres;

/// <summary>The table of named policies: a document under its name.</summary>
internal static class Policies
{
    private const string SaveSql = "insert into policies (name, document) values ($1, $2) on conflict (name) do update set document = excluded.document";

    public static Statement List() => new("select document from policies order by name");

    public static Statement Save(PolicyDocument policy) => new Statement(SaveSql).Bind(policy.Name).Bind(policy.Text).Always();

    public static Statement Remove(string name) => new Statement("delete from policies where name = $1").Bind(name);

    public static PolicyDocument Map(Rows row) => JsonSerializer.Deserialize(row.Document(0), StoredJson.Default.PolicyDocument)!;
}
