using System.Text.Json;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;

namespace Evergrant.Sqlite;

/// <summary>The table of grants: one statement per change, with the condition in its WHERE.</summary>
internal sealed class Grants(Connection connection)
{
    private const int Active = (int)GrantState.Active, Pending = (int)GrantState.Pending, Revoked = (int)GrantState.Revoked, Requested = (int)GrantState.Requested;

    private const string Columns =
        "id, issuer, client_id, subject, session_id, state, generation, generation_at, key_number, retries, access_serial, access_floor, " +
        "created_at, idle_expires_at, expires_at, bound_key, salt, revoked_at, revoked_why, authorized, moving_seal, fixed_seal, mark";

    private const string Never = "9223372036854775807";

    /// <summary>When a row ended or will end, if nobody refreshes it; NULL for one that does not end by itself.
    /// A revoked row stays until its absolute end (?3 is the retention that is added to it): its tokens, coming back, are told apart from unknown ones.</summary>
    private static readonly string EndsAt =
        $"(case state when {Revoked} then max(revoked_at, coalesce(expires_at - ?3, revoked_at)) else nullif(min(coalesce(idle_expires_at, {Never}), coalesce(expires_at, {Never})), {Never}) end)";

    private readonly Statement _find = new(connection, $"select {Columns} from grants where id = ?1");

    private readonly Statement _create = new(connection,
        $"insert into grants ({Columns}, clean_after) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24) " +
        "on conflict (id) do nothing");

    // A refresh. No column that it sets is in an index.
    private readonly Statement _advance = new(connection,
        $"update grants set generation = ?3, key_number = ?4, generation_at = ?5, idle_expires_at = ?6, expires_at = ?7, retries = ?8, " +
        $"access_serial = ?9, access_floor = ?10, mark = ?11, moving_seal = {GrantSeal.Sql(generation: "?3", keyNumber: "?4", generationAt: "?5", idleExpiresAt: "?6", expiresAt: "?7", retries: "?8", accessSerial: "?9", accessFloor: "?10", mark: "?11")} " +
        $"where id = ?1 and generation = ?2 and retries = ?12 and mark = ?13 and state = {Active}");

    // A redemption also says when clean-up shall look at the row.
    private readonly Statement _redeem = new(connection,
        $"update grants set state = {Active}, generation = ?3, key_number = ?4, generation_at = ?5, idle_expires_at = ?6, expires_at = ?7, retries = ?8, " +
        $"access_serial = ?9, access_floor = ?10, mark = ?11, clean_after = ?14, " +
        $"moving_seal = {GrantSeal.Sql(state: $"{Active}", generation: "?3", keyNumber: "?4", generationAt: "?5", idleExpiresAt: "?6", expiresAt: "?7", retries: "?8", accessSerial: "?9", accessFloor: "?10", mark: "?11")} " +
        $"where id = ?1 and generation = ?2 and retries = ?12 and mark = ?13 and state = {Pending}");

    // And one that binds the grant to a key, which is in the fixed checksum.
    private readonly Statement _bind = new(connection, $"update grants set bound_key = ?2, fixed_seal = ?3 where id = ?1 and state = {Pending}");

    // The one change that writes what was authorized: the fixed checksum changes with it.
    private readonly Statement _approve = new(connection,
        $"update grants set state = {Pending}, subject = ?2, session_id = ?3, created_at = ?4, idle_expires_at = ?5, expires_at = ?6, authorized = ?7, clean_after = ?8, " +
        $"moving_seal = {GrantSeal.Sql(state: $"{Pending}", idleExpiresAt: "?5", expiresAt: "?6")}, fixed_seal = ?9 where id = ?1 and state = {Requested}");

    private readonly Statement _renew = new(connection,
        $"update grants set generation_at = ?3, idle_expires_at = ?4, access_serial = ?5, access_floor = ?6, mark = ?7, " +
        $"moving_seal = {GrantSeal.Sql(generationAt: "?3", idleExpiresAt: "?4", accessSerial: "?5", accessFloor: "?6", mark: "?7")} where id = ?1 and generation = ?2 and state = {Active} and (?8 is null or mark = ?8)");

    // RetryHistory.Counted: four bits for the present generation, saturating at 15.
    private readonly Statement _countRetry = new(connection,
        $"update grants set retries = retries + (retries & 15 <> 15), moving_seal = {GrantSeal.Sql(retries: "(retries + (retries & 15 <> 15))")} where id = ?1 and generation = ?2 and state = {Active}");

