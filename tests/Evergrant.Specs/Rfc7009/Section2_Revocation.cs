namespace Evergrant.Specs.Rfc7009;

/// <summary>RFC 7009 section 2: token revocation.</summary>
public sealed class Section2_Revocation(Server server)
{
    private const string Scope = "openid offline_access mail:read";

    [Fact]
    [Requirement("RFC7009-2-01", "RFC7009-2.1-06", "RFC7009-2.1-07", "RFC7009-2.2-01")]
    public async Task A_revoked_refresh_token_is_dead_at_once_with_its_access_tokens()
    {
        var web = server.Client(Clients.Web);
        var tokens = await server.Authorize(Clients.Web, Scope);
        Assert.True(await web.Finds(tokens.AccessToken));

        var revoked = (await web.Revoke(tokens.Refresh)).Expect(200);

        Assert.Equal(("application/json", "{}"), (revoked.MediaType, revoked.Body.Trim()));
        (await web.Refresh(tokens.Refresh)).Expect(400, "invalid_grant");
        Assert.False(await web.Finds(tokens.Refresh));
        Assert.False(await web.Finds(tokens.AccessToken));
        (await server.Api.Get("/userinfo", tokens.AccessToken)).Expect(401);
    }

    [Fact]
    [Requirement("RFC7009-2-02", "RFC7009-2.1-06")]
    public async Task A_revoked_access_token_is_dead_at_once()
    {
        foreach (var definition in new[] { Clients.Web, Clients.Opaque })
        {
            var client = server.Client(definition);
            var tokens = await server.Authorize(definition, Scope);

            (await client.Revoke(tokens.AccessToken)).Expect(200);

            Assert.False(await client.Finds(tokens.AccessToken));
            (await server.Api.Get("/userinfo", tokens.AccessToken)).Expect(401);
        }
    }

    [Fact]
    [Requirement("RFC7009-2-02", "RFC7009-2.1-06")]
    public async Task A_revoked_token_of_a_machine_is_dead_and_others_of_it_live()
    {
        var machine = server.Client(Clients.Machine);
        var one = Tokens.Of(await machine.ClientCredentials(("scope", "mail:read")));
        var two = Tokens.Of(await machine.ClientCredentials(("scope", "mail:read")));

        (await machine.Revoke(one.AccessToken)).Expect(200);

        Assert.False(await machine.Finds(one.AccessToken));
        Assert.True(await machine.Finds(two.AccessToken));
    }

