using System.Text.Json;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;

namespace Evergrant.Postgres;

/// <summary>The table of grants: one statement per change, with the condition in its WHERE.</summary>
/// <remarks>Instants are arguments, as everywhere behind the seam: the decision and the row speak of the same moment.</remarks>
internal static class Grants
{
    private const string Active = "1", Pending = "0", Revoked = "2", Requested = "3";

    private const string Columns =
        "id, issuer, client_id, subject, session_id, state, generation, generation_at, key_number, retries, access_serial, access_floor, " +
        "created_at, idle_expires_at, expires_at, bound_key, salt, revoked_at, revoked_why, mark, authorized";

    /// <summary>When a row ended or will end, if nobody refreshes it; NULL for one that does not end by itself. (least and greatest pass over NULL.)
    /// A revoked row stays until its absolute end ($3 is the retention that is added to it): its tokens, coming back, are told apart from unknown ones.</summary>
    private const string EndsAt = $"(case state when {Revoked} then greatest(revoked_at, expires_at - $3) else least(idle_expires_at, expires_at) end)";

    private const string Due = "(select id from grants where clean_after <= $1 order by clean_after limit $2 for update skip locked)";

    private const string CreateSql =
        $"insert into grants ({Columns}, clean_after) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22) " +
        "on conflict (id) do nothing";

    // The session's row is locked against its removal: who removes it waits, and then finds the grant; who has removed it leaves none to be found here.
    private const string CreateInSessionSql =
        $"insert into grants ({Columns}, clean_after) select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22 " +
        "from sessions where key = $23 for key share on conflict (id) do nothing";

    // Redemptions of one user for one client, one after the other. No refresh takes this lock.
    private const string LockHolderSql = "select pg_advisory_xact_lock(hashtextextended($1, 0)) is null";

    private const string HoldsNoOtherSql =
        $"select 1 where not exists (select 1 from grants where subject = $1 and client_id = $2 and issuer = $3 and state = {Active} and id <> $4 " +
        "and (expires_at is null or expires_at > $5) and (idle_expires_at is null or idle_expires_at > $5) and id <> all(string_to_array($6, ',')::uuid[]))";

    // A refresh. No column that it sets is in an index: the row's new version stays on its page (HOT).
    private const string AdvanceSql =
        "update grants set generation = $3, key_number = $4, generation_at = $5, idle_expires_at = $6, expires_at = $7, retries = $8, " +
        $"access_serial = $9, access_floor = $10, mark = $11 where id = $1 and generation = $2 and retries = $12 and mark = $13 and state = {Active}";

    // A redemption also says when clean-up shall look at the row.
    private const string RedeemSql =
        $"update grants set state = {Active}, generation = $3, key_number = $4, generation_at = $5, idle_expires_at = $6, expires_at = $7, retries = $8, " +
        $"access_serial = $9, access_floor = $10, mark = $11, clean_after = $14 where id = $1 and generation = $2 and retries = $12 and mark = $13 and state = {Pending}";

    private static readonly string RedeemBoundSql = RedeemSql.Replace(" where id", ", bound_key = $15 where id", StringComparison.Ordinal);

    // The one change that writes what was authorized.
    private const string ApproveSql =
        $"update grants set state = {Pending}, subject = $2, session_id = $3, created_at = $4, idle_expires_at = $5, expires_at = $6, authorized = $7, clean_after = $8 where id = $1 and state = {Requested}";

    // As for CreateInSessionSql.
    private const string ApproveInSessionSql = $"with standing as (select 1 from sessions where key = $9 for key share) {ApproveSql} and exists (select from standing)";

    private const string RenewSql =
        $"update grants set generation_at = $3, idle_expires_at = $4, access_serial = $5, access_floor = $6, mark = $7 where id = $1 and generation = $2 and state = {Active}";

    private const string RenewOfSql = $"{RenewSql} and mark = $8";

    // RetryHistory.Counted: four bits for the present generation, saturating at 15. A row is written even then: a retry is answered only after a commit.
    private const string CountRetrySql =
        $"update grants set retries = retries + (case when (retries & 15) = 15 then 0 else 1 end) where id = $1 and generation = $2 and state = {Active}";

    private const string CountRetryOfSql = $"update grants set retries = $4 where id = $1 and generation = $2 and state = {Active} and retries = $3";

    private const string RevokeSql =
        $"update grants set state = {Revoked}, revoked_at = $2, revoked_why = $3, clean_after = least(clean_after, $2) where id = $1 and state <> {Revoked}";

    // Rows that clean-up comes upon and that are still alive (a refresh moved their end), or ended too short a time ago.
    private const string PutOffSql = $"update grants set clean_after = {EndsAt} where id in {Due} and ({EndsAt} is null or {EndsAt} > $1)";

