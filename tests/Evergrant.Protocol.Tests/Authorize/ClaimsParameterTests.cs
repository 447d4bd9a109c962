using System.Text.Json;
using Evergrant.Protocol.Authorize;

namespace Evergrant.Protocol.Tests.Authorize;

public class ClaimsParameterTests
{
    [Fact]
    [Requirement("OIDC-CORE-5.5-04", "OIDC-CORE-5.5.1-01", "OIDC-CORE-5.5.1-05")]
    public void Each_claim_is_read_as_it_was_asked_for()
    {
        ClaimsParameter claims = ClaimsParameter.Parse("""{"userinfo":{"name":null,"email":{"essential":true,"unheard":1}},"id_token":{"acr":{"essential":true,"values":["a","b"]},"sub":{"value":"s"}},"unheard":7}""")!;
        Assert.Equal([("name", false, 0), ("email", true, 0)], claims.UserInfo.Select(c => (c.Name, c.Essential, c.Values.Count)));
        Assert.Equal([("acr", true, 2), ("sub", false, 1)], claims.IdToken.Select(c => (c.Name, c.Essential, c.Values.Count)));
        Assert.Equal(["acr", "sub", "name", "email"], claims.Names);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("{}x")]
    [InlineData("{\"userinfo\":[]}")]
    [InlineData("{\"userinfo\":{\"a\":true}}")]
    [InlineData("{\"userinfo\":{\"a\":{\"values\":\"x\"}}}")]
    [InlineData("{\"userinfo\":{},\"userinfo\":{}}")]
    [InlineData("{\"userinfo\":{\"a\":{\"value\":\"\\ud800\"}}}")]
    public void Anything_else_is_refused(string json) => Assert.Null(ClaimsParameter.Parse(json));

    [Fact]
    public void More_than_sixty_four_claims_are_refused()
    {
        Assert.Equal(64, ClaimsParameter.Parse(Many(64))!.UserInfo.Count);
        Assert.Null(ClaimsParameter.Parse(Many(65)));

        static string Many(int count) => "{\"userinfo\":{" + string.Join(',', Enumerable.Range(0, count).Select(i => $"\"c{i}\":null")) + "}}";
    }

    [Fact]
    public void Absence_asks_for_nothing()
    {
        Assert.Same(ClaimsParameter.None, ClaimsParameter.Parse(null));
        Assert.Empty(ClaimsParameter.Parse("{}")!.Names);
    }

    [Fact]
    public void A_value_is_compared_as_json()
    {
        RequestedClaim claim = ClaimsParameter.Parse("""{"userinfo":{"a":{"values":[1,"x",{"b":[1,2]}]}}}""")!.UserInfo[0];
        Assert.All((string[])["1", "\"x\"", "{ \"b\": [1, 2] }"], json => Assert.True(claim.Accepts(JsonDocument.Parse(json).RootElement)));
        Assert.All((string[])["\"1\"", "\"X\"", "{\"b\":[2,1]}", "null"], json => Assert.False(claim.Accepts(JsonDocument.Parse(json).RootElement)));
    }
}
