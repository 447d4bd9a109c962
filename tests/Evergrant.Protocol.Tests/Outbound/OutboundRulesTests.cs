using System.Net;
using Evergrant.Protocol.Outbound;

namespace Evergrant.Protocol.Tests.Outbound;

/// <summary>Where the server may connect to on somebody else's word.</summary>
public class OutboundRulesTests
{
    private static readonly OutboundRules Production = new(["keys.internal", "other.example:8443"], AllowLoopback: false, Own: ["id.example:443"]);
    private static readonly OutboundRules Development = new([], AllowLoopback: true, Own: ["localhost:5000"]);

    [Theory]
    [InlineData("https://client.example/jwks")]
    [InlineData("https://client.example:443/jwks?x=1")]
    [InlineData("https://93.184.216.34/jwks")]
    [InlineData("https://other.example:8443/jwks")]
    public void An_https_URL_on_the_usual_port_is_fetched(string url) => Assert.NotNull(Production.Judge(url));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("http://client.example/jwks")]
    [InlineData("https://client.example:22/jwks")]
    [InlineData("https://client.example:8443/jwks")]
    [InlineData("https://user@client.example/jwks")]
    [InlineData("https://user:password@client.example/jwks")]
    [InlineData("https://client.example/jwks#part")]
    [InlineData("https://client.example./jwks")]
    [InlineData("https://localhost./jwks")]
    [InlineData("https://id.example/jwks")]
    [InlineData("https://ID.EXAMPLE:443/jwks")]
    [InlineData("http://localhost/jwks")]
    [InlineData("file:///etc/passwd")]
    [InlineData("gopher://client.example/")]
    [InlineData("ftp://client.example/")]
    [InlineData("ldap://client.example/")]
    [InlineData("//client.example/jwks")]
    [InlineData("https:///jwks")]
    [InlineData("https://client.example\\@inside/jwks")]
    [InlineData("https://client.example/ jwks")]
    [Requirement("ATTACK-268", "ATTACK-270")]
    public void Anything_else_is_not_fetched(string? url) => Assert.Null(Production.Judge(url));

    [Fact]
    public void A_URL_without_end_is_not_fetched() => Assert.Null(Production.Judge("https://client.example/" + new string('a', 2048)));

    [Theory]
    [InlineData("http://localhost:1234/jwks", true)]
    [InlineData("http://127.0.0.1:1234/jwks", true)]
    [InlineData("http://[::1]:1234/jwks", true)]
    [InlineData("http://127.0.0.2:1234/jwks", false)]
    [InlineData("http://localhost.evil.example:1234/jwks", false)]
    [InlineData("http://localhost:5000/jwks", false)]
    [InlineData("http://127.0.0.1:5000/jwks", false)]
    public void Development_mode_fetches_from_this_machine_but_not_from_itself(string url, bool fetched) => Assert.Equal(fetched, Development.Judge(url) is not null);

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.0.9")]
    [InlineData("0.0.0.0")]
    [InlineData("10.0.0.1")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.1.1")]
    [InlineData("169.254.169.254")]
    [InlineData("100.64.0.1")]
    [InlineData("100.127.255.255")]
    [InlineData("192.0.0.192")]
    [InlineData("198.18.0.1")]
    [InlineData("203.0.113.7")]
    [InlineData("224.0.0.1")]
    [InlineData("240.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("::127.0.0.1")]
    [InlineData("64:ff9b::a00:1")]
    [InlineData("64:ff9b:1::1")]
    [InlineData("2002:a00:1::1")]
    [InlineData("2001::1")]
    [InlineData("2001:db8::1")]
    [InlineData("fc00::1")]
    [InlineData("fd00::1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("fe80::1")]
    [InlineData("fec0::1")]
    [InlineData("ff02::1")]
    [InlineData("100::1")]
    [Requirement("ATTACK-259", "CIMD-6.5-01", "CIMD-6.5-02")]
    public void A_special_address_is_not_connected_to(string address)
    {
        Assert.False(OutboundAddress.IsPublic(IPAddress.Parse(address)));
        Assert.False(Production.MayConnect(new Uri("https://client.example/"), [IPAddress.Parse(address)]));
    }

    [Theory]
    [InlineData("93.184.216.34")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.0")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.0")]
    [InlineData("::ffff:93.184.216.34")]
    [InlineData("2606:2800:220:1:248:1893:25c8:1946")]
    public void A_public_address_is_connected_to(string address) => Assert.True(Production.MayConnect(new Uri("https://client.example/"), [IPAddress.Parse(address)]));

    [Fact]
    [Requirement("ATTACK-269")]
    public void A_name_with_one_address_that_is_not_public_is_refused_as_a_whole() =>
        Assert.False(Production.MayConnect(new Uri("https://client.example/"), [IPAddress.Parse("93.184.216.34"), IPAddress.Parse("10.0.0.1")]));

    [Fact]
    public void A_name_without_addresses_is_refused() => Assert.False(Production.MayConnect(new Uri("https://client.example/"), []));

    [Fact]
    public void A_host_that_the_operator_has_named_may_be_private()
    {
        Assert.True(Production.MayConnect(new Uri("https://keys.internal/jwks"), [IPAddress.Parse("10.0.0.1")]));
        Assert.False(Production.MayConnect(new Uri("https://evil.keys.internal/jwks"), [IPAddress.Parse("10.0.0.1")]));
    }

    [Fact]
    public void A_name_of_this_machine_that_leads_elsewhere_is_refused() => Assert.False(Development.MayConnect(new Uri("http://localhost:1234/"), [IPAddress.Parse("10.0.0.1")]));

    [Theory]
    [InlineData("https://2130706433/")]
    [InlineData("https://0x7f.1/")]
    [InlineData("https://0177.0.0.1/")]
    [InlineData("https://127.1/")]
    [Requirement("ATTACK-259")]
    public void A_number_that_means_loopback_is_judged_as_loopback(string url)
    {
        if (Production.Judge(url) is not { } uri) return;
        Assert.True(IPAddress.TryParse(uri.Host, out IPAddress? address));
        Assert.False(Production.MayConnect(uri, [address]));
    }
}
