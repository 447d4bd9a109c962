using Evergrant.Specs.RefreshToken;

namespace Evergrant.Specs.Rfc8628;

/// <summary>RFC 8628 sections 3.4 and 3.5: the device asks for its tokens.</summary>
public sealed class Section3_4_TokenRequest(Server server)
{
    [Fact]
    [Requirement("RFC8628-3.4-01", "RFC8628-5.6-01")]
    public async Task A_device_walks_from_its_code_to_an_API_and_on_through_refreshes()
    {
        var tokens = await (await Device.Begin(server, DeviceClients.Television)).Allowed();
        Assert.Equal(["mail:read", "offline_access", "openid"], tokens.Scopes);
        Assert.Equal(DeviceClients.Television.Id, tokens.AccessJwt.Claim("client_id"));
        Assert.Equal(server.Issuer, tokens.IdJwt.Claim("iss"));
        (await server.Api.Get("/userinfo", tokens.AccessToken)).Expect(200);

        var client = server.Client(DeviceClients.Television);
        var next = (await client.Refresh(tokens.Refresh)).By("Rotated");
        Assert.NotEqual(tokens.Refresh, next.Refresh);
        Assert.Equal(next.Refresh, (await client.Refresh(tokens.Refresh)).By("Repeated").Refresh);
        next = (await client.Refresh(next.Refresh)).By("Rotated");
        (await client.Refresh(tokens.Refresh)).Expect(400, "invalid_grant");
        (await client.Refresh(next.Refresh)).Expect(400, "invalid_grant");
    }

    [Fact]
    public async Task A_device_revokes_what_it_has()
    {
        var tokens = await (await Device.Begin(server, DeviceClients.Gateway)).Allowed();
        var client = server.Client(DeviceClients.Gateway);
        Assert.True(await client.Finds(tokens.AccessToken));
        (await client.Revoke(tokens.Refresh)).Expect(200);
        Assert.False(await client.Finds(tokens.AccessToken));
        (await client.Refresh(tokens.Refresh)).Expect(400, "invalid_grant");
    }

    [Fact]
    [Requirement("RFC8628-3.4-01")]
    public async Task What_the_request_needs_is_missed_by_name()
    {
        var device = await Device.Begin(server, DeviceClients.Television);
        (await server.Client(DeviceClients.Television).Token(("grant_type", DeviceClients.GrantType))).Expect(400, "invalid_request");
        (await server.Api.Post("/token", [("grant_type", DeviceClients.GrantType), ("device_code", device.Code)])).Expect(401, "invalid_client");
        (await server.Client(Clients.Native).Token(("grant_type", DeviceClients.GrantType), ("device_code", device.Code))).Expect(400, "unauthorized_client");
        (await server.Client(DeviceClients.Television).Token(("grant_type", "device_code"), ("device_code", device.Code))).Expect(400, "unsupported_grant_type");
    }

    [Fact]
    [Requirement("RFC8628-3.4-02")]
    public async Task A_code_is_of_the_client_that_began_and_another_one_changes_nothing()
    {
        var device = await Device.Begin(server, DeviceClients.Television);
        await device.Answer("allow");
        (await device.Poll(DeviceClients.OtherTelevision)).Expect(400, "invalid_grant");
        Tokens.Of(await device.Poll());
    }

    [Fact]
    public async Task No_other_credential_passes_for_a_device_code_and_no_part_of_it_may_differ()
    {
        var device = await Device.Begin(server, DeviceClients.Television);
        await device.Answer("allow");
        var client = server.Client(DeviceClients.Television);
        foreach (var altered in Altering.EachPart(device.Code))
            (await client.Token(("grant_type", DeviceClients.GrantType), ("device_code", altered))).Expect(400, "invalid_grant");
        (await client.Refresh(device.Code)).Expect(400, "invalid_grant");
        var tokens = Tokens.Of(await device.Poll());
        (await client.Token(("grant_type", DeviceClients.GrantType), ("device_code", tokens.Refresh))).Expect(400, "invalid_grant");
    }

    [Fact]
    [Requirement("RFC8628-3.5-01", "RFC8628-3.5-03", "ATTACK-215")]
    public async Task A_device_waits_until_its_user_has_answered_and_is_told_of_a_refusal()
    {
        var device = await Device.Begin(server, DeviceClients.Television);
        (await device.Poll()).Expect(400, "authorization_pending");
        await device.Answer("deny");
        (await device.Poll()).Expect(400, "access_denied");
    }

    [Fact]
    public async Task A_lost_answer_is_given_again_until_the_tokens_are_used_and_is_a_replay_then()
    {
        var device = await Device.Begin(server, DeviceClients.Gateway);
        var tokens = await device.Allowed();
        Assert.Equal(tokens.Refresh, (await device.Poll()).By("Repeated").Refresh);
        var client = server.Client(DeviceClients.Gateway);
        var next = (await client.Refresh(tokens.Refresh)).By("Rotated");
        Assert.Equal("DeviceCodeReplayed", await server.Why((await device.Poll()).Expect(400, "invalid_grant")));
        (await client.Refresh(next.Refresh)).Expect(400, "invalid_grant");
    }

    [Fact]
    public async Task Where_nothing_may_be_given_twice_a_second_use_ends_the_grant()
    {
        var device = await Device.Begin(server, DeviceClients.Strict);
        var tokens = await device.Allowed();
        (await device.Poll()).Expect(400, "invalid_grant");
        (await server.Client(DeviceClients.Strict).Refresh(tokens.Refresh)).Expect(400, "invalid_grant");
    }

    [Fact]
    public async Task Of_many_requests_at_once_all_get_the_same_refresh_token()
    {
        var device = await Device.Begin(server, DeviceClients.Gateway);
        await device.Answer("allow");
        var replies = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => device.Poll()));
        Assert.Single(replies.Select(reply => Tokens.Of(reply).Refresh).Distinct());
    }

    [Fact]
    public async Task Sign_out_ends_what_a_device_got_without_offline_access()
    {
        var device = await Device.Begin(server, DeviceClients.Gateway, "openid mail:read");
        var browser = await server.NewSignedIn(Users.Alice);
        await device.Answer(browser, "allow");
        var tokens = Tokens.Of(await device.Poll());
        Assert.Null(tokens.RefreshToken);
        var client = server.Client(DeviceClients.Gateway);
        Assert.True(await client.Finds(tokens.AccessToken));
        var page = await browser.Get("/sign-out");
        await browser.Submit(page, page.FormWith("form_token"), []);
        Assert.False(await client.Finds(tokens.AccessToken));
    }
}