    private readonly Statement _countRetryOf = new(connection,
        $"update grants set retries = ?4, moving_seal = {GrantSeal.Sql(retries: "?4")} where id = ?1 and generation = ?2 and state = {Active} and retries = ?3");

    private readonly Statement _revoke = new(connection,
        $"update grants set state = {Revoked}, revoked_at = ?2, revoked_why = ?3, moving_seal = {GrantSeal.Sql(state: $"{Revoked}", revokedAt: "?2")}, clean_after = min(coalesce(clean_after, ?2), ?2) where id = ?1 and state <> {Revoked}");

    // Rows that clean-up comes upon and that are still alive (a refresh moved their end), or ended too short a time ago.
    private readonly Statement _putOff = new(connection,
        $"update grants set clean_after = {EndsAt} where rowid in (select rowid from grants where clean_after <= ?1 order by clean_after limit ?2) " +
        $"and ({EndsAt} is null or {EndsAt} > ?1)");

    private readonly Statement _remove = new(connection,
        $"delete from grants where rowid in (select rowid from grants where clean_after <= ?1 order by clean_after limit ?2) and {EndsAt} <= ?1");

    // The few grants of a subject are looked at one by one; a client may have millions. What is known comes as one JSON array of ids in hexadecimal.
    private readonly Statement _holdsOther = new(connection,
        $"select 1 from grants indexed by grants_by_subject where subject = ?1 and +client_id = ?2 and issuer = ?3 and state = {Active} and id <> ?4 " +
        "and (expires_at is null or expires_at > ?5) and (idle_expires_at is null or idle_expires_at > ?5) and hex(id) not in (select value from json_each(?6)) limit 1");

    private readonly Statement _countOfKey = new(connection,
        $"select count(*) from grants where key_number = ?1 and state <> {Revoked} and (expires_at is null or expires_at > ?2) and (idle_expires_at is null or idle_expires_at > ?2)");

    private readonly Dictionary<int, Statement> _revokeMany = [];
    private readonly Dictionary<int, Statement> _list = [];

    public Grant? Find(Guid id)
    {
        using Rows rows = _find.Bind(1, id).Query();
        return rows.Next() ? Map(rows) : null;
    }

    /// <summary>Reads every row, so that one that is not as it was written is found.</summary>
    /// <exception cref="SqliteException">There is one.</exception>
    public void ReadAll()
    {
        using Rows rows = new Statement(connection, $"select {Columns} from grants").Query();
        while (rows.Next()) _ = Map(rows);
    }

    public List<Grant> List(GrantFilter filter)
    {
        int given = Mask(filter.Issuer, filter.Subject, filter.ClientId, filter.LiveAt) | (filter.AuthorizedIn is null ? 0 : 16) | (filter.State is null ? 0 : 32);
        if (!_list.TryGetValue(given, out Statement? list))
        {
            // Ids are UUIDv7: the highest is the newest.
            _list[given] = list = new(connection, $"select {Columns} from grants where " +
                Where(given, "issuer = ?1", "subject = ?2", OfClient(filter.Subject is not null),
                    $"state <> {Revoked} and (expires_at is null or expires_at > ?4) and (idle_expires_at is null or idle_expires_at > ?4)",
                    "json_extract(authorized, '$.session_id') = ?6", "state = ?7") +
                " order by id desc limit ?5");
        }
        if (filter.Issuer is not null) list.Bind(1, filter.Issuer);
        if (filter.Subject is not null) list.Bind(2, filter.Subject);
        if (filter.ClientId is not null) list.Bind(3, filter.ClientId);
        if (filter.LiveAt is not null) list.Bind(4, filter.LiveAt);
        if (filter.AuthorizedIn is not null) list.Bind(6, filter.AuthorizedIn);
        if (filter.State is { } state) list.Bind(7, (long)state);
        using Rows rows = list.Bind(5, filter.Limit).Query();
        List<Grant> found = [];
        while (rows.Next()) found.Add(Map(rows));
        return found;
    }

    public long CountOfKey(int number, DateTimeOffset now)
    {
        using Rows rows = _countOfKey.Bind(1, number).Bind(2, now).Query();
        return rows.Next() ? rows.Number(0) : 0;
    }

