using Evergrant.Protocol.Clients;

namespace Evergrant.Protocol.Tests.Clients;

public class RedirectUriTests
{
    private static Client With(string registered, ApplicationType type = ApplicationType.Web, bool anyPort = false) =>
        Sample.Web with { RedirectUris = [registered], ApplicationType = type, LoopbackAnyPort = anyPort };

    [Theory]
    [InlineData("https://app.example/cb/")]
    [InlineData("https://app.example/CB")]
    [InlineData("https://APP.example/cb")]
    [InlineData("HTTPS://app.example/cb")]
    [InlineData("http://app.example/cb")]
    [InlineData("https://app.example:443/cb")]
    [InlineData("https://app.example:8443/cb")]
    [InlineData("https://app.example/cb?")]
    [InlineData("https://app.example/cb?x=1")]
    [InlineData("https://app.example/cb#")]
    [InlineData("https://app.example/cb#x")]
    [InlineData("https://app.example/./cb")]
    [InlineData("https://app.example/x/../cb")]
    [InlineData("https://app.example//cb")]
    [InlineData("https://app.example/%63b")]
    [InlineData("https://app.example/cb%00")]
    [InlineData("https://app.example/cb%2f")]
    [InlineData("https://app.example.evil.example/cb")]
    [InlineData("https://app.example@evil.example/cb")]
    [InlineData("https://evil.example/https://app.example/cb")]
    [InlineData("https://user@app.example/cb")]
    [InlineData("https://app.example\\@evil.example/cb")]
    [InlineData("https://аpp.example/cb")]
    [InlineData("https://app.example/cb ")]
    [InlineData(" https://app.example/cb")]
    [InlineData("https://app.example/cb\n")]
    [InlineData("//app.example/cb")]
    [InlineData("/cb")]
    [InlineData("")]
    [InlineData("https://app.example/cb.evil")]
    [InlineData("https://app.example/c")]
    [Requirement("RFC6749-3.1.2.3-02", "RFC9700-2.1-01", "RFC8252-8.4-02")]
    public void Nothing_but_the_registered_bytes_will_do(string requested) => Assert.False(RedirectUri.IsRegistered(requested, With(Sample.Redirect)));

    [Theory]
    [InlineData("https://app.example/cb")]
    [InlineData("https://*.app.example/cb")]
    [InlineData("https://app.example/cb?x=1&y=2")]
    [InlineData("com.example.app:/cb")]
    public void The_registered_bytes_will_do(string uri) => Assert.True(RedirectUri.IsRegistered(uri, With(uri)));

    [Theory]
    [InlineData("http://127.0.0.1/cb", "http://127.0.0.1:1/cb")]
    [InlineData("http://127.0.0.1/cb", "http://127.0.0.1:65535/cb")]
    [InlineData("http://127.0.0.1:80/cb", "http://127.0.0.1/cb")]
    [InlineData("http://127.0.0.1:4000/cb?x=1", "http://127.0.0.1:5000/cb?x=1")]
    [InlineData("http://[::1]/cb", "http://[::1]:5000/cb")]
    [InlineData("http://localhost/cb", "http://localhost:5000/cb")]
    [InlineData("http://127.0.0.1", "http://127.0.0.1:5000")]
    [Requirement("RFC8252-7.3-01")]
    public void The_port_of_a_loopback_uri_may_vary(string registered, string requested) => Assert.True(RedirectUri.IsRegistered(requested, With(registered, ApplicationType.Native)));

    [Theory]
    [InlineData("http://127.0.0.1/cb", "http://127.0.0.1:65536/cb")]
    [InlineData("http://127.0.0.1/cb", "http://127.0.0.1:/cb")]
    [InlineData("http://127.0.0.1/cb", "http://127.0.0.1:+80/cb")]
    [InlineData("http://127.0.0.1/cb", "http://127.0.0.1: 80/cb")]
    [InlineData("http://127.0.0.1/cb", "http://127.0.0.1:80@evil.example/cb")]
    [InlineData("http://127.0.0.1/cb", "http://127.0.0.1@evil.example/cb")]
    [InlineData("http://127.0.0.1/cb", "http://127.0.0.1.evil.example/cb")]
    [InlineData("http://127.0.0.1/cb", "http://127.0.0.1:80\\@evil.example/cb")]
    [InlineData("http://127.0.0.1/cb", "http://127.0.0.1:80#@evil.example/cb")]
    [InlineData("http://127.0.0.1/cb", "http://user@127.0.0.1/cb")]
    [InlineData("http://127.0.0.1/cb", "http://127.0.0.2/cb")]
    [InlineData("http://127.0.0.1/cb", "http://127.1/cb")]
    [InlineData("http://127.0.0.1/cb", "http://2130706433/cb")]
    [InlineData("http://127.0.0.1/cb", "http://localhost/cb")]
    [InlineData("http://127.0.0.1/cb", "http://[::1]/cb")]
    [InlineData("http://127.0.0.1/cb", "https://127.0.0.1:5000/cb")]
    [InlineData("http://127.0.0.1/cb", "http://127.0.0.1:5000/cb/")]
    [InlineData("http://127.0.0.1/cb", "http://127.0.0.1:5000/cb?x")]
    [InlineData("http://127.0.0.1/cb", "http://127.0.0.1:5000/../cb")]
    [InlineData("http://127.0.0.1", "http://127.0.0.1:5000/")]
    [InlineData("http://localhost/cb", "http://LOCALHOST:5000/cb")]
    [InlineData("http://localhost/cb", "http://localhost.evil.example/cb")]
    [InlineData("http://[::1]/cb", "http://[0:0:0:0:0:0:0:1]:5000/cb")]
    [InlineData("https://127.0.0.1/cb", "https://127.0.0.1:5000/cb")]
    [Requirement("RFC8252-8.4-02")]
    public void Nothing_but_the_port_of_a_loopback_uri_may_vary(string registered, string requested) =>
        Assert.False(RedirectUri.IsRegistered(requested, With(registered, ApplicationType.Native)));

