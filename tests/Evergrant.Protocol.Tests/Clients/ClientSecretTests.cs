using Evergrant.Protocol.Clients;

namespace Evergrant.Protocol.Tests.Clients;

public class ClientSecretTests
{
    [Fact]
    [Requirement("RFC6749-10.10-01", "RFC6749-10.10-02")]
    public void A_secret_carries_256_bits_in_characters_that_need_no_escape()
    {
        string secret = ClientSecret.New(new byte[32]);
        Assert.StartsWith("evs_", secret, StringComparison.Ordinal);
        Assert.Equal(4 + 43, secret.Length);
        Assert.All(secret, c => Assert.True(char.IsAsciiLetterOrDigit(c) || c is '-' or '_'));
        Assert.Throws<ArgumentOutOfRangeException>(() => ClientSecret.New(new byte[31]));
    }

    [Fact]
    public void What_is_stored_tells_nothing_without_the_key()
    {
        byte[] stored = ClientSecret.Hash("secret", new byte[32]);
        Assert.True(ClientSecret.Matches("secret", new byte[32], [new byte[32], stored]));
        Assert.False(ClientSecret.Matches("secret", [.. new byte[31], 1], [stored]));
        Assert.False(ClientSecret.Matches("secret", new byte[32], []));
    }

    [Fact]
    public void A_secret_of_any_length_is_judged_without_throwing()
    {
        foreach (int length in (int[])[0, 1023, 1024, 1025, 100_000])
        {
            string secret = new('\u20ac', length);
            Assert.Equal(length <= 1024, ClientSecret.Matches(secret, new byte[32], [ClientSecret.Hash(secret, new byte[32])]));
        }
    }
}
