using System.Text;
using Evergrant.Jose;
using Evergrant.Protocol.Clients;

namespace Evergrant.Protocol.Tests.Clients;

public class ClientTests
{
    private static string JwksOf(SigningKey key) => Encoding.UTF8.GetString(new JwkSet([key.PublicKey]).ToUtf8Json());

    [Fact]
    public void A_copy_with_other_keys_does_not_keep_the_old_ones()
    {
        using var old = SigningKey.Create("ES256", "old");
        using var next = SigningKey.Create("ES256", "next");
        Client client = Sample.Web with { Jwks = JwksOf(old) };
        Assert.Equal("old", client.Keys!.Keys[0].KeyId);
        Assert.Equal("next", (client with { Jwks = JwksOf(next) }).Keys!.Keys[0].KeyId);
        Assert.Null((client with { Jwks = null }).Keys);
        Assert.Null((client with { Jwks = "garbage" }).Keys);
    }
}
