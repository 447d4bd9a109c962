using System.Security.Cryptography.X509Certificates;
using Evergrant.Protocol.Clients;

namespace Evergrant.Protocol.Tests.Clients;

public class DistinguishedNameTests
{
    private static DistinguishedName Of(string text) => DistinguishedName.Parse(text) ?? throw new ArgumentException(text, nameof(text));

    [Theory]
    [InlineData("CN=a,O=b", "cn = a , o = b")]
    [InlineData("CN=a,O=b", "2.5.4.3=a,OID.2.5.4.10=b")]
    [InlineData("CN=a\\, b,O=c", "CN=\"a, b\",O=c")]
    [InlineData("CN=a b,O=c", "CN=a   b,O=c")]
    [InlineData("CN=\\C3\\A4,O=c", "CN=ä,O=c")]
    [InlineData("CN=a+UID=b,O=c", "UID=b+CN=a,O=c")]
    [InlineData("CN=a;O=c", "CN=a,O=c")]
    [InlineData("CN=\\#a", "CN=\"#a\"")]
    [InlineData("CN=a\\+b\\=c", "CN=\"a+b=c\"")]
    [Requirement("RFC8705-2.1.2-02")]
    public void One_name_has_several_spellings(string one, string other) => Assert.Equal(Of(one), Of(other));

    [Theory]
    [InlineData("CN=a,O=b", "O=b,CN=a")]
    [InlineData("CN=a,O=b", "CN=A,O=b")]
    [InlineData("CN=a,O=b", "CN=a")]
    [InlineData("CN=a,O=b", "CN=a+O=b")]
    [InlineData("CN=a,OU=b", "CN=a,O=b")]
    [InlineData("CN=a\\,O=b", "CN=a,O=b")]
    public void Other_names_are_told_apart(string one, string other) => Assert.NotEqual(Of(one), Of(other));

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("CN=")]
    [InlineData("CN=a,")]
    [InlineData(",CN=a")]
    [InlineData("XX=a")]
    [InlineData("CN=\"a")]
    [InlineData("CN=\"a\"b")]
    [InlineData("CN=a\\")]
    [InlineData("CN=#04024869")]
    [InlineData("CN=a<b")]
    public void What_is_no_name_is_refused(string text) => Assert.Null(DistinguishedName.Parse(text));

    [Fact]
    public void A_name_is_the_one_in_the_certificate_whatever_its_encoding()
    {
        foreach (X500DistinguishedNameFlags flags in (X500DistinguishedNameFlags[])[X500DistinguishedNameFlags.Reversed, X500DistinguishedNameFlags.Reversed | X500DistinguishedNameFlags.ForceUTF8Encoding])
        {
            var name = new X500DistinguishedName("CN=client, OU=\"Payments, retail\", O=Example, C=CH", flags);
            Assert.Equal(Of("CN=client,OU=Payments\\, retail,O=Example,C=CH"), DistinguishedName.Parse(name.RawData));
        }
        Assert.Null(DistinguishedName.Parse(new byte[] { 0x30, 0x00 }));
        Assert.Null(DistinguishedName.Parse(new byte[] { 0x30, 0x05, 0x31, 0x03, 0x30, 0x01, 0x00 }));
        Assert.Null(DistinguishedName.Parse(ReadOnlyMemory<byte>.Empty));
    }

    [Fact]
    public void Nothing_throws_on_bytes_that_were_cut_or_changed()
    {
        byte[] der = new X500DistinguishedName("CN=client, O=Example, C=CH").RawData;
        for (int i = 0; i < der.Length; i++)
        {
            byte[] changed = [.. der];
            changed[i] ^= 0x55;
            _ = DistinguishedName.Parse(changed);
            _ = DistinguishedName.Parse(der.AsMemory(0, i));
        }
    }
}
