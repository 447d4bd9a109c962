using SQLitePCL;

namespace Evergrant.Specs.Rfc6749;

/// <summary>RFC 6749 section 4.1.2.1: a store that cannot write is an error of the protocol, not a page with status 500.</summary>
public sealed class Section4_1_2_1_Faults(Section4_1_2_1_Faults.FaultyServer server) : IClassFixture<Section4_1_2_1_Faults.FaultyServer>
{
    [Fact]
    [Requirement("RFC6749-4.1.2.1-04", "RFC7009-2.2.1-02", "ATTACK-086", "ATTACK-139")]
    public async Task While_the_store_cannot_write_clients_are_told_to_come_back_and_lose_nothing()
    {
        var web = server.Client(Clients.Web);
        var browser = await server.SignedIn();
        var request = new AuthorizationRequest(web);
        var tokens = await server.Authorize(Clients.Web, "openid offline_access");

        Page authorized;
        Reply refreshed, revoked;
        using (server.Database is { } database ? await Store.Block(database) : new Blocked(server.DataFolder))
        {
            authorized = await browser.Authorize(request);
            refreshed = await web.Refresh(tokens.Refresh);
            revoked = await web.Revoke(tokens.Refresh);
        }

        Assert.True(authorized.Kind == PageKind.Redirect && authorized.Error is "server_error" or "temporarily_unavailable", authorized.ToString());
        Assert.Equal(request.State, authorized["state"]);
        Assert.Equal(server.Issuer, authorized["iss"]);
        refreshed.Expect(503);
        Assert.NotNull(refreshed.Header("Retry-After"));
        revoked.Expect(503);
        Assert.NotNull(revoked.Header("Retry-After"));
        (await web.Refresh(tokens.Refresh)).Expect(200);
        Assert.NotNull((await browser.Authorize(request)).Code);
    }

    /// <summary>The server of this test alone.</summary>
    public sealed class FaultyServer : DevelopmentServer;

    /// <summary>Holds the write lock of the database file, as a stuck process would.</summary>
    private sealed class Blocked : IDisposable
    {
        private readonly sqlite3 database;

        public Blocked(string folder)
        {
            Batteries_V2.Init();
            var file = Directory.EnumerateFiles(folder, "*.db").Single();
            Assert.Equal(raw.SQLITE_OK, raw.sqlite3_open(file, out database));
            raw.sqlite3_busy_timeout(database, 10_000);
            Assert.Equal(raw.SQLITE_OK, raw.sqlite3_exec(database, "BEGIN IMMEDIATE"));
        }

        public void Dispose()
        {
            raw.sqlite3_exec(database, "ROLLBACK");
            database.Dispose();
        }
    }
}