    public bool Create(Grant grant)
    {
        byte[] authorized = JsonSerializer.SerializeToUtf8Bytes(grant.Authorized, StoredJson.Default.Authorized);
        return _create
            .Bind(1, grant.Id).Bind(2, grant.Issuer).Bind(3, grant.ClientId).Bind(4, grant.Subject).Bind(5, grant.SessionId)
            .Bind(6, (long)grant.State).Bind(7, grant.Generation).Bind(8, grant.GenerationAt).Bind(9, grant.KeyNumber).Bind(10, grant.Retries.Bits)
            .Bind(11, grant.AccessSerial).Bind(12, grant.AccessFloor).Bind(13, grant.CreatedAt).Bind(14, grant.IdleExpiresAt).Bind(15, grant.ExpiresAt)
            .Bind(16, grant.BoundKey).Bind(17, grant.Salt).Bind(18, grant.RevokedAt).Bind(19, Name(grant.RevokedWhy))
            .BindText(20, authorized)
            .Bind(21, GrantSeal.Moving(grant)).Bind(22, GrantSeal.Fixed(grant, authorized))
            .Bind(23, grant.Mark)
            .Bind(24, grant.State == GrantState.Revoked ? grant.RevokedAt : Earlier(grant.IdleExpiresAt, grant.ExpiresAt))
            .RunAny();
    }

    public bool Advance(AdvanceGrant change)
    {
        if (change is { From: 0, BoundKey: { } key } && !Bind(change, key)) return false;
        Statement statement = change.From == 0 ? _redeem.Bind(14, Earlier(change.IdleExpiresAt, change.ExpiresAt)) : _advance;
        return statement
            .Bind(1, change.GrantId).Bind(2, change.From).Bind(3, change.To).Bind(4, change.KeyNumber).Bind(5, change.At)
            .Bind(6, change.IdleExpiresAt).Bind(7, change.ExpiresAt).Bind(8, change.Retries.Bits).Bind(9, change.AccessSerial).Bind(10, change.AccessFloor)
            .Bind(11, change.Mark).Bind(12, change.RetriesBefore.Bits).Bind(13, change.MarkBefore)
            .RunAny();
    }

    // In the transaction of the redemption, whose condition is judged first: what does not hold has bound nothing.
    private bool Bind(AdvanceGrant change, string key)
    {
        Grant row;
        byte[] authorized;
        using (Rows rows = _find.Bind(1, change.GrantId).Query())
        {
            if (!rows.Next()) return false;
            row = Map(rows);
            authorized = rows.Span(19).ToArray();
        }
        return change.ApplyTo(row) is { } bound && _bind.Bind(1, change.GrantId).Bind(2, key).Bind(3, GrantSeal.Fixed(bound, authorized)).RunAny();
    }

    public bool Approve(Grant grant)
    {
        byte[] authorized = JsonSerializer.SerializeToUtf8Bytes(grant.Authorized, StoredJson.Default.Authorized);
        return _approve
            .Bind(1, grant.Id).Bind(2, grant.Subject).Bind(3, grant.SessionId).Bind(4, grant.CreatedAt).Bind(5, grant.IdleExpiresAt).Bind(6, grant.ExpiresAt)
            .BindText(7, authorized).Bind(8, Earlier(grant.IdleExpiresAt, grant.ExpiresAt)).Bind(9, GrantSeal.Fixed(grant, authorized))
            .RunAny();
    }

    public bool Renew(RenewGrant change) => _renew
        .Bind(1, change.GrantId).Bind(2, change.Generation).Bind(3, change.At).Bind(4, change.IdleExpiresAt).Bind(5, change.AccessSerial).Bind(6, change.AccessFloor)
        .Bind(7, change.Mark).Bind(8, change.MarkBefore)
        .RunAny();

    public bool CountRetry(CountRetry change) => change.Before is { } before
        ? _countRetryOf.Bind(1, change.GrantId).Bind(2, change.Generation).Bind(3, before.Bits).Bind(4, change.After(before).Bits).RunAny()
        : _countRetry.Bind(1, change.GrantId).Bind(2, change.Generation).RunAny();

    /// <summary>One writer: what holds now holds until the transaction ends.</summary>
    public bool HoldsNoOther(HoldsNoOther change) => !_holdsOther
        .Bind(1, change.Subject).Bind(2, change.ClientId).Bind(3, change.Issuer).Bind(4, change.GrantId).Bind(5, change.At)
        .Bind(6, "[" + string.Join(',', change.Known.Select(id => "\"" + Convert.ToHexString(id.ToByteArray(bigEndian: true)) + "\"")) + "]")
        .Any();

    public bool Revoke(RevokeGrant change) => _revoke.Bind(1, change.GrantId).Bind(2, change.At).Bind(3, Name(change.Why)).RunAny();

