using System.Text.Json;

namespace Evergrant.Specs.Rfc9470;

/// <summary>RFC 9470: a resource server asks for a better or fresher authentication, and the client comes back here with its wishes.</summary>
public sealed class StepUp(Server server)
{
    private async Task<string> Offered() => (await server.Api.Metadata()).Json.GetProperty("acr_values_supported")[0].GetString()!;

    [Fact]
    [Requirement("RFC9470-5-02", "RFC9470-6.2-01", "RFC9470-7-01")]
    public async Task The_access_token_tells_how_and_when_the_user_signed_in()
    {
        var acr = await Offered();
        foreach (var definition in (ClientDefinition[])[Clients.Web, Clients.Opaque])
        {
            var token = (await server.Authorize(definition, "openid mail:read", null, ("acr_values", acr), ("max_age", "3600"))).AccessToken;
            var told = (await server.Client(Clients.MailApi).Introspect(token)).Expect(200).Json;
            Assert.Equal((JsonValueKind.String, JsonValueKind.Number), (told.GetProperty("acr").ValueKind, told.GetProperty("auth_time").ValueKind));
            Assert.Equal(acr, told.GetProperty("acr").GetString());
            if (definition == Clients.Opaque) continue;
            Assert.Equal(acr, Jwt.Parse(token).Claim("acr"));
            Assert.Equal(told.GetProperty("auth_time").GetInt64(), Jwt.Parse(token).Number("auth_time"));
        }
    }

    [Fact]
    [Requirement("RFC9470-5-01")]
    public async Task A_client_that_is_registered_so_is_told_when_its_acr_values_cannot_be_met()
    {
        var strict = StepUpClients.Strict;
        var request = new AuthorizationRequest(server.Client(strict)).With("acr_values", "urn:unheard-of:phr");
        (await (await server.SignedIn()).Authorize(request)).ExpectError("unmet_authentication_requirements");
        Assert.NotNull((await server.Authorize(strict, "openid", null, ("acr_values", "urn:unheard-of:phr " + await Offered()))).IdToken);
        Assert.NotNull((await server.Authorize(Clients.Web, "openid", null, ("acr_values", "urn:unheard-of:phr"))).IdToken);
    }

    [Fact]
    [Requirement("RFC9470-5-03")]
    public async Task A_user_whose_sign_in_is_too_old_signs_in_again()
    {
        var browser = await server.NewSignedIn(Users.Bob);
        (await browser.Authorize(new AuthorizationRequest(server.Client(Clients.Web)).With("max_age", "0"))).Expect(PageKind.SignIn);
        Assert.NotNull((await browser.Authorize(new AuthorizationRequest(server.Client(Clients.Web)).With("max_age", "3600"))).Code);
    }
}

/// <summary>The clients of these tests.</summary>
public static class StepUpClients
{
    /// <summary>Its acr_values are no mere wishes.</summary>
    public static ClientDefinition Strict { get; } = new("step-up") { Further = Clients.Rule("require_acr_values", true) };
}
