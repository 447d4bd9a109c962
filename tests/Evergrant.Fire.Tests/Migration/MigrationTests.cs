using Evergrant.Fire.Migration;
using Evergrant.Fire.Storms;
using Xunit;

namespace Evergrant.Fire.Tests.Migration;

/// <summary>Short forms: the oldest version, a few instants.</summary>
public sealed class MigrationTests(ITestOutputHelper output)
{
    [Fact]
    public Task An_old_file_whose_migration_was_killed_comes_up_whole() => ShortRun.HeldAsync(new MigrationDrill(Place.Sqlite), 0.001, output);

    [Fact]
    public Task An_old_database_whose_migration_was_killed_or_cut_off_comes_up_whole() => ShortRun.HeldAsync(new MigrationDrill(Place.Postgres), 0.001, output);
}
