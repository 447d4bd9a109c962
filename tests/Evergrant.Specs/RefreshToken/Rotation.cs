namespace Evergrant.Specs.RefreshToken;

/// <summary>docs/grants.md, rows 6, 8 and 9: what becomes of a refresh token that is used, and used again.</summary>
public sealed class Rotation(Server server)
{
    [Fact]
    [Requirement("RFC9700-4.14.2-03", "RFC6749-6-04")]
    public async Task Each_refresh_gives_a_successor_and_the_chain_goes_on()
    {
        var client = server.Client(RefreshClients.Acknowledged);
        var tokens = await server.Authorize(RefreshClients.Acknowledged, Families.Scope);
        var seen = new HashSet<string> { tokens.Refresh };

        for (var round = 0; round < 20; round++)
        {
            tokens = (await client.Refresh(tokens.Refresh)).By("Rotated");
            Assert.True(seen.Add(tokens.Refresh));
            Assert.True(seen.Add(tokens.AccessToken));
        }

        (await server.Api.Get("/userinfo", tokens.AccessToken)).Expect(200);
    }

    [Fact]
    public async Task A_lost_answer_is_given_again_with_the_same_successor()
    {
        var client = server.Client(RefreshClients.Acknowledged);
        var first = await server.Authorize(RefreshClients.Acknowledged, Families.Scope);

        var second = (await client.Refresh(first.Refresh)).By("Rotated");
        var repeats = new List<Tokens>();
        for (var round = 0; round < 5; round++) repeats.Add((await client.Refresh(first.Refresh)).By("Repeated"));

        Assert.All(repeats, repeat => Assert.Equal(second.Refresh, repeat.Refresh));
        foreach (var repeat in repeats.Append(second)) (await server.Api.Get("/userinfo", repeat.AccessToken)).Expect(200);
        (await client.Refresh(second.Refresh)).By("Rotated");
    }

    [Fact]
    public async Task A_retry_may_ask_for_another_scope()
    {
        var client = server.Client(RefreshClients.Acknowledged);
        var first = await server.Authorize(RefreshClients.Acknowledged, Families.Scope);
        var second = (await client.Refresh(first.Refresh, ("scope", "mail:read"))).By("Rotated");

        var repeat = (await client.Refresh(first.Refresh, ("scope", "mail:send"))).By("Repeated");

        Assert.Equal(["mail:send"], repeat.Scopes);
        Assert.Equal(second.Refresh, repeat.Refresh);
    }

    [Theory]
    [InlineData("refresh-acknowledged")]
    [InlineData("refresh-windowed")]
    [InlineData("refresh-budgeted")]
    [InlineData("refresh-public")]
    [InlineData("refresh-page")]
    [Requirement("RFC9700-4.14.2-03", "ATTACK-082", "ATTACK-084", "ATTACK-092")]
    public async Task Once_the_successor_was_used_the_predecessor_revokes_the_family(string clientId)
    {
        var definition = RefreshClients.All.Single(one => one.Id == clientId);
        var client = server.Client(definition);
        var first = await server.Authorize(definition, Families.Scope);
        var second = (await client.Refresh(first.Refresh)).By("Rotated");
        var third = (await client.Refresh(second.Refresh)).By("Rotated");

        var replay = (await client.Refresh(first.Refresh)).Expect(400, "invalid_grant");

        Assert.Equal("RefreshTokenReplayed", await server.Why(replay));
        await Dead(definition, client, third, second, first);
    }

    [Fact]
    [Requirement("RFC9700-4.14.2-03")]
    public async Task Without_a_retry_rule_the_predecessor_revokes_at_once()
    {
        var client = server.Client(RefreshClients.Once);
        var first = await server.Authorize(RefreshClients.Once, Families.Scope);
        var second = (await client.Refresh(first.Refresh)).By("Rotated");

        var replay = (await client.Refresh(first.Refresh)).Expect(400, "invalid_grant");

        Assert.Equal("RefreshTokenReplayed", await server.Why(replay));
        await server.Dead(client, second, first);
        Assert.Equal("GrantRevoked", await server.Why(await client.Refresh(second.Refresh)));
    }

    [Fact]
    public async Task Where_the_policy_only_rejects_a_replay_harms_nobody()
    {
        var client = server.Client(RefreshClients.Rejecting);
        var first = await server.Authorize(RefreshClients.Rejecting, Families.Scope);
        var second = (await client.Refresh(first.Refresh)).By("Rotated");
        var third = (await client.Refresh(second.Refresh)).By("Rotated");

        foreach (var old in new[] { first, second, first })
            Assert.Equal("RefreshTokenReplayed", await server.Why((await client.Refresh(old.Refresh)).Expect(400, "invalid_grant")));

        (await server.Api.Get("/userinfo", third.AccessToken)).Expect(200);
        (await client.Refresh(third.Refresh)).By("Rotated");
    }