    /// <summary>Ends all that match; how many is nobody's condition.</summary>
    public void Revoke(RevokeGrants change)
    {
        int given = Mask(change.Issuer, change.Subject, change.ClientId, change.SessionId);
        if (!_revokeMany.TryGetValue(given, out Statement? revoke))
        {
            _revokeMany[given] = revoke = new(connection,
                $"update grants set state = {Revoked}, revoked_at = ?5, revoked_why = ?6, moving_seal = {GrantSeal.Sql(state: $"{Revoked}", revokedAt: "?5")}, clean_after = min(coalesce(clean_after, ?5), ?5) " +
                $"where state <> {Revoked} and " + Where(given, "issuer = ?1", "subject = ?2", OfClient((change.Subject ?? change.SessionId) is not null), "session_id = ?4"));
        }
        if (change.Issuer is not null) revoke.Bind(1, change.Issuer);
        if (change.Subject is not null) revoke.Bind(2, change.Subject);
        if (change.ClientId is not null) revoke.Bind(3, change.ClientId);
        if (change.SessionId is not null) revoke.Bind(4, change.SessionId);
        revoke.Bind(5, change.At).Bind(6, Name(change.Why)).Run();
    }

    /// <summary>Removes rows that ended at or before an instant.</summary>
    /// <param name="endedBy">Ended rows are kept until here.</param>
    /// <param name="kept">How long ended rows are kept.</param>
    /// <param name="limit">Rows looked at, at most.</param>
    /// <returns>Rows removed, and rows whose next look was put off.</returns>
    public (int Removed, int PutOff) CleanUp(DateTimeOffset endedBy, TimeSpan kept, int limit)
    {
        long milliseconds = (long)kept.TotalMilliseconds;
        return (_remove.Bind(1, endedBy).Bind(2, limit).Bind(3, milliseconds).Run(), _putOff.Bind(1, endedBy).Bind(2, limit).Bind(3, milliseconds).Run());
    }

    private static int Mask(object? first, object? second, object? third, object? fourth) =>
        (first is null ? 0 : 1) | (second is null ? 0 : 2) | (third is null ? 0 : 4) | (fourth is null ? 0 : 8);

    // A condition only for what is given, so that its index can be used.
    private static string Where(int given, params ReadOnlySpan<string> conditions)
    {
        string where = "1";
        for (int i = 0; i < conditions.Length; i++)
        {
            if ((given & (1 << i)) != 0) where += " and " + conditions[i];
        }
        return where;
    }

    // The plus keeps SQLite from the index: a client may have millions of grants where a subject has a few.
    private static string OfClient(bool narrowed) => narrowed ? "+client_id = ?3" : "client_id = ?3";

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) =>
        one is null ? other : other is null || one < other ? one : other;

    private static string? Name(RevocationCause why) => why == RevocationCause.None ? null : why.ToString();

    private static Grant Map(Rows row)
    {
        Grant grant;
        try
        {
            grant = MapUnchecked(row);
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw new SqliteException(SQLitePCL.raw.SQLITE_CORRUPT, "a grant cannot be read");
        }
        if (row.NumberOrNull(20) is { } moving && moving != GrantSeal.Moving(grant) || row.NumberOrNull(21) is { } fixedSeal && fixedSeal != GrantSeal.Fixed(grant, row.Span(19)))
            throw new SqliteException(SQLitePCL.raw.SQLITE_CORRUPT, $"grant {grant.Id} is not as it was written");
        return grant;
    }

    private static Grant MapUnchecked(Rows row) => new()
    {
        Id = row.Id(0),
        Issuer = row.SharedText(1),
        ClientId = row.SharedText(2),
        Subject = row.TextOrNull(3),
        SessionId = row.TextOrNull(4),
        State = (GrantState)row.Number(5),
        Generation = row.Number(6),
        GenerationAt = row.Instant(7),
        KeyNumber = (int)row.Number(8),
        Retries = new RetryHistory(row.Number(9)),
        AccessSerial = (int)row.Number(10),
        AccessFloor = (int)row.Number(11),
        CreatedAt = row.Instant(12),
        IdleExpiresAt = row.InstantOrNull(13),
        ExpiresAt = row.InstantOrNull(14),
        BoundKey = row.TextOrNull(15),
        Salt = row.Bytes(16),
        RevokedAt = row.InstantOrNull(17),
        RevokedWhy = row.TextOrNull(18) is { } why ? Enum.Parse<RevocationCause>(why) : RevocationCause.None,
        Mark = row.Number(22),
        Authorized = StoredAuthorized.Parse(row.Span(19)),
    };
}