    [Fact]
    [Requirement("RFC7009-2-01", "RFC7009-2.1-06")]
    public async Task A_refresh_token_that_has_been_succeeded_still_ends_its_grant()
    {
        var web = server.Client(Clients.Web);
        var first = await server.Authorize(Clients.Web, Scope);
        var second = Tokens.Of(await web.Refresh(first.Refresh));

        (await web.Revoke(first.Refresh)).Expect(200);

        (await web.Refresh(second.Refresh)).Expect(400, "invalid_grant");
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [Requirement("RFC7009-2-03")]
    public async Task Only_post_is_served(string method)
    {
        var web = server.Client(Clients.Web);
        var tokens = await server.Authorize(Clients.Web, Scope);
        var request = new HttpRequestMessage(new HttpMethod(method), server.Api.Url("/revoke?token=" + tokens.Refresh));
        request.Headers.TryAddWithoutValidation("Authorization", Api.Basic(web.Id, web.Secret));

        (await server.Api.Send(request)).Expect(405);
        Assert.True(await web.Finds(tokens.Refresh));
    }

    [Fact]
    [Requirement("RFC7009-2-03")]
    public async Task A_token_outside_the_form_is_not_read()
    {
        var web = server.Client(Clients.Web);
        var tokens = await server.Authorize(Clients.Web, Scope);

        (await server.Api.Post("/revoke?token=" + tokens.Refresh, [], Api.Basic(web.Id, web.Secret))).Expect(400, "invalid_request");
        var json = await server.Api.PostJson("/revoke", $$"""{"token":"{{tokens.Refresh}}"}""");
        Assert.True(json.Status is 400 or 401 or 415, json.ToString());
        Assert.True(await web.Finds(tokens.Refresh));
    }

    [Fact]
    [Requirement("RFC7009-2.1-01")]
    public async Task The_token_must_be_there()
    {
        var web = server.Client(Clients.Web);

        (await web.Call("/revoke")).Expect(400, "invalid_request");
        (await web.Call("/revoke", ("token", ""))).Expect(400, "invalid_request");
        (await web.Call("/revoke", ("token_type_hint", "refresh_token"))).Expect(400, "invalid_request");
    }

    [Theory]
    [InlineData("access_token")]
    [InlineData("refresh_token")]
    [InlineData("foo")]
    [InlineData("")]
    [InlineData("\"<é>")]
    [Requirement("RFC7009-2.1-02", "RFC7009-2.2-02", "RFC7009-2.1-03", "ATTACK-140")]
    public async Task A_hint_that_is_wrong_or_unknown_changes_nothing(string hint)
    {
        var web = server.Client(Clients.Web);
        var one = await server.Authorize(Clients.Web, Scope);
        var two = await server.Authorize(Clients.Web, Scope);

        (await web.Revoke(one.Refresh, hint)).Expect(200);
        (await web.Revoke(two.AccessToken, hint)).Expect(200);

        Assert.False(await web.Finds(one.Refresh));
        Assert.False(await web.Finds(two.AccessToken));
    }

    [Fact]
    [Requirement("RFC7009-2.1-04")]
    public async Task The_client_is_authenticated_first()
    {
        var tokens = await server.Authorize(Clients.Knocking, Scope);
        (string, string)[] form = [("token", tokens.Refresh)];

        (await server.Api.Post("/revoke", form, Api.Basic(Clients.Knocking.Id, "wrong"))).Expect(401, "invalid_client");
        (await server.Api.Post("/revoke", form)).Expect(401, "invalid_client");
        (await server.Api.Post("/revoke", [.. form, ("client_id", Clients.Knocking.Id)])).Expect(401, "invalid_client");
        Assert.True(await server.Client(Clients.Knocking).Finds(tokens.Refresh));
    }

    [Fact]
    [Requirement("RFC7009-2.1-05", "RFC7009-5-02", "ATTACK-121")]
    public async Task Another_clients_token_is_refused_and_lives_on()
    {
        var web = server.Client(Clients.Web);
        var tokens = await server.Authorize(Clients.Web, Scope);
        var native = await server.Authorize(Clients.Native, Scope);

        foreach (var thief in new[] { server.Client(Clients.Other), server.Client(Clients.OtherNative) })
        {
            foreach (var token in new[] { tokens.Refresh, tokens.AccessToken, native.Refresh, native.AccessToken })
                (await thief.Revoke(token)).Expect(400, "invalid_grant");
        }

        Assert.True(await web.Finds(tokens.AccessToken));
        (await web.Refresh(tokens.Refresh)).Expect(200);
        (await server.Client(Clients.Native).Refresh(native.Refresh)).Expect(200);
        (await server.Api.Get("/userinfo", native.AccessToken)).Expect(200);
    }

    [Theory]
    [InlineData("never-a-token")]
    [InlineData("a.b.c")]
    [InlineData("ünïcode '\"")]
    [Requirement("RFC7009-2.2-01")]
    public async Task An_unknown_token_is_as_good_as_revoked(string token)
    {
        var reply = (await server.Client(Clients.Web).Revoke(token)).Expect(200);

        Assert.Equal(("application/json", "{}"), (reply.MediaType, reply.Body.Trim()));
    }

    [Fact]
    [Requirement("RFC7009-2.2-01")]
    public async Task Revoking_twice_is_as_good_as_once()
    {
        var web = server.Client(Clients.Web);
        var tokens = await server.Authorize(Clients.Web, Scope);

        foreach (var token in new[] { tokens.AccessToken, tokens.AccessToken, tokens.Refresh, tokens.Refresh }) (await web.Revoke(token)).Expect(200);
    }

    [Fact]
    [Requirement("RFC7009-2.3-01", "RFC9700-2.6-02")]
    public async Task A_page_of_an_allowed_origin_may_revoke()
    {
        var preflight = new HttpRequestMessage(HttpMethod.Options, server.Api.Url("/revoke"));
        preflight.Headers.TryAddWithoutValidation("Origin", "https://spa.example");
        preflight.Headers.TryAddWithoutValidation("Access-Control-Request-Method", "POST");

        var reply = await server.Api.Send(preflight);

        Assert.InRange(reply.Status, 200, 204);
        Assert.True(reply.Header("Access-Control-Allow-Origin") is "https://spa.example" or "*", reply.Header("Access-Control-Allow-Origin"));
    }

    [Fact]
    [Requirement("RFC7009-5-02")]
    public async Task A_public_client_revokes_its_own_token_by_its_name()
    {
        var tokens = await server.Authorize(Clients.Native, Scope);

        (await server.Api.Post("/revoke", [("token", tokens.Refresh)])).Expect(401, "invalid_client");
        (await server.Api.Post("/revoke", [("token", tokens.Refresh), ("client_id", "nobody")])).Expect(401, "invalid_client");
        var still = Tokens.Of(await server.Client(Clients.Native).Refresh(tokens.Refresh));
        (await server.Client(Clients.Native).Revoke(still.Refresh)).Expect(200);
        (await server.Client(Clients.Native).Refresh(still.Refresh)).Expect(400, "invalid_grant");
    }

    [Fact]
    [Requirement("RFC7009-5-01")]
    public async Task Large_and_many_bogus_requests_are_turned_away_cheaply()
    {
        var web = server.Client(Clients.Web);

        var large = await web.Revoke(new string('x', 100_000));
        var hints = await Task.WhenAll(Enumerable.Range(0, 200).Select(n => web.Revoke($"bogus-{n}", $"hint-{n}")));

        Assert.True(large.Status is 413 or 400, large.ToString());
        Assert.All(hints, reply => Assert.True(reply.Status is 200 or 429, reply.ToString()));
        (await web.Revoke("x")).Expect(200);
    }
}
