using System.Security.Cryptography;
using System.Text;
using Evergrant.Accounts;
using Evergrant.AspNetCore.Keys;
using Evergrant.Protocol.Accounts;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Keys;
using Microsoft.AspNetCore.WebUtilities;
using Xunit;

namespace Evergrant.Pages.Tests.Accounts;

public class KnownDeviceTests
{
    private static readonly Account Alice = new() { Id = "a", UserName = "alice", NormalizedUserName = "ALICE", SecurityStamp = "stamp", CreatedAt = default, UpdatedAt = default };

    [Fact]
    public void A_mark_is_good_for_its_account_as_it_is_and_under_every_root_key_that_stands()
    {
        string mark = new KnownDevice(new TwoKeys(1)).MarkOf(Alice);
        Assert.True(new KnownDevice(new TwoKeys(2)).Fits(mark, Alice));
        Assert.False(new KnownDevice(new TwoKeys(2, lowest: 2)).Fits(mark, Alice));
        Assert.False(new KnownDevice(new TwoKeys(1)).Fits(mark, Alice with { SecurityStamp = "changed" }));
        Assert.False(new KnownDevice(new TwoKeys(1)).Fits(mark, Alice with { Id = "b" }));
        foreach (string bad in (string[])["", ".", mark[..^1], mark + "A", "B" + mark[1..], mark.Replace('.', ':')]) Assert.False(new KnownDevice(new TwoKeys(1)).Fits(bad, Alice));
        Assert.False(new KnownDevice(new TwoKeys(1)).Fits(null, Alice));
    }

    [Fact]
    public void A_mark_of_before_keys_were_numbered_is_of_the_lowest_key()
    {
        byte[] nonce = new byte[16];
        byte[] tag = HMACSHA256.HashData(TwoKeys.Key(1), (byte[])[.. nonce, .. Encoding.UTF8.GetBytes(Alice.Id), 0, .. Encoding.UTF8.GetBytes(Alice.SecurityStamp)]);
        string mark = Base64UrlTextEncoder.Encode(nonce) + "." + Base64UrlTextEncoder.Encode(tag);
        Assert.True(new KnownDevice(new TwoKeys(2)).Fits(mark, Alice));
        Assert.False(new KnownDevice(new TwoKeys(2, lowest: 2)).Fits(mark, Alice));
    }

    private sealed class TwoKeys(int current, int lowest = 1) : IServerSecrets
    {
        public CredentialKeys Credentials => throw new NotSupportedException();

        public NumberedKeys Derive(string purpose) => new(Enumerable.Range(lowest, 3 - lowest).Select(n => KeyValuePair.Create(n, Key(n))), current);

        public static byte[] Key(int number) => [.. Enumerable.Repeat((byte)number, 32)];
    }
}
