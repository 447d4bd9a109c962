using Evergrant.Protocol.CheckSession;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Sessions;

namespace Evergrant.Protocol.Tests.CheckSession;

public sealed class BrowserStateTests
{
    private static Session Session(byte fill) => new()
    {
        Key = [.. Enumerable.Repeat(fill, 32)], Id = "sid-" + fill, Subject = "alice", AuthTime = Sample.Now, Amr = ["pwd"], SeenAt = Sample.Now, IdleExpiresAt = Sample.Now.AddHours(1), ExpiresAt = Sample.Now.AddHours(2),
    };

    [Fact]
    public void It_says_who_is_signed_in_in_which_order_and_nothing_of_them()
    {
        string[] states = [BrowserState.Of([]), BrowserState.Of([Session(1)]), BrowserState.Of([Session(2)]), BrowserState.Of([Session(1), Session(2)]), BrowserState.Of([Session(2), Session(1)])];
        Assert.Equal(states.Length, states.Distinct().Count());
        Assert.All(states, state => Assert.True(BrowserState.IsState(state)));
        Assert.Equal(states[1], BrowserState.Of([Session(1) with { SeenAt = Sample.Now.AddMinutes(9), IdleExpiresAt = Sample.Now.AddHours(3) }]));
    }

    [Theory]
    [InlineData("https://app.example/cb?x=1", "https://app.example")]
    [InlineData("https://App.example:443/cb", "https://app.example")]
    [InlineData("http://127.0.0.1:51000/cb", "http://127.0.0.1:51000")]
    [InlineData("http://[::1]:51000/cb", "http://[::1]:51000")]
    [InlineData("https://app.example:8443", "https://app.example:8443")]
    public void It_is_salted_for_the_client_at_its_origin_as_a_browser_writes_it(string redirectUri, string origin)
    {
        string state = BrowserState.SessionState("web", redirectUri, "out", [1, 2, 3])!;
        Assert.Equal(state, BrowserState.SessionState("web", origin + "/elsewhere", "out", [1, 2, 3]));
        foreach (string? other in new[] { BrowserState.SessionState("web", redirectUri, "out", [1, 2, 4]), BrowserState.SessionState("other", redirectUri, "out", [1, 2, 3]), BrowserState.SessionState("web", "https://x.example/", "out", [1, 2, 3]), BrowserState.SessionState("web", redirectUri, "in", [1, 2, 3]) })
            Assert.NotEqual(state, other);
        Assert.Null(BrowserState.SessionState("web", "com.example.app:/cb", "out", [1]));
    }

    [Fact]
    public void An_origin_is_a_clients_where_a_redirect_URI_of_it_has_it()
    {
        Client web = Sample.Web with { RedirectUris = ["https://app.example/cb", "http://localhost/cb"] };
        Assert.True(RedirectUri.IsOriginOf("https://app.example", web));
        foreach (string origin in new[] { "https://app.example/", "http://app.example", "https://app.example:8443", "http://localhost:3000", "null", "" }) Assert.False(RedirectUri.IsOriginOf(origin, web));
        Assert.True(RedirectUri.IsOriginOf("http://localhost:3000", web with { LoopbackAnyPort = true }));
        Assert.True(RedirectUri.IsOriginOf("http://127.0.0.1:3000", Sample.Native));
        Assert.False(RedirectUri.IsOriginOf("http://127.0.0.1:3000/x", Sample.Native));
    }
}
