using Evergrant.Protocol.Storage;

namespace Evergrant.Postgres;

/// <summary>The table of access tokens that died before their time.</summary>
internal static class Denials
{
    private const string AddSql =
        "insert into denials as d (token_hash, expires_at) values ($1, $2) on conflict (token_hash) do update set expires_at = greatest(d.expires_at, excluded.expires_at)";

    private const string RemoveOldSql =
        "delete from denials where token_hash in (select token_hash from denials where expires_at <= $1 order by expires_at limit $2 for update skip locked)";

    public static Statement Find(ReadOnlyMemory<byte> tokenHash) => new Statement("select 1 from denials where token_hash = $1").Bind(tokenHash);

    public static Statement Add(DenyAccessToken change) => new Statement(AddSql).Bind(change.TokenHash).Bind(change.ExpiresAt).Always();

    /// <summary>Removes what has expired.</summary>
    public static Statement CleanUp(DateTimeOffset now, int limit) => new Statement(RemoveOldSql).Bind(now).Bind(limit);
}
