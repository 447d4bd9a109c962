using Evergrant.Protocol.Storage;

namespace Evergrant.Sqlite;

/// <summary>The table of access tokens that died before their time.</summary>
internal sealed class Denials(Connection connection)
{
    private readonly Statement _find = new(connection, "select 1 from denials where token_hash = ?1");

    private readonly Statement _add = new(connection,
        "insert into denials (token_hash, expires_at) values (?1, ?2) on conflict (token_hash) do update set expires_at = max(expires_at, excluded.expires_at)");

    private readonly Statement _removeOld = new(connection,
        "delete from denials where token_hash in (select token_hash from denials where expires_at <= ?1 order by expires_at limit ?2)");

    public bool Contains(ReadOnlySpan<byte> tokenHash) => _find.Bind(1, tokenHash).Any();

    public void Add(DenyAccessToken change) => _add.Bind(1, change.TokenHash).Bind(2, change.ExpiresAt).Run();

    /// <summary>Removes what has expired.</summary>
    public int CleanUp(DateTimeOffset now, int limit) => _removeOld.Bind(1, now).Bind(2, limit).Run();
}
