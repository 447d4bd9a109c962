using System.Text.Json;
using Evergrant.Protocol.Authorize;
using Evergrant.Protocol.UserInfo;

namespace Evergrant.Protocol.Tests.UserInfo;

public class ClaimRulesTests
{
    private static readonly Dictionary<string, JsonElement> All = JsonDocument.Parse("""
        {"sub":"account","iss":"x","sid":"x","name":"Alice","nickname":"","picture":null,"email":"a@example.com","email_verified":true,"website":"https://a.example","name#de":"Alise","badge":7}
        """).RootElement.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.Clone());

    private static IEnumerable<string> Names(string scope, string userinfo = "{}") =>
        ClaimRules.Select(All, Scope.Split(scope), ClaimsParameter.Parse($$"""{"userinfo":{{userinfo}}}""")!.UserInfo).Keys.Order();

    [Fact]
    [Requirement("OIDC-CORE-5.4-01", "OIDC-CORE-5.4-02", "OIDC-CORE-5.4-06", "OIDC-CORE-5.3.2-02")]
    public void A_scope_releases_its_claims_as_far_as_they_have_values()
    {
        Assert.Equal(["name", "website"], Names("openid profile"));
        Assert.Equal(["email", "email_verified"], Names("openid email"));
        Assert.Empty(Names("openid address phone unheard:of"));
    }

    [Fact]
    [Requirement("OIDC-CORE-5.5-02", "OIDC-CORE-5.5.1-02", "OIDC-CORE-5.5.1-03")]
    public void A_claim_asked_for_by_name_is_released_if_its_value_is_wanted()
    {
        Assert.Equal(["badge", "email"], Names("openid", """{"badge":null,"email":{"value":"a@example.com"},"name":{"value":"Bob"},"phone_number":{"essential":true}}"""));
        Assert.Equal(["badge"], Names("openid", """{"badge":{"values":[6,7]}}"""));
    }

    [Fact]
    public void A_language_tag_that_is_not_held_is_answered_by_the_plain_claim()
    {
        Assert.Equal(["name#de"], Names("openid", """{"name#de":null}"""));
        Assert.Equal(["website"], Names("openid", """{"website#fr":null}"""));
    }

    [Theory]
    [InlineData("sub")]
    [InlineData("sub#de")]
    [InlineData("iss#x")]
    [InlineData("sid")]
    [InlineData("sid#")]
    public void What_speaks_of_the_authentication_is_never_released_as_a_claim(string name) => Assert.Empty(Names("openid", $$"""{"{{name}}":null}"""));
}
