using System.Security.Cryptography;
using System.Text;

namespace Evergrant.Jose.Tests;

/// <summary>Examples of RFC 7520: what others have encrypted is opened.</summary>
public sealed class JweVectorTests
{
    private const string Plaintext =
        "You can trust us to stick with you through thick and thin\u2013to the bitter end. And you can trust us to keep any secret of yours\u2013closer than you keep it yourself. " +
        "But you cannot trust us to let you face trouble alone, and go off without a word. We are your friends, Frodo.";

    // Section 5.4: ECDH-ES+A128KW on P-384, A128GCM.
    [Fact]
    [Requirement("RFC7518-4.6-01", "RFC7518-5.3-01")]
    public void An_agreed_key_that_wraps_another_opens_the_example() => Opens(
        ECCurve.NamedCurves.nistP384, "peregrin.took@tuckborough.example", "YU4rRUzdmVqmRtWOs2OpDE_T5fsNIodcG8G5FWPrTPMyxpzsSOGaQLpe2FpxBmu2",
        "A8-yxCHxkfBz3hKZfI1jUYMjUhsEveZ9THuwFjH2sCNdtksRJU7D5-SkgaFL1ETP", "iTx2pk7wW-GqJkHcEkFQb2EFyYcO7RugmaW3mRrQVAOUiPommT0IdnYK2xDlZh-j",
        "eyJhbGciOiJFQ0RILUVTK0ExMjhLVyIsImtpZCI6InBlcmVncmluLnRvb2tAdHVja2Jvcm91Z2guZXhhbXBsZSIsImVwayI6eyJrdHkiOiJFQyIsImNydiI6IlAtMzg0IiwieCI6InVCbzRrSFB3Nmtiang1bDB4b3dyZF9vWXpCbWF6LUdLRlp1NHhBRkZrYllpV2d1dEVLNml1RURzUTZ3TmROZzMiLCJ5Ijoic3AzcDVTR2haVkMyZmFYdW1JLWU5SlUyTW84S3BvWXJGRHI1eVBOVnRXNFBnRXdaT3lRVEEtSmRhWTh0YjdFMCJ9LCJlbmMiOiJBMTI4R0NNIn0" +
        ".0DJjBXri_kBcC46IkU5_Jk9BqaQeHdv2.mH-G2zVqgztUtnW_" +
        ".tkZuOO9h95OgHJmkkrfLBisku8rGf6nzVxhRM3sVOhXgz5NJ76oID7lpnAi_cPWJRCjSpAaUZ5dOR3Spy7QuEkmKx8-3RCMhSYMzsXaEwDdXta9Mn5B7cCBoJKB0IgEnj_qfo1hIi-uEkUpOZ8aLTZGHfpl05jMwbKkTe2yK3mjF6SBAsgicQDVCkcY9BLluzx1RmC3ORXaM0JaHPB93YcdSDGgpgBWMVrNU1ErkjcMqMoT_wtCex3w03XdLkjXIuEr2hWgeP-nkUZTPU9EoGSPj6fAS-bSz87RCPrxZdj_iVyC6QWcqAu07WNhjzJEPc4jVntRJ6K53NgPQ5p99l3Z408OUqj4ioYezbS6vTPlQ" +
        ".WuGzxmcreYjpHGJoa17EBg");

    // Section 5.5: ECDH-ES on P-256, A128CBC-HS256.
    [Fact]
    [Requirement("RFC7518-4.6-01", "RFC7518-5.2-01")]
    public void An_agreed_key_that_encrypts_the_content_opens_the_example() => Opens(
        ECCurve.NamedCurves.nistP256, "meriadoc.brandybuck@buckland.example", "Ze2loSV3wrroKUN_4zhwGhCqo3Xhu1td4QjeQ5wIVR0",
        "HlLtdXARY_f55A3fnzQbPcm6hgr34Mp8p-nuzQCE0Zw", "r_kHyZ-a06rmxM3yESK84r1otSg-aQcVStkRhA-iCM8",
        "eyJhbGciOiJFQ0RILUVTIiwia2lkIjoibWVyaWFkb2MuYnJhbmR5YnVja0BidWNrbGFuZC5leGFtcGxlIiwiZXBrIjp7Imt0eSI6IkVDIiwiY3J2IjoiUC0yNTYiLCJ4IjoibVBVS1RfYkFXR0hJaGcwVHBqanFWc1AxclhXUXVfdndWT0hIdE5rZFlvQSIsInkiOiI4QlFBc0ltR2VBUzQ2ZnlXdzVNaFlmR1RUMElqQnBGdzJTUzM0RHY0SXJzIn0sImVuYyI6IkExMjhDQkMtSFMyNTYifQ" +
        "..yc9N8v5sYyv3iGQT926IUg" +
        ".BoDlwPnTypYq-ivjmQvAYJLb5Q6l-F3LIgQomlz87yW4OPKbWE1zSTEFjDfhU9IPIOSA9Bml4m7iDFwA-1ZXvHteLDtw4R1XRGMEsDIqAYtskTTmzmzNa-_q4F_evAPUmwlO-ZG45Mnq4uhM1fm_D9rBtWolqZSF3xGNNkpOMQKF1Cl8i8wjzRli7-IXgyirlKQsbhhqRzkv8IcY6aHl24j03C-AR2le1r7URUhArM79BY8soZU0lzwI-sD5PZ3l4NDCCei9XkoIAfsXJWmySPoeRb2Ni5UZL4mYpvKDiwmyzGd65KqVw7MsFfI_K767G9C9Azp73gKZD0DyUn1mn0WW5LmyX_yJ-3AROq8p1WZBfG-ZyJ6195_JGG2m9Csg" +
        ".WCCkNa-x4BeB9hIDIfFuhg");

    private static void Opens(ECCurve curve, string keyId, string x, string y, string d, string token)
    {
        using var ec = ECDiffieHellman.Create(new ECParameters { Curve = curve, Q = new ECPoint { X = Octets(x), Y = Octets(y) }, D = Octets(d) });
        using DecryptionKey key = DecryptionKey.Import(ec.ExportPkcs8PrivateKey(), isRsa: false, keyId);
        Assert.True(CompactJwe.TryParse(token, out CompactJwe? jwe, out string? fault), fault);
        Assert.Equal(Plaintext, Encoding.UTF8.GetString(jwe.Open([key], JweAlgorithm.KeyManagement, JweAlgorithm.ContentEncryption)!));
    }

    private static byte[] Octets(string text) => CanonicalBase64Url.TryDecode(text, out byte[]? octets) ? octets : throw new ArgumentException("Not base64url.", nameof(text));
}
