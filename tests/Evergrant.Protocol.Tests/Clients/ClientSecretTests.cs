using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Keys;

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
        byte[] stored = ClientSecret.Hash("secret", Keys(1));
        Assert.True(ClientSecret.Matches("secret", Keys(1), [new byte[34], stored]));
        Assert.False(ClientSecret.Matches("secret", new NumberedKeys([KeyValuePair.Create(1, new byte[32])], 1), [stored]));
        Assert.False(ClientSecret.Matches("secret", Keys(1), []));
    }

    [Fact]
    public void A_hash_names_its_key_and_is_good_for_as_long_as_that_is_there()
    {
        byte[] first = ClientSecret.Hash("secret", Keys(1)), second = ClientSecret.Hash("secret", Keys(2));
        Assert.Equal((1, 2), (ClientSecret.KeyNumberOf(first), ClientSecret.KeyNumberOf(second)));
        Assert.True(ClientSecret.Matches("secret", Keys(2), [first]));
        Assert.False(ClientSecret.Matches("secret", new NumberedKeys([Key(2)], 2), [first]));
        Assert.Same(first, ClientSecret.Find("secret", Keys(2), [ClientSecret.Hash("other", Keys(2)), first]));
        Assert.Null(ClientSecret.Find("other", Keys(2), [first, second]));
    }

    [Fact]
    public void A_hash_of_before_keys_were_numbered_is_of_the_lowest_key()
    {
        byte[] unnumbered = ClientSecret.Hash("secret", Keys(1))[2..];
        Assert.Null(ClientSecret.KeyNumberOf(unnumbered));
        Assert.True(ClientSecret.Matches("secret", Keys(2), [unnumbered]));
        Assert.False(ClientSecret.Matches("secret", new NumberedKeys([Key(2)], 2), [unnumbered]));
        Assert.Same(unnumbered, ClientSecret.Find("secret", Keys(1), [unnumbered]));
    }

    [Fact]
    public void A_secret_of_any_length_is_judged_without_throwing()
    {
        foreach (int length in (int[])[0, 1023, 1024, 1025, 100_000])
        {
            string secret = new('\u20ac', length);
            Assert.Equal(length <= 1024, ClientSecret.Matches(secret, Keys(1), [ClientSecret.Hash(secret, Keys(1))]));
        }
    }

    private static NumberedKeys Keys(int current) => new([Key(1), Key(2)], current);

    private static KeyValuePair<int, byte[]> Key(int number) => KeyValuePair.Create(number, Enumerable.Repeat((byte)number, 32).ToArray());
}
