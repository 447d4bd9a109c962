using Evergrant.Fire.Postgres;
using Evergrant.Fire.Seeding;
using Evergrant.Postgres;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;
using Evergrant.Sqlite;
using Xunit;

namespace Evergrant.Fire.Tests.Seeding;

/// <summary>What the seeders put into a store is what the store would have written.</summary>
public sealed class SeederTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeMilliseconds(1_790_000_000_123);

    private static readonly Grant Real = new()
    {
        Id = Guid.Parse("01890000-0000-7000-8000-000000000001"), Issuer = "https://login.example", ClientId = "web", Subject = "0198aaaa-0000-7000-8000-000000000002", SessionId = "0123456789012345678901",
        State = GrantState.Active, Generation = 7, GenerationAt = Now.AddHours(-1), KeyNumber = 1, CreatedAt = Now.AddDays(-2), IdleExpiresAt = Now.AddDays(10), ExpiresAt = Now.AddDays(40),
        AccessSerial = 1, Salt = new byte[16],
        Authorized = new Authorized { Scope = "openid offline_access", RedirectUri = "https://app.example/callback", CodeChallenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", Nonce = "n-0S6", Policy = "confidential", IssuesRefreshToken = true },
    };

    private static readonly GrantSeed Seed = new(Real.Issuer, Real.ClientId, Now, 1) { Like = Real };

    [Fact]
    public async Task Both_stores_read_the_rows_that_were_seeded()
    {
        Grant[] rows = [.. Enumerable.Range(1, 50).Select(number => Seed.Active(number)), Seed.Pending(51), Seed.Active(52) with { SessionId = null, Subject = null, IdleExpiresAt = null, ExpiresAt = null }];
        string folder = Directory.CreateTempSubdirectory("evergrant-fire-test-").FullName;
        try
        {
            Assert.Equal(rows.Length, await SqliteSeeder.SeedAsync(folder, rows, TestContext.Current.CancellationToken));
            await using SqliteStore file = await SqliteStore.OpenAsync(new SqliteOptions(folder), TestContext.Current.CancellationToken);
            await using Solo server = await Solo.StartAsync();
            await using (await PostgresStore.OpenAsync(new PostgresOptions(server.ConnectionString()), TestContext.Current.CancellationToken)) { }
            Assert.Equal(rows.Length, await PostgresSeeder.SeedAsync(server.ConnectionString(), rows, TestContext.Current.CancellationToken));
            await using PostgresStore database = await PostgresStore.OpenAsync(new PostgresOptions(server.ConnectionString()), TestContext.Current.CancellationToken);
            foreach (Grant row in rows)
            {
                Assert.Equivalent(row, await file.Grants.FindGrantAsync(row.Id, TestContext.Current.CancellationToken), strict: true);
                Assert.Equivalent(row, await database.Grants.FindGrantAsync(row.Id, TestContext.Current.CancellationToken), strict: true);
            }
            // Columns that only clean-up reads are as the store's own insert leaves them.
            Grant[] others = [.. rows.Select((row, i) => row with { Id = new Guid(i + 1, 0, 0x7000, [0x80, 0, 0, 0, 0, 0, 0, 0]) })];
            foreach (Grant other in others) Assert.Equal(CommitResult.Committed, await database.Grants.CommitAsync(new CreateGrant(other), null, TestContext.Current.CancellationToken));
            Assert.Equal(2 * rows.Length, await server.AskAsync<long>("select count(*) from grants"));
            Assert.Equal(rows.Length, await server.AskAsync<long>("select count(*) from (select 1 from grants group by to_jsonb(grants) - 'id' having count(*) = 2) pairs"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Rows_like_a_real_one_have_its_lengths_and_lifetimes_and_people_in_no_order()
    {
        Grant[] rows = [.. Enumerable.Range(0, 400).Select(number => Seed.Active(number))];
        Assert.All(rows, row => Assert.Equal((Real.Subject!.Length, Real.SessionId!.Length), (row.Subject!.Length, row.SessionId!.Length)));
        Assert.All(rows, row => Assert.Equal(Real.IdleExpiresAt - Real.GenerationAt, row.IdleExpiresAt - row.GenerationAt));
        Assert.All(rows, row => Assert.InRange(row.GenerationAt, Now.AddDays(-1), Now));
        Assert.Equal(100, rows.Select(row => row.Subject).Distinct().Count());
        Assert.NotEqual(rows.Select(row => row.Subject), rows.Select(row => row.Subject).Order());
        Assert.Equal(rows.Select(row => row.Id).Order(), rows.Select(row => row.Id));
    }
}
