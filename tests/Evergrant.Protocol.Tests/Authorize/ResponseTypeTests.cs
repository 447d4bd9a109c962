using Evergrant.Protocol.Authorize;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;
using Evergrant.Protocol.Token;

namespace Evergrant.Protocol.Tests.Authorize;

public class ResponseTypeTests
{
    private static readonly Client Front = Sample.Web with
    {
        Consent = ConsentRule.Implied,
        GrantTypes = ["authorization_code", "refresh_token", "implicit"],
        ResponseTypes = ["code", "token", "code id_token", "code id_token token"],
    };

    private static FrontChannelIssued Issue(string type)
    {
        Queue<GrantSeed> seeds = new([new(Sample.Grant().Id, Sample.Grant().Salt, 1), new(Guid.CreateVersion7(Sample.Now), [.. Enumerable.Repeat((byte)7, 16)], 1)]);
        return Assert.IsType<FrontChannelIssued>(Authorization.Decide(
            Ask.Facts(Ask.Request(("response_type", type), ("nonce", "n"), ("scope", "openid offline_access notes:read")), Front, Sample.Session()), seeds.Dequeue));
    }

    [Theory]
    [InlineData("code", true, false, false)]
    [InlineData("id_token code", true, false, true)]
    [InlineData("token code id_token", true, true, true)]
    public void Words_stand_in_any_order(string text, bool code, bool token, bool idToken) => Assert.Equal(new ResponseType(code, token, idToken), ResponseType.Parse(text));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("none")]
    [InlineData("CODE")]
    [InlineData("code code")]
    [InlineData("code  token")]
    public void Everything_else_is_no_response_type(string? text) => Assert.Null(ResponseType.Parse(text));

    [Fact]
    public void A_token_of_the_browser_has_a_row_of_its_own_that_cannot_be_refreshed()
    {
        FrontChannelIssued both = Issue("code id_token token");
        Assert.Equal((GrantState.Pending, 0L), (both.Code!.State, both.Code.Generation));
        Assert.Equal((GrantState.Active, 1L, false), (both.Grant.State, both.Grant.Generation, both.Grant.Authorized.IssuesRefreshToken));
        Assert.NotEqual(both.Code.Id, both.Grant.Id);
        Assert.Equal(("sid-alice", null), (both.Grant.SessionId, both.Code.SessionId));
        Assert.Equal(2, Assert.IsType<Together>(both.Change).Changes.Count);
        FrontChannelIssued alone = Issue("token");
        Assert.Null(alone.Code);
        Assert.Equal("openid notes:read", alone.Grant.Authorized.Scope);
        FrontChannelIssued identity = Issue("code id_token");
        Assert.Same(identity.Code, identity.Grant);
        Assert.Null(identity.Access);
    }
}
