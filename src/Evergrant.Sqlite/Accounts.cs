using Evergrant.Protocol.Accounts;

namespace Evergrant.Sqlite;

/// <summary>The table of accounts.</summary>
internal sealed class Accounts(Connection connection)
{
    private const string Columns =
        "id, user_name, normalized_user_name, password_hash, security_stamp, version, access_failed_count, lockout_end, disabled, operator, claims, created_at, updated_at";

    private readonly Statement _find = new(connection, $"select {Columns} from accounts where id = ?1");

    private readonly Statement _findByName = new(connection, $"select {Columns} from accounts where normalized_user_name = ?1");

    private readonly Statement _list = new(connection,
        $"select {Columns} from accounts where normalized_user_name > ?1 order by normalized_user_name limit ?2");

    private readonly Statement _create = new(connection,
        $"insert into accounts ({Columns}) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) on conflict do nothing");

    // "or ignore": a name that is taken touches no row, as a version that has passed does.
    private readonly Statement _update = new(connection,
        "update or ignore accounts set user_name = ?2, normalized_user_name = ?3, password_hash = ?4, security_stamp = ?5, version = ?6 + 1, access_failed_count = ?7, " +
        "lockout_end = ?8, disabled = ?9, operator = ?10, claims = ?11, created_at = ?12, updated_at = ?13 where id = ?1 and version = ?6");

    private readonly Statement _remove = new(connection, "delete from accounts where id = ?1");

    public Account? Find(string id) => First(_find.Bind(1, id));

    public Account? FindByName(string normalizedUserName) => First(_findByName.Bind(1, normalizedUserName));

    public List<Account> List(string? after, int limit)
    {
        using Rows rows = _list.Bind(1, after ?? "").Bind(2, limit).Query();
        List<Account> found = [];
        while (rows.Next()) found.Add(Map(rows));
        return found;
    }

    public bool Create(Account account) => Bind(_create, account).RunAny();

    public bool Update(Account account) => Bind(_update, account).RunAny();

    public bool Remove(string id) => _remove.Bind(1, id).RunAny();

    private static Statement Bind(Statement statement, Account account) => statement
        .Bind(1, account.Id).Bind(2, account.UserName).Bind(3, account.NormalizedUserName).Bind(4, account.PasswordHash).Bind(5, account.SecurityStamp)
        .Bind(6, account.Version).Bind(7, account.AccessFailedCount).Bind(8, account.LockoutEnd).Bind(9, account.Disabled).Bind(10, account.Operator)
        .Bind(11, account.Claims).Bind(12, account.CreatedAt).Bind(13, account.UpdatedAt);

    private static Account? First(Statement bound)
    {
        using Rows rows = bound.Query();
        return rows.Next() ? Map(rows) : null;
    }

    private static Account Map(Rows row) => new()
    {
        Id = row.Text(0),
        UserName = row.Text(1),
        NormalizedUserName = row.Text(2),
        PasswordHash = row.TextOrNull(3),
        SecurityStamp = row.Text(4),
        Version = row.Number(5),
        AccessFailedCount = (int)row.Number(6),
        LockoutEnd = row.InstantOrNull(7),
        Disabled = row.Flag(8),
        Operator = row.Flag(9),
        Claims = row.Text(10),
        CreatedAt = row.Instant(11),
        UpdatedAt = row.Instant(12),
    };
}
