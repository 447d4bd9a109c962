using Evergrant.Protocol.Grants;

namespace Evergrant.Protocol.Tests.Grants;

public class CredentialKeysTests
{
    [Fact]
    public void The_highest_number_makes_new_credentials() => Assert.Equal(7, Sample.KeysOf((3, 1), (7, 2), (1, 3)).CurrentNumber);

    [Fact]
    public void Another_number_makes_new_credentials_when_it_is_named()
    {
        KeyValuePair<int, byte[]>[] roots = [KeyValuePair.Create(1, new byte[32]), KeyValuePair.Create(2, new byte[32])];
        Assert.Equal(1, new CredentialKeys(roots, 1).CurrentNumber);
        Assert.Throws<ArgumentException>(() => new CredentialKeys(roots, 3));
    }

    [Fact]
    public void No_key_at_all_is_a_fault() => Assert.Throws<ArgumentException>(() => new CredentialKeys([]));

    [Theory]
    [InlineData(0, 32)]
    [InlineData(-1, 32)]
    [InlineData(65536, 32)]
    [InlineData(1, 31)]
    [InlineData(1, 0)]
    public void A_number_out_of_range_or_a_short_key_is_a_fault(int number, int length) =>
        Assert.Throws<ArgumentException>(() => new CredentialKeys([KeyValuePair.Create(number, new byte[length])]));

    [Fact]
    public void The_largest_number_fits_into_a_credential()
    {
        CredentialKeys keys = Sample.KeysOf((65535, 1));
        string text = GrantCredential.Write(keys, 65535, CredentialKind.Code, Sample.Grant(), 0);
        Assert.Equal(65535, GrantCredential.Read(keys, CredentialKind.Code, text)!.KeyNumber);
    }
}
