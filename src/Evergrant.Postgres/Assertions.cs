using Evergrant.Protocol.Storage;

namespace Evergrant.Postgres;

/// <summary>The table of client assertions that were used (RFC 7523 section 3: a jti counts once).</summary>
internal static class Assertions
{
    private const string AddSql = "insert into assertions (assertion_hash, expires_at) values ($1, $2) on conflict (assertion_hash) do nothing";

    private const string RemoveOldSql =
        "delete from assertions where assertion_hash in (select assertion_hash from assertions where expires_at <= $1 order by expires_at limit $2 for update skip locked)";

    public static Statement Add(UseAssertion change) => new Statement(AddSql).Bind(change.AssertionHash).Bind(change.ExpiresAt);

    /// <summary>Removes what has expired.</summary>
    public static Statement CleanUp(DateTimeOffset now, int limit) => new Statement(RemoveOldSql).Bind(now).Bind(limit);
}
