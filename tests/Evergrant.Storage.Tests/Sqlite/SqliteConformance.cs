namespace Evergrant.Storage.Tests.Sqlite;

// The suite, run on the embedded store. Another store needs a file like this one.

public sealed class SqliteChangeTests : ChangeTests<SqliteUnderTest>;

public sealed class SqliteRaceTests : RaceTests<SqliteUnderTest>;

public sealed class SqliteGrantRowTests : GrantRowTests<SqliteUnderTest>;

public sealed class SqliteRevokeManyTests : RevokeManyTests<SqliteUnderTest>;

public sealed class SqliteTogetherTests : TogetherTests<SqliteUnderTest>;

public sealed class SqliteEventTests : EventTests<SqliteUnderTest>;

public sealed class SqliteAuditTests : AuditTests<SqliteUnderTest>;

public sealed class SqliteCleanUpTests : CleanUpTests<SqliteUnderTest>;

public sealed class SqliteClientTests : ClientTests<SqliteUnderTest>;

public sealed class SqliteKeyTests : KeyTests<SqliteUnderTest>;

public sealed class SqliteRootKeyTests : RootKeyTests<SqliteUnderTest>;

public sealed class SqliteAccountTests : AccountTests<SqliteUnderTest>;

public sealed class SqliteClosedStoreTests : ClosedStoreTests<SqliteUnderTest>;

public sealed class SqliteLimitTests : LimitTests<SqliteUnderTest>;
