using Evergrant.Protocol.Keys;

namespace Evergrant.Sqlite;

/// <summary>The table of wrapped signing keys.</summary>
internal sealed class Keys(Connection connection)
{
    private const string Columns =
        "issuer, key_id, algorithm, wrapped_key, public_jwk, announced_at, signs_from, retires_at, gone_at, withdrawn_at, key_number";

    private readonly Statement _list = new(connection, $"select {Columns} from signing_keys where ?1 is null or issuer = ?1 order by announced_at, rowid");

    private readonly Statement _count = new(connection, "select count(*) from signing_keys where issuer = ?1");

    private readonly Statement _save = new(connection,
        $"insert into signing_keys ({Columns}) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) on conflict (issuer, key_id) do update set " +
        "announced_at = excluded.announced_at, signs_from = excluded.signs_from, retires_at = excluded.retires_at, " +
        "gone_at = excluded.retires_at + max(signing_keys.gone_at - signing_keys.retires_at, excluded.gone_at - excluded.retires_at), " +
        // A withdrawal stands, whoever wrote meanwhile.
        "withdrawn_at = coalesce(min(signing_keys.withdrawn_at, excluded.withdrawn_at), signing_keys.withdrawn_at, excluded.withdrawn_at)");

    private readonly Statement _retain = new(connection, "update signing_keys set gone_at = max(gone_at, retires_at + ?3) where issuer = ?1 and key_id = ?2");

    private readonly Statement _remove = new(connection, "delete from signing_keys where gone_at < ?1");

    private readonly Statement _rewrap = new(connection, "update signing_keys set wrapped_key = ?3, key_number = ?4 where issuer = ?1 and key_id = ?2 and wrapped_key = ?5");

    public List<SigningKeyRecord> List(string? issuer)
    {
        using Rows rows = _list.Bind(1, issuer).Query();
        List<SigningKeyRecord> found = [];
        while (rows.Next()) found.Add(Map(rows));
        return found;
    }

    public long Count(string issuer)
    {
        using Rows rows = _count.Bind(1, issuer).Query();
        return rows.Next() ? rows.Number(0) : 0;
    }

    public void Save(string issuer, SigningKeyRecord key) => _save
        .Bind(1, issuer).Bind(2, key.KeyId).Bind(3, key.Algorithm).Bind(4, key.WrappedKey).Bind(5, key.PublicJwk)
        .Bind(6, key.AnnouncedAt).Bind(7, key.SignsFrom).Bind(8, key.RetiresAt).Bind(9, key.GoneAt).Bind(10, key.WithdrawnAt).Bind(11, (long?)key.KeyNumber)
        .Run();

    public void Retain(string issuer, string keyId, TimeSpan span) => _retain.Bind(1, issuer).Bind(2, keyId).Bind(3, (long)span.TotalMilliseconds).Run();

    public void Remove(DateTimeOffset goneBefore) => _remove.Bind(1, goneBefore).Run();

    public bool Rewrap(SigningKeyRecord before, byte[] wrappedKey, int keyNumber) => _rewrap
        .Bind(1, before.Issuer).Bind(2, before.KeyId).Bind(3, wrappedKey).Bind(4, keyNumber).Bind(5, before.WrappedKey)
        .RunAny();

    private static SigningKeyRecord Map(Rows row) => new()
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
        KeyNumber = (int?)row.NumberOrNull(10),
    };
}
