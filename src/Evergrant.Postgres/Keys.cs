using Evergrant.Protocol.Keys;

namespace Evergrant.Postgres;

/// <summary>The table of wrapped signing keys.</summary>
internal static class Keys
{
    private const string Columns =
        "issuer, key_id, algorithm, wrapped_key, public_jwk, announced_at, signs_from, retires_at, gone_at, withdrawn_at";

    private const string SaveSql =
        $"insert into signing_keys ({Columns}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (issuer, key_id) do update set " +
        "algorithm = excluded.algorithm, wrapped_key = excluded.wrapped_key, public_jwk = excluded.public_jwk, announced_at = excluded.announced_at, " +
        "signs_from = excluded.signs_from, retires_at = excluded.retires_at, gone_at = excluded.gone_at, withdrawn_at = least(signing_keys.withdrawn_at, excluded.withdrawn_at)"; // A withdrawal stands, whoever wrote meanwhile.

    /// <summary>Keeps other nodes from writing keys until the transaction ends; readers go on.</summary>
    public static Statement Lock() => new Statement("lock table signing_keys in share row exclusive mode").Always();

    public static Statement List(string issuer) => new Statement($"select {Columns} from signing_keys where issuer = $1 order by announced_at, key_id").Bind(issuer);

    /// <summary>Touches a row when the issuer has as many keys as was read.</summary>
    public static Statement AreStill(string issuer, int count) =>
        new Statement("select 1 where (select count(*) from signing_keys where issuer = $1) = $2").Bind(issuer).Bind(count);

    public static Statement Save(string issuer, SigningKeyRecord key) => new Statement(SaveSql)
        .Bind(issuer).Bind(key.KeyId).Bind(key.Algorithm).Bind(key.WrappedKey).Bind(key.PublicJwk)
        .Bind(key.AnnouncedAt).Bind(key.SignsFrom).Bind(key.RetiresAt).Bind(key.GoneAt).Bind(key.WithdrawnAt)
        .Always();

    public static SigningKeyRecord Map(Rows row) => new()
    {
        Issuer = row.Text(0),
        KeyId = row.Text(1),
        Algorithm = row.Text(2),
        WrappedKey = row.Bytes(3),
        PublicJwk = row.Text(4),
        AnnouncedAt = row.Instant(5),
        SignsFrom = row.Instant(6),
        RetiresAt = row.Instant(7),
        GoneAt = row.Instant(8),
        WithdrawnAt = row.InstantOrNull(9),
    };
}