    [Fact]
    public void Localhost_varies_only_for_programs_on_the_users_machine()
    {
        Assert.False(RedirectUri.IsRegistered("http://localhost:5000/cb", With("http://localhost/cb")));
        Assert.True(RedirectUri.IsRegistered("http://localhost:5000/cb", With("http://localhost/cb", anyPort: true)));
    }

    [Theory]
    [InlineData("/cb", "absolute")]
    [InlineData("app.example/cb", "absolute")]
    [InlineData("https://app.example/cb#x", "fragment")]
    [InlineData("https://app.example/cb#", "fragment")]
    [InlineData("https://*.example/cb", "wildcard")]
    [InlineData("https://user@app.example/cb", "user information")]
    [InlineData("http://app.example/cb", "not loopback")]
    [InlineData("http://127.0.0.1.evil.example/cb", "not loopback")]
    [InlineData("http://127.0.0.1/cb", "only native")]
    [InlineData("com.example.app:/cb", "only native")]
    [InlineData("javascript:alert(1)", "only native")]
    [InlineData("https://app.example/c b", "character")]
    [InlineData("https://app.example/c\"b", "character")]
    [InlineData("https://app.example/c\nb", "character")]
    [InlineData("https://bücher.example/cb", "character")]
    [InlineData("https:app.example/cb", "absolute")]
    [InlineData("https:/app.example/cb", "absolute")]
    [InlineData("HTTPS://app.example/cb", "upper-case")]
    [Requirement("RFC6749-3.1.2-01", "RFC6749-3.1.2-02", "RFC9700-2.6-01")]
    public void What_cannot_be_a_redirect_uri_of_a_web_client_is_refused_with_a_reason(string uri, string reason) =>
        Assert.Contains(reason, RedirectUri.Fault(uri, ApplicationType.Web, false), StringComparison.Ordinal);

    [Theory]
    [InlineData("myapp:/cb", "period")]
    [InlineData("javascript:alert(1)", "period")]
    [InlineData("data:text/html,x", "period")]
    [InlineData("COM.example:/cb", "upper-case")]
    [InlineData("http://evil.example/cb", "not loopback")]
    [Requirement("RFC8252-8.4-03")]
    public void What_cannot_be_a_redirect_uri_of_a_native_client_is_refused_with_a_reason(string uri, string reason) =>
        Assert.Contains(reason, RedirectUri.Fault(uri, ApplicationType.Native, false), StringComparison.Ordinal);

    [Theory]
    [InlineData("https://app.example/cb", ApplicationType.Web, false)]
    [InlineData("https://app.example:8443/cb?x=%20", ApplicationType.Web, false)]
    [InlineData("http://localhost/cb", ApplicationType.Web, true)]
    [InlineData("com.example.app:/cb", ApplicationType.Native, false)]
    [InlineData("https://claimed.example/cb", ApplicationType.Native, false)]
    [InlineData("http://127.0.0.1/cb", ApplicationType.Native, false)]
    [InlineData("http://[::1]/cb", ApplicationType.Native, false)]
    [Requirement("RFC8252-7-01")]
    public void What_can_be_one_is_taken(string uri, ApplicationType type, bool allowLoopback) => Assert.Null(RedirectUri.Fault(uri, type, allowLoopback));

    [Fact]
    public void A_uri_beyond_two_thousand_characters_is_refused() => Assert.NotNull(RedirectUri.Fault("https://app.example/" + new string('a', 2000), ApplicationType.Web, false));

    [Theory]
    [InlineData("https://app.example/cb", "https://app.example")]
    [InlineData("https://app.example:8443?x=1", "https://app.example:8443")]
    [InlineData("https://app.example", "https://app.example")]
    [InlineData("http://[::1]:5000/cb", "http://[::1]:5000")]
    [InlineData("com.example.app:/cb", "com.example.app:")]
    [InlineData("com.example.app://host/cb", "com.example.app:")]
    public void The_origin_is_what_a_browser_sees(string uri, string origin) => Assert.Equal(origin, RedirectUri.OriginOf(uri));
}
