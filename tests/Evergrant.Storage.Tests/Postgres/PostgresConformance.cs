namespace Evergrant.Storage.Tests.Postgres;

// The suite, run on the PostgreSQL store.

public sealed class PostgresChangeTests : ChangeTests<PostgresUnderTest>;

public sealed class PostgresRaceTests : RaceTests<PostgresUnderTest>;

public sealed class PostgresGrantRowTests : GrantRowTests<PostgresUnderTest>;

public sealed class PostgresRevokeManyTests : RevokeManyTests<PostgresUnderTest>;

public sealed class PostgresTogetherTests : TogetherTests<PostgresUnderTest>;

public sealed class PostgresEventTests : EventTests<PostgresUnderTest>;

public sealed class PostgresAuditTests : AuditTests<PostgresUnderTest>;

public sealed class PostgresCleanUpTests : CleanUpTests<PostgresUnderTest>;

public sealed class PostgresClientTests : ClientTests<PostgresUnderTest>;

public sealed class PostgresKeyTests : KeyTests<PostgresUnderTest>;

public sealed class PostgresRootKeyTests : RootKeyTests<PostgresUnderTest>;

public sealed class PostgresAccountTests : AccountTests<PostgresUnderTest>;

public sealed class PostgresClosedStoreTests : ClosedStoreTests<PostgresUnderTest>;

public sealed class PostgresLimitTests : LimitTests<PostgresUnderTest>;
