using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Token;

namespace Evergrant.Protocol.Tests.Token;

public class ClientCredentialsGrantTests
{
    private static TokenDecision Decide(string? scope = null, Client? client = null, params string[] resources) =>
        ClientCredentialsGrant.Decide(Sample.Refresh(scope, resources) with { GrantType = "client_credentials" }, Sample.Issuer, client ?? Sample.Web, Sample.Catalogue, _ => new GrantSeed(Guid.Empty, new byte[16], 1), Sample.Now);

    private static void IsRefused(Refusal refusal, string code, TokenDecision decision)
    {
        OAuthError error = Assert.IsType<Refused>(decision).Error;
        Assert.Equal((refusal, code), (error.Refusal, error.Code));
    }

    [Fact]
    public void A_client_gets_what_it_asks_for()
    {
        Issued issued = Assert.IsType<Issued>(Decide("notes:read"));
        Assert.Equal((Sample.Notes, "notes:read", TimeSpan.FromMinutes(5)), (string.Join(' ', issued.Access.Audience), issued.Access.Scope, issued.Policy.AccessTokenLifetime));
    }

    [Fact]
    [Requirement("RFC6749-4.4-01")]
    public void A_public_client_gets_nothing() => IsRefused(Refusal.GrantTypeNotAllowed, "unauthorized_client", Decide("notes:read", Sample.Native));

    [Theory]
    [InlineData("unheard:of")]
    [InlineData("secret")]
    [InlineData("notes:read shared")]
    [Requirement("RFC6749-5.2-08")]
    public void Scope_that_is_unknown_or_not_allowed_is_refused(string scope) => IsRefused(Refusal.ScopeInvalid, "invalid_scope", Decide(scope));

    [Fact]
    public void Values_about_an_end_user_are_left_out() => Assert.Equal("notes:read", Assert.IsType<Issued>(Decide("openid profile offline_access notes:read")).Access.Scope);

    [Fact]
    public void Nothing_but_values_about_an_end_user_gives_a_token_for_the_issuer()
    {
        Issued issued = Assert.IsType<Issued>(Decide("openid"));
        Assert.Equal((Sample.Issuer, ""), (string.Join(' ', issued.Access.Audience), issued.Access.Scope));
    }

    [Fact]
    [Requirement("RFC6749-3.3-04")]
    public void Without_scope_the_defaults_of_the_first_api_apply()
    {
        Issued issued = Assert.IsType<Issued>(Decide());
        Assert.Equal((Sample.Notes, "notes:read notes:write"), (string.Join(' ', issued.Access.Audience), issued.Access.Scope));
    }

    [Fact]
    [Requirement("RFC8707-2.2-04", "RFC8707-2-03")]
    public void A_named_resource_brings_its_own_scope()
    {
        Issued issued = Assert.IsType<Issued>(Decide(null, null, Sample.Files));
        Assert.Equal((Sample.Files, "files:read"), (string.Join(' ', issued.Access.Audience), issued.Access.Scope));
    }

    [Theory]
    [InlineData("https://unheard.example")]
    [InlineData("not a uri")]
    [InlineData(Sample.Notes + "#part")]
    [Requirement("RFC8707-2-01", "RFC8707-2-04")]
    public void A_resource_that_is_unknown_or_no_uri_is_refused(string resource) => IsRefused(Refusal.ResourceInvalid, "invalid_target", Decide(null, null, resource));

    [Fact]
    public void A_client_with_a_list_of_resources_is_held_to_it()
    {
        Client client = Sample.Web with { Resources = [Sample.Files] };
        Assert.IsType<Issued>(Decide(null, client, Sample.Files));
        IsRefused(Refusal.ResourceInvalid, "invalid_target", Decide(null, client, Sample.Notes));
    }

    [Fact]
    [Requirement("RFC9068-3-03")]
    public void Scope_of_several_apis_needs_a_resource() => IsRefused(Refusal.ScopeAmbiguous, "invalid_scope", Decide("notes:read files:read"));
}
