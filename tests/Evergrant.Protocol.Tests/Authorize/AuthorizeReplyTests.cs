using Evergrant.Protocol.Authorize;

namespace Evergrant.Protocol.Tests.Authorize;

public class AuthorizeReplyTests
{
    [Theory]
    [InlineData("https://a.example/cb", false, "https://a.example/cb?code=c&state=s&iss=https%3A%2F%2Fid.example")]
    [InlineData("https://a.example/cb?x=1", false, "https://a.example/cb?x=1&code=c&state=s&iss=https%3A%2F%2Fid.example")]
    [InlineData("https://a.example/cb?", false, "https://a.example/cb?code=c&state=s&iss=https%3A%2F%2Fid.example")]
    [InlineData("https://a.example/cb?x=1&", false, "https://a.example/cb?x=1&code=c&state=s&iss=https%3A%2F%2Fid.example")]
    [InlineData("https://a.example/cb?x=1", true, "https://a.example/cb?x=1#code=c&state=s&iss=https%3A%2F%2Fid.example")]
    [Requirement("RFC6749-3.1-03", "RFC6749-4.1.2-01", "RFC9207-2-01")]
    public void Parameters_join_a_query_that_is_there(string redirect, bool fragment, string location) =>
        Assert.Equal(location, AuthorizeReply.Location(redirect, fragment, AuthorizeReply.Success("c", "s", Sample.Issuer)));

    [Theory]
    [InlineData("a&code=evil#x")]
    [InlineData("a\r\nSet-Cookie: x=y")]
    [InlineData("\"><script>alert(1)</script>")]
    [InlineData("ü €+%20")]
    [Requirement("RFC6749-4.1.2-02", "RFC6749-10.14-01")]
    public void State_comes_back_byte_for_byte_and_breaks_out_of_nothing(string state)
    {
        string location = AuthorizeReply.Location(Sample.Redirect, false, AuthorizeReply.Success("c", state, Sample.Issuer));
        Assert.All(location, c => Assert.True(c is > ' ' and <= '~' and not ('"' or '<' or '>')));
        Assert.Equal(state, Parameters.Parse(System.Text.Encoding.ASCII.GetBytes(location[(location.IndexOf('?') + 1)..]))!["state"]);
    }

    [Fact]
    [Requirement("OIDC-CORE-3.1.2.6-02", "OIDC-CORE-3.1.2.6-12")]
    public void An_error_has_state_if_and_only_if_it_was_sent()
    {
        var error = new OAuthError("access_denied", "No.", Refusal.ConsentDenied);
        Assert.Equal(["error", "error_description", "state", "iss"], AuthorizeReply.Failure(error, "d", "s", Sample.Issuer).Select(p => p.Key));
        Assert.Equal(["error", "error_description", "iss"], AuthorizeReply.Failure(error, "d", null, Sample.Issuer).Select(p => p.Key));
        Assert.Equal(["code", "iss"], AuthorizeReply.Success("c", null, Sample.Issuer).Select(p => p.Key));
    }
}
