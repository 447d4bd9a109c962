namespace Evergrant.Specs.Rfc8628;

/// <summary>RFC 8628 sections 3.1 and 3.2: the device begins.</summary>
public sealed class Section3_1_DeviceAuthorization(Server server)
{
    [Fact]
    [Requirement("RFC8628-3.1-01", "RFC8628-3.2-01", "RFC8628-3.2-02", "RFC8628-3.2-03", "RFC8628-3.3-02", "RFC8628-4-01")]
    public async Task A_device_gets_both_codes_and_where_to_go()
    {
        var begun = (await Device.Ask(server, DeviceClients.Television)).Expect(200);
        Assert.Equal("application/json", begun.MediaType);
        Assert.Contains("no-store", begun.Header("Cache-Control"), StringComparison.Ordinal);
        Assert.StartsWith("evd_", begun.Text("device_code"), StringComparison.Ordinal);
        Assert.Equal(server.Issuer + "/device", begun.Text("verification_uri"));
        Assert.Equal(server.Issuer + "/device?user_code=" + begun.Text("user_code"), begun.Text("verification_uri_complete"));
        Assert.Equal((600, 5), (begun.Json.GetProperty("expires_in").GetInt32(), begun.Json.GetProperty("interval").GetInt32()));
        Assert.Equal(server.Issuer + "/device_authorization", (await server.Api.Metadata()).Text("device_authorization_endpoint"));
        Assert.Equal(405, (await server.Api.Get("/device_authorization")).Status);
    }

    [Fact]
    [Requirement("RFC8628-3.1-02")]
    public async Task A_client_with_a_secret_shows_it_here_too()
    {
        (await Device.Ask(server, DeviceClients.Gateway)).Expect(200);
        (await server.Api.Post("/device_authorization", [("client_id", DeviceClients.Gateway.Id)])).Expect(401, "invalid_client");
        (await server.Api.Post("/device_authorization", [])).Expect(401, "invalid_client");
    }

    [Fact]
    [Requirement("RFC8628-3.1-03", "XDEV-2-01")]
    public async Task A_client_that_is_not_registered_for_it_and_a_scope_that_is_not_allowed_are_refused()
    {
        (await Device.Ask(server, Clients.Web)).Expect(400, "unauthorized_client");
        (await Device.Ask(server, Clients.Native)).Expect(400, "unauthorized_client");
        (await Device.Ask(server, DeviceClients.Television, "openid unheard")).Expect(400, "invalid_scope");
        (await Device.Ask(server, DeviceClients.Television, "openid files:read")).Expect(400, "invalid_scope");
        (await Device.Ask(server, DeviceClients.Television, "openid  mail:read")).Expect(400, "invalid_scope");
        (await Device.Ask(server, DeviceClients.Television, null)).Expect(200);
        (await server.Client(DeviceClients.Television).Call("/device_authorization", [("scope", "openid"), ("scope", "email")])).Expect(400, "invalid_request");
    }

    [Fact]
    [Requirement("RFC8628-6.1-01", "RFC8628-5.1-01")]
    public async Task User_codes_are_of_letters_that_are_not_mistaken_and_each_is_new()
    {
        HashSet<string> codes = [];
        for (var i = 0; i < 40; i++) Assert.True(codes.Add((await Device.Begin(server, DeviceClients.Television)).UserCode));
        Assert.All(codes, code => Assert.Matches("^[BCDFGHJKLMNPQRSTVWXZ]{3}-[BCDFGHJKLMNPQRSTVWXZ]{3}-[BCDFGHJKLMNPQRSTVWXZ]{3}$", code));
    }
}
