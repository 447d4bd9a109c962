namespace Evergrant.Specs.RefreshToken;

/// <summary>docs/grants.md, invariants I2 and I5: sixty-four uses of one token at the same time, and a revocation in their midst.</summary>
public sealed class ManyAtOnce(Server server)
{
    private const int Crowd = 64;

    // Fewer over PostgreSQL: its races are run by the hundred thousand in bench/fire.
    private static readonly int Rounds = Store.IsPostgres ? 200 : 1000;

    [Fact]
    [Requirement("ATTACK-078")]
    public async Task With_the_retry_rule_all_succeed_and_there_is_one_successor()
    {
        var client = server.Client(RefreshClients.CrowdAcknowledged);
        var token = (await server.Authorize(RefreshClients.CrowdAcknowledged, Families.Scope)).Refresh;

        for (var round = 0; round < Rounds; round++)
        {
            var replies = await AtOnce(() => client.Refresh(token));
            Assert.All(replies, reply => reply.Expect(200));
            Assert.Single(replies, reply => reply.Decision() == "Rotated");
            Assert.All(replies, reply => Assert.Contains(reply.Decision(), new[] { "Rotated", "Repeated" }));
            token = Assert.Single(replies.Select(reply => reply.Text("refresh_token")).Distinct())!;
        }
    }

    [Fact]
    [Requirement("ATTACK-111")]
    public async Task Without_it_exactly_one_succeeds()
    {
        var client = server.Client(RefreshClients.CrowdRejecting);
        var token = (await server.Authorize(RefreshClients.CrowdRejecting, Families.Scope)).Refresh;

        for (var round = 0; round < Rounds; round++)
        {
            var replies = await AtOnce(() => client.Refresh(token));
            var winner = Assert.Single(replies, reply => reply.Status == 200);
            Assert.All(replies.Where(reply => reply != winner), reply => reply.Expect(400, "invalid_grant"));
            token = winner.Text("refresh_token")!;
        }
    }

    [Fact]
    [Requirement("ATTACK-111")]
    public async Task Where_a_replay_revokes_one_succeeds_and_the_family_is_dead()
    {
        var client = server.Client(RefreshClients.CrowdOnce);
        for (var round = 0; round < 20; round++)
        {
            var first = await server.Authorize(RefreshClients.CrowdOnce, Families.Scope);

            var replies = await AtOnce(() => client.Refresh(first.Refresh));

            var winner = Assert.Single(replies, reply => reply.Status == 200);
            Assert.All(replies.Where(reply => reply != winner), reply => reply.Expect(400, "invalid_grant"));
            (await client.Refresh(winner.Text("refresh_token")!)).Expect(400, "invalid_grant");
            Assert.False(await client.Finds(winner.Text("access_token")!));
        }
    }

    [Fact]
    [Requirement("ATTACK-088")]
    public async Task After_a_revocation_nothing_of_the_family_works_whatever_ran_beside_it()
    {
        var client = server.Client(RefreshClients.CrowdAcknowledged);
        for (var round = 0; round < 20; round++)
        {
            var first = await server.Authorize(RefreshClients.CrowdAcknowledged, Families.Scope);
            var second = Tokens.Of(await client.Refresh(first.Refresh));

            var refreshing = Task.WhenAll(Enumerable.Range(0, 8).Select(_ => client.Refresh(second.Refresh)));
            (await client.Revoke(second.Refresh)).Expect(200);
            var replies = await refreshing;

            Assert.All(replies, reply => Assert.True(reply.Status == 200 || reply.Error == "invalid_grant", reply.ToString()));
            foreach (var survivor in replies.Where(reply => reply.Status == 200).Select(Tokens.Of)) await server.Dead(client, survivor);
            await server.Dead(client, second);
        }
    }

    [Fact]
    public async Task Two_revocations_at_once_both_answer_200()
    {
        var client = server.Client(RefreshClients.CrowdAcknowledged);
        var tokens = await server.Authorize(RefreshClients.CrowdAcknowledged, Families.Scope);

        var replies = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => client.Revoke(tokens.Refresh)));

        Assert.All(replies, reply => reply.Expect(200));
        await server.Dead(client, tokens);
    }

    private static Task<Reply[]> AtOnce(Func<Task<Reply>> send) => Task.WhenAll(Enumerable.Range(0, Crowd).Select(_ => send()));
}