    private const string RemoveSql = $"delete from grants where id in {Due} and {EndsAt} <= $1";

    public static Statement Find(Guid id) => new Statement($"select {Columns} from grants where id = $1").Bind(id);

    /// <summary>A condition only for what is given, so that its index can be used. Ids are UUIDv7: the highest is the newest.</summary>
    public static Statement List(GrantFilter filter)
    {
        Conditions where = new();
        if (filter.Issuer is not null) where.Add("issuer = {0}", s => s.Bind(filter.Issuer));
        if (filter.Subject is not null) where.Add("subject = {0}", s => s.Bind(filter.Subject));
        if (filter.ClientId is not null) where.Add("client_id = {0}", s => s.Bind(filter.ClientId));
        if (filter.LiveAt is { } at)
            where.Add($"state <> {Revoked} and (expires_at is null or expires_at > {{0}}) and (idle_expires_at is null or idle_expires_at > {{0}})", s => s.Bind(at));
        if (filter.AuthorizedIn is not null) where.Add("authorized::json ->> 'session_id' = {0}", s => s.Bind(filter.AuthorizedIn));
        if (filter.State is { } state) where.Add("state = {0}", s => s.Bind((long)state));
        return where.Bind($"select {Columns} from grants where {where.Text} order by id desc limit ${where.Count + 1}").Bind(filter.Limit);
    }

    public static Statement CountOfKey(int number, DateTimeOffset now) => new Statement(
        $"select count(*) from grants where key_number = $1 and state <> {Revoked} and (expires_at is null or expires_at > $2) and (idle_expires_at is null or idle_expires_at > $2)")
        .Bind(number).Bind(now);

    public static Statement Create(CreateGrant change) => change.SessionKey is null ? Create(change.Grant, CreateSql) : Create(change.Grant, CreateInSessionSql).Bind(change.SessionKey);

    /// <summary>Waits for whoever redeems for the same user and client.</summary>
    public static Statement LockHolder(HoldsNoOther change) => new Statement(LockHolderSql).Bind($"{change.Issuer} {change.ClientId} {change.Subject}").Always();

    public static Statement HoldsNoOther(HoldsNoOther change) => new Statement(HoldsNoOtherSql)
        .Bind(change.Subject).Bind(change.ClientId).Bind(change.Issuer).Bind(change.GrantId).Bind(change.At).Bind(string.Join(',', change.Known));

    private static Statement Create(Grant grant, string sql) => new Statement(sql)
        .Bind(grant.Id).Bind(grant.Issuer).Bind(grant.ClientId).Bind(grant.Subject).Bind(grant.SessionId)
        .Bind((long)grant.State).Bind(grant.Generation).Bind(grant.GenerationAt).Bind(grant.KeyNumber).Bind(grant.Retries.Bits)
        .Bind(grant.AccessSerial).Bind(grant.AccessFloor).Bind(grant.CreatedAt).Bind(grant.IdleExpiresAt).Bind(grant.ExpiresAt)
        .Bind(grant.BoundKey).Bind(grant.Salt).Bind(grant.RevokedAt).Bind(Name(grant.RevokedWhy)).Bind(grant.Mark)
        .Bind(JsonSerializer.Serialize(grant.Authorized, StoredJson.Default.Authorized))
        .Bind(grant.State == GrantState.Revoked ? grant.RevokedAt : Earlier(grant.IdleExpiresAt, grant.ExpiresAt));

    public static Statement Advance(AdvanceGrant change)
    {
        Statement statement = new Statement(change.From > 0 ? AdvanceSql : change.BoundKey is null ? RedeemSql : RedeemBoundSql)
            .Bind(change.GrantId).Bind(change.From).Bind(change.To).Bind(change.KeyNumber).Bind(change.At)
            .Bind(change.IdleExpiresAt).Bind(change.ExpiresAt).Bind(change.Retries.Bits).Bind(change.AccessSerial).Bind(change.AccessFloor)
            .Bind(change.Mark).Bind(change.RetriesBefore.Bits).Bind(change.MarkBefore);
        if (change.From > 0) return statement;
        statement = statement.Bind(Earlier(change.IdleExpiresAt, change.ExpiresAt));
        return change.BoundKey is null ? statement : statement.Bind(change.BoundKey);
    }

    public static Statement Approve(ApproveGrant change)
    {
        Grant grant = change.Grant;
        Statement statement = new Statement(change.SessionKey is null ? ApproveSql : ApproveInSessionSql)
            .Bind(grant.Id).Bind(grant.Subject).Bind(grant.SessionId).Bind(grant.CreatedAt).Bind(grant.IdleExpiresAt).Bind(grant.ExpiresAt)
            .Bind(JsonSerializer.Serialize(grant.Authorized, StoredJson.Default.Authorized)).Bind(Earlier(grant.IdleExpiresAt, grant.ExpiresAt));
        return change.SessionKey is null ? statement : statement.Bind(change.SessionKey);
    }

