using System.Text.Json;
using Evergrant.Protocol.Clients;

namespace Evergrant.Protocol.Tests.Clients;

/// <summary>What a profile makes of a client, and what it does not let it be.</summary>
public class ProfileTests
{
    private static readonly ClientRegistrationContext Context = new("https://id.example", ScopeCatalogue.Empty, false, new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData("""{"profile":"oauth2.1","require_pkce":false}""", "require_pkce")]
    [InlineData("""{"profile":"oauth2.1","legacy_assertion_audience":true}""", "legacy_assertion_audience")]
    [InlineData("""{"profile":"mcp","access_token_format":"opaque"}""", "access_token_format")]
    [InlineData("""{"profile":"mcp","grant_types":["client_credentials"]}""", "grant_types")]
    [InlineData("""{"profile":"legacy","token_endpoint_auth_method":"none","require_pkce":true}""", "token_endpoint_auth_method")]
    [InlineData("""{"profile":"another"}""", "profile")]
    [InlineData("""{"profile":7}""", "profile")]
    public void A_client_that_its_profile_does_not_allow_is_refused_by_the_member(string json, string member)
    {
        string fault = Assert.Single(Parse(json, Context).Faults);
        Assert.StartsWith(member + " ", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_profile_fills_in_what_a_client_does_not_say()
    {
        Client legacy = Parse("""{"profile":"legacy"}""", Context).Value!;
        Assert.True(legacy is { RequirePkce: false, LegacyAssertionAudience: true, Profile: "legacy" });
        Assert.True(Parse("""{"profile":"legacy","require_pkce":true}""", Context).Value!.RequirePkce);
    }

    [Fact]
    public void The_servers_profile_holds_for_clients_that_name_none()
    {
        ClientRegistrationContext strict = Context with { Profile = Profile.OAuth21 };
        Assert.False(Parse("""{"require_pkce":false}""", strict).IsValid);
        Assert.True(Parse("""{"require_pkce":false,"profile":"legacy"}""", strict).IsValid);
        Assert.Equal("oauth2.1", Parse("{}", strict).Value!.Profile);
        Assert.Null(Parse("{}", Context).Value!.Profile);
    }

    [Fact]
    public void Every_profile_makes_a_client_that_keeps_it()
    {
        foreach (Profile profile in Profile.All) Assert.Equal(profile.Name, Parse($$"""{"profile":"{{profile.Name}}"}""", Context).Value!.Profile);
    }

    private static Parsed<Client> Parse(string json, ClientRegistrationContext context)
    {
        string whole = """{"client_id":"a","redirect_uris":["https://a.example/cb"]""" + (json == "{}" ? "}" : "," + json[1..]);
        return ClientMetadata.Parse(JsonDocument.Parse(whole).RootElement, context);
    }
}
