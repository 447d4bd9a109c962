using Evergrant.Protocol.Storage;

namespace Evergrant.Sqlite;

/// <summary>The table of client assertions that were used (RFC 7523 section 3: a jti counts once).</summary>
internal sealed class Assertions(Connection connection)
{
    private readonly Statement _add = new(connection,
        "insert into assertions (assertion_hash, expires_at) values (?1, ?2) on conflict (assertion_hash) do nothing");

    private readonly Statement _removeOld = new(connection,
        "delete from assertions where assertion_hash in (select assertion_hash from assertions where expires_at <= ?1 order by expires_at limit ?2)");

    public bool Add(UseAssertion change) => _add.Bind(1, change.AssertionHash).Bind(2, change.ExpiresAt).RunAny();

    /// <summary>Removes what has expired.</summary>
    public int CleanUp(DateTimeOffset now, int limit) => _removeOld.Bind(1, now).Bind(2, limit).Run();
}
