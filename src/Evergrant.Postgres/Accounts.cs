using Evergrant.Protocol.Accounts;

namespace Evergrant.Postgres;

/// <summary>The table of accounts.</summary>
internal static class Accounts
{
    private const string Columns =
        "id, user_name, normalized_user_name, password_hash, security_stamp, version, access_failed_count, lockout_end, disabled, operator, claims, created_at, updated_at";

    private const string CreateSql =
        $"insert into accounts ({Columns}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) on conflict do nothing";

    // A name that is taken is a unique violation, which Outcome reads as a condition that does not hold.
    private const string UpdateSql =
        "update accounts set user_name = $2, normalized_user_name = $3, password_hash = $4, security_stamp = $5, version = $6 + 1, access_failed_count = $7, " +
        "lockout_end = $8, disabled = $9, operator = $10, claims = $11, created_at = $12, updated_at = $13 where id = $1 and version = $6";

    public static Statement Find(string id) => new Statement($"select {Columns} from accounts where id = $1").Bind(id);

    public static Statement FindByName(string normalizedUserName) => new Statement($"select {Columns} from accounts where normalized_user_name = $1").Bind(normalizedUserName);

    public static Statement List(string? after, int limit) =>
        new Statement($"select {Columns} from accounts where normalized_user_name > $1 order by normalized_user_name limit $2").Bind(after ?? "").Bind(limit);

    public static Statement Create(Account account) => Bind(new(CreateSql), account);

    public static Statement Update(Account account) => Bind(new(UpdateSql), account);

    public static Statement Remove(string id) => new Statement("delete from accounts where id = $1").Bind(id);

    public static Account Map(Rows row) => new()
    {
        Id = row.Text(0),
        UserName = row.Text(1),
        NormalizedUserName = row.Text(2),
        PasswordHash = row.TextOrNull(3),
        SecurityStamp = row.Text(4),
        Version = row.Number(5),
        AccessFailedCount = row.Small(6),
        LockoutEnd = row.InstantOrNull(7),
        Disabled = row.Flag(8),
        Operator = row.Flag(9),
        Claims = row.Text(10),
        CreatedAt = row.Instant(11),
        UpdatedAt = row.Instant(12),
    };

    private static Statement Bind(Statement statement, Account account) => statement
        .Bind(account.Id).Bind(account.UserName).Bind(account.NormalizedUserName).Bind(account.PasswordHash).Bind(account.SecurityStamp)
        .Bind(account.Version).Bind(account.AccessFailedCount).Bind(account.LockoutEnd).Bind(account.Disabled).Bind(account.Operator)
        .Bind(account.Claims).Bind(account.CreatedAt).Bind(account.UpdatedAt);
}
