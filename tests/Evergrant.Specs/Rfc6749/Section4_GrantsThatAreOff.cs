namespace Evergrant.Specs.Rfc6749;

/// <summary>RFC 6749 sections 4.2, 4.3 and 4.5: implicit, password and unknown grants are not there.</summary>
public sealed class Section4_GrantsThatAreOff(Server server)
{
    [Fact]
    [Requirement("RFC6749-4.2.1-01", "RFC6749-4.2.2-02", "RFC9700-2.1.2-01", "OAUTH21-10.1-01")]
    public async Task Implicit_is_off()
    {
        var metadata = await server.Api.Metadata();
        var page = await (await server.SignedIn()).Authorize(new AuthorizationRequest(server.Client(Clients.Web)).With(("response_type", "token"), ("scope", "mail:read offline_access")));

        page.ExpectError("unsupported_response_type");
        Assert.DoesNotContain(page.Parameters, p => p.Name is "access_token" or "refresh_token");
        Assert.DoesNotContain(metadata.Json.GetProperty("response_types_supported").EnumerateArray(), type => type.GetString()!.Split(' ').Contains("token"));
        Assert.DoesNotContain(metadata.Json.GetProperty("grant_types_supported").EnumerateArray(), type => type.GetString() == "implicit");
    }

    [Fact]
    [Requirement("RFC6749-4.3.2-01", "RFC9700-2.4-01", "RFC6749-5.2-07", "OAUTH21-10-01")]
    public async Task Password_is_off()
    {
        var metadata = await server.Api.Metadata();

        foreach (var definition in new[] { Clients.Web, Clients.Machine, Clients.Native })
        {
            var reply = await server.Client(definition).Token(("grant_type", "password"), ("username", Users.Alice.Username), ("password", Users.Alice.Password));
            reply.Expect(400, "unsupported_grant_type");
        }

        Assert.DoesNotContain(metadata.Json.GetProperty("grant_types_supported").EnumerateArray(), type => type.GetString() == "password");
    }

    [Theory]
    [InlineData("foo")]
    [InlineData("implicit")]
    [InlineData("Authorization_Code")]
    [InlineData("urn:example:unheard-of")]
    [InlineData("https://example.com/grant")]
    [Requirement("RFC6749-5.2-07")]
    public async Task An_unknown_grant_type_is_unsupported(string grantType)
    {
        (await server.Client(Clients.Web).Token(("grant_type", grantType))).Expect(400, "unsupported_grant_type");
    }
}