    public static Statement Renew(RenewGrant change)
    {
        Statement statement = new Statement(change.MarkBefore is null ? RenewSql : RenewOfSql)
            .Bind(change.GrantId).Bind(change.Generation).Bind(change.At).Bind(change.IdleExpiresAt).Bind(change.AccessSerial).Bind(change.AccessFloor).Bind(change.Mark);
        return change.MarkBefore is { } before ? statement.Bind(before) : statement;
    }

    public static Statement CountRetry(CountRetry change) => change.Before is { } before
        ? new Statement(CountRetryOfSql).Bind(change.GrantId).Bind(change.Generation).Bind(before.Bits).Bind(change.After(before).Bits)
        : new Statement(CountRetrySql).Bind(change.GrantId).Bind(change.Generation);

    public static Statement Revoke(RevokeGrant change) => new Statement(RevokeSql).Bind(change.GrantId).Bind(change.At).Bind(Name(change.Why));

    /// <summary>Ends all that match; how many is nobody's condition.</summary>
    public static Statement Revoke(RevokeGrants change)
    {
        Conditions where = new();
        where.Add("state <> 2", null);
        if (change.Issuer is not null) where.Add("issuer = {0}", s => s.Bind(change.Issuer));
        if (change.Subject is not null) where.Add("subject = {0}", s => s.Bind(change.Subject));
        if (change.ClientId is not null) where.Add("client_id = {0}", s => s.Bind(change.ClientId));
        if (change.SessionId is not null) where.Add("session_id = {0}", s => s.Bind(change.SessionId));
        string at = $"${where.Count + 1}";
        return where.Bind($"update grants set state = {Revoked}, revoked_at = {at}, revoked_why = ${where.Count + 2}, clean_after = least(clean_after, {at}) where {where.Text}")
            .Bind(change.At).Bind(Name(change.Why)).Always();
    }

    /// <summary>Removes rows that ended at or before an instant, and puts off the next look at those that did not. Rows that somebody is changing are passed over.</summary>
    /// <param name="endedBy">Ended rows are kept until here.</param>
    /// <param name="kept">How long ended rows are kept.</param>
    /// <param name="limit">Rows looked at, at most.</param>
    public static (Statement Remove, Statement PutOff) CleanUp(DateTimeOffset endedBy, TimeSpan kept, int limit) =>
        (new Statement(RemoveSql).Bind(endedBy).Bind(limit).Bind((long)kept.TotalMilliseconds), new Statement(PutOffSql).Bind(endedBy).Bind(limit).Bind((long)kept.TotalMilliseconds));

    public static Grant Map(Rows row) => new()
    {
        Id = row.Id(0),
        Issuer = row.Text(1),
        ClientId = row.Text(2),
        Subject = row.TextOrNull(3),
        SessionId = row.TextOrNull(4),
        State = (GrantState)row.Small(5),
        Generation = row.Number(6),
        GenerationAt = row.Instant(7),
        KeyNumber = row.Small(8),
        Retries = new RetryHistory(row.Number(9)),
        AccessSerial = row.Small(10),
        AccessFloor = row.Small(11),
        CreatedAt = row.Instant(12),
        IdleExpiresAt = row.InstantOrNull(13),
        ExpiresAt = row.InstantOrNull(14),
        BoundKey = row.TextOrNull(15),
        Salt = row.Bytes(16),
        RevokedAt = row.InstantOrNull(17),
        RevokedWhy = row.TextOrNull(18) is { } why ? Enum.Parse<RevocationCause>(why) : RevocationCause.None,
        Mark = row.Number(19),
        Authorized = JsonSerializer.Deserialize(row.Document(20), StoredJson.Default.Authorized)!,
    };

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) =>
        one is null ? other : other is null || one < other ? one : other;

    private static string? Name(RevocationCause why) => why == RevocationCause.None ? null : why.ToString();

    /// <summary>Conditions joined by "and", each with at most one value.</summary>
    private sealed class Conditions
    {
        private readonly List<string> _texts = [];
        private readonly List<Func<Statement, Statement>> _values = [];

        public int Count => _values.Count;

        public string Text => _texts.Count == 0 ? "true" : string.Join(" and ", _texts);

        public void Add(string text, Func<Statement, Statement>? value)
        {
            if (value is not null) _values.Add(value);
            _texts.Add(text.Replace("{0}", $"${_values.Count}", StringComparison.Ordinal));
        }

        public Statement Bind(string sql) => _values.Aggregate(new Statement(sql), (statement, value) => value(statement));
    }
}
