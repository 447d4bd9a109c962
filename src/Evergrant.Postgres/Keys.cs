using Evergrant.Protocol.Keys;

namespace Evergrant.Postgres;

/// <summary>The table of wrapped signing keys.</summary>
internal static class Keys
{
    private const string Columns =
        "issuer, key_id, algorithm, wrapped_key, public_jwk, announced_at, signs_from, retires_at, gone_at, withdrawn_at, key_number";

    private const string SaveSql =
        $"insert into signing_keys ({Columns}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict (issuer, key_id) do update set " +
        "announced_at = excluded.announced_at, signs_from = excluded.signs_from, retires_at = excluded.retires_at, " +
        "gone_at = excluded.retires_at + greatest(signing_keys.gone_at - signing_keys.retires_at, excluded.gone_at - excluded.retires_at), " +
        "withdrawn_at = least(signing_keys.withdrawn_at, excluded.withdrawn_at)"; // A withdrawal stands, whoever wrote meanwhile.

    /// <summary>Keeps other nodes from writing keys until the transaction ends; readers go on.</summary>
    public static Statement Lock() => new Statement("lock table signing_keys in share row exclusive mode").Always();

    public static Statement List(string? issuer) => issuer is null
        ? new($"select {Columns} from signing_keys order by announced_at, key_id")
        : new Statement($"select {Columns} from signing_keys where issuer = $1 order by announced_at, key_id").Bind(issuer);

    /// <summary>Touches a row when the issuer has as many keys as was read.</summary>
    public static Statement AreStill(string issuer, int count) =>
        new Statement("select 1 where (select count(*) from signing_keys where issuer = $1) = $2").Bind(issuer).Bind(count);

    public static Statement Save(string issuer, SigningKeyRecord key) => new Statement(SaveSql)
        .Bind(issuer).Bind(key.KeyId).Bind(key.Algorithm).Bind(key.WrappedKey).Bind(key.PublicJwk)
        .Bind(key.AnnouncedAt).Bind(key.SignsFrom).Bind(key.RetiresAt).Bind(key.GoneAt).Bind(key.WithdrawnAt).Bind((long?)key.KeyNumber)
        .Always();

    public static Statement Retain(string issuer, string keyId, TimeSpan span) =>
        new Statement("update signing_keys set gone_at = greatest(gone_at, retires_at + $3) where issuer = $1 and key_id = $2").Bind(issuer).Bind(keyId).Bind((long)span.TotalMilliseconds).Always();

    public static Statement Remove(DateTimeOffset goneBefore) => new Statement("delete from signing_keys where gone_at < $1").Bind(goneBefore).Always();

    public static Statement Rewrap(SigningKeyRecord before, byte[] wrappedKey, int keyNumber) =>
        new Statement("update signing_keys set wrapped_key = $3, key_number = $4 where issuer = $1 and key_id = $2 and wrapped_key = $5")
            .Bind(before.Issuer).Bind(before.KeyId).Bind(wrappedKey).Bind(keyNumber).Bind(before.WrappedKey);

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
        KeyNumber = row.SmallOrNull(10),
    };
}
