using Evergrant.Specs.RefreshToken;

namespace Evergrant.Specs.Attacks;

/// <summary>What must be the same after the process was killed, and what time ends: on a server of its own, whose clock moves.</summary>
public sealed class RestartedServer(RestartedServer.Mortal server) : IClassFixture<RestartedServer.Mortal>
{
    [Fact]
    [Requirement("ATTACK-051", "ATTACK-085", "ATTACK-142", "ATTACK-089", "ATTACK-166")]
    public async Task What_was_used_up_stays_used_up_and_what_was_lost_is_given_again()
    {
        var browser = await server.NewSignedIn(Users.Alice);
        var (request, spent) = await server.NewCode(AttackClients.Rival, browser: browser);
        var client = request.Client;
        var first = Tokens.Of(await client.Redeem(request, spent));
        var lost = Tokens.Of(await client.Refresh(first.Refresh));
        var used = await server.Authorize(AttackClients.Rival, Families.Scope, browser);
        var second = Tokens.Of(await client.Refresh(used.Refresh));
        var third = Tokens.Of(await client.Refresh(second.Refresh));
        var revoked = await server.Authorize(AttackClients.Rival, Families.Scope, browser);
        (await client.Revoke(revoked.Refresh)).Expect(200);
        var token = await server.Authorize(AttackClients.Rival, Families.Scope, browser);
        (await client.Revoke(token.AccessToken)).Expect(200);
        var machine = Tokens.Of(await server.Client(AttackClients.Machine).ClientCredentials(("scope", "mail:read")));
        (await server.Client(AttackClients.Machine).Revoke(machine.AccessToken)).Expect(200);
        var assertion = server.Client(Clients.Asserting).Assertion();
        (string, string)[] asserted = [("grant_type", "client_credentials"), ("scope", "mail:read"), .. assertion];
        (await server.Api.Post("/token", asserted)).Expect(200);
        var (fresh, unused) = await server.NewCode(AttackClients.Rival, browser: browser);
        var (stale, late) = await server.NewCode(AttackClients.Rival, browser: browser);
        var (waiting, patient) = await server.NewCode(AttackClients.Rival, browser: browser);

        await server.Restart();

        // The answer that nobody read comes again, the same as before.
        Assert.Equal(lost.Refresh, (await client.Refresh(first.Refresh)).By("Repeated").Refresh);
        (await client.Refresh(used.Refresh)).Expect(400, "invalid_grant");
        await server.Dead(client, third, revoked);
        Assert.False(await client.Finds(token.AccessToken));
        Assert.False(await server.Client(AttackClients.Machine).Finds(machine.AccessToken));
        (await server.Api.Post("/token", asserted)).Expect(401, "invalid_client");
        // A code that was never used is good for what is left of its minute.
        (await fresh.Client.Redeem(fresh, unused)).Expect(200);
        await server.Advance(TimeSpan.FromSeconds(50));
        (await waiting.Client.Redeem(waiting, patient)).Expect(200);
        await server.Advance(TimeSpan.FromSeconds(11));
        (await stale.Client.Redeem(stale, late)).Expect(400, "invalid_grant");
        (await client.Redeem(request, spent)).Expect(400, "invalid_grant");
        await server.Dead(client, lost);

        await server.Restart();
        // In development mode a node on PostgreSQL forgets by how much its clock was moved; nobody moves that of a server in production.
        if (!Store.IsPostgres) (await stale.Client.Redeem(stale, late)).Expect(400, "invalid_grant");
        await server.Dead(client, lost, third, revoked);
    }

    /// <summary>The server of this test alone.</summary>
    public sealed class Mortal : ClockServer;
}