    [Fact]
    public async Task Beyond_the_budget_a_retry_is_a_replay()
    {
        var client = server.Client(RefreshClients.Budgeted);
        var first = await server.Authorize(RefreshClients.Budgeted, Families.Scope);
        var second = (await client.Refresh(first.Refresh)).By("Rotated");
        for (var retry = 0; retry < 3; retry++) Assert.Equal(second.Refresh, (await client.Refresh(first.Refresh)).By("Repeated").Refresh);

        (await client.Refresh(first.Refresh)).Expect(400, "invalid_grant");

        await server.Dead(client, second);
    }

    [Fact]
    public async Task The_budget_spans_ten_rotations()
    {
        var client = server.Client(RefreshClients.Budgeted);
        var tokens = await server.Authorize(RefreshClients.Budgeted, Families.Scope);
        for (var retry = 0; retry < 3; retry++)
        {
            var previous = tokens;
            tokens = (await client.Refresh(previous.Refresh)).By("Rotated");
            (await client.Refresh(previous.Refresh)).By("Repeated");
        }

        for (var round = 0; round < 10; round++) tokens = (await client.Refresh(tokens.Refresh)).By("Rotated");
        var last = tokens;
        tokens = (await client.Refresh(last.Refresh)).By("Rotated");
        Assert.Equal(tokens.Refresh, (await client.Refresh(last.Refresh)).By("Repeated").Refresh);
    }

    [Fact]
    [Requirement("ATTACK-112")]
    public async Task A_public_client_has_three_retries()
    {
        var client = server.Client(RefreshClients.Public);
        var first = await server.Authorize(RefreshClients.Public, Families.Scope);
        var second = (await client.Refresh(first.Refresh)).By("Rotated");
        for (var retry = 0; retry < 3; retry++) Assert.Equal(second.Refresh, (await client.Refresh(first.Refresh)).By("Repeated").Refresh);

        (await client.Refresh(first.Refresh)).Expect(400, "invalid_grant");

        (await client.Refresh(second.Refresh)).Expect(400, "invalid_grant");
        (await server.Api.Get("/userinfo", second.AccessToken)).Expect(401);
    }

    [Fact]
    [Requirement("RFC6749-6-04")]
    public async Task Without_rotation_the_token_stays_and_works_again_and_again()
    {
        var client = server.Client(RefreshClients.Kept);
        var tokens = await server.Authorize(RefreshClients.Kept, Families.Scope);

        for (var round = 0; round < 5; round++) Assert.Equal(tokens.Refresh, (await client.Refresh(tokens.Refresh)).By("Renewed").Refresh);
        (await client.Revoke(tokens.Refresh)).Expect(200);

        await server.Dead(client, tokens);
    }

    [Theory]
    [InlineData("refresh-ending-opaque")]
    [InlineData("refresh-ending-jwt")]
    public async Task Where_the_policy_says_so_a_refresh_ends_the_access_tokens_before_it(string clientId)
    {
        var definition = RefreshClients.All.Single(one => one.Id == clientId);
        var client = server.Client(definition);
        var first = await server.Authorize(definition, Families.Scope);
        Assert.True(await client.Finds(first.AccessToken));

        var second = (await client.Refresh(first.Refresh)).By("Rotated");

        Assert.False(await client.Finds(first.AccessToken));
        (await server.Api.Get("/userinfo", first.AccessToken)).Expect(401);
        Assert.True(await client.Finds(second.AccessToken));
        (await server.Api.Get("/userinfo", second.AccessToken)).Expect(200);
    }

    [Fact]
    public async Task By_default_the_access_token_before_it_lives_on()
    {
        var client = server.Client(RefreshClients.Acknowledged);
        var first = await server.Authorize(RefreshClients.Acknowledged, Families.Scope);

        (await client.Refresh(first.Refresh)).By("Rotated");

        Assert.True(await client.Finds(first.AccessToken));
        (await server.Api.Get("/userinfo", first.AccessToken)).Expect(200);
    }

    private async Task Dead(ClientDefinition definition, Client client, params Tokens[] family)
    {
        if (!definition.IsPublic)
        {
            await server.Dead(client, family);
            return;
        }

        foreach (var tokens in family)
        {
            (await client.Refresh(tokens.Refresh)).Expect(400, "invalid_grant");
            (await server.Api.Get("/userinfo", tokens.AccessToken)).Expect(401);
        }
    }
}
