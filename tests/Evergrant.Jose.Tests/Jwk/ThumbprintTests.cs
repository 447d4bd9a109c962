using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Evergrant.Jose.Tests;

public sealed class ThumbprintTests
{
    private const string N =
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";

    [Fact]
    [Requirement("RFC7638-3-01")]
    public void The_RSA_key_of_RFC_7638_section_3_1_has_its_published_thumbprint()
    {
        Jwk key = Parse($$"""{"kty":"RSA","n":"{{N}}","e":"AQAB","alg":"RS256","kid":"2011-04-29"}""");
        Assert.Equal("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs", key.Thumbprint());
    }

    [Fact]
    [Requirement("RFC7638-3-01")]
    public void The_EC_key_of_RFC_9449_section_6_1_has_its_published_thumbprint()
    {
        Jwk key = Parse("""{"kty":"EC","x":"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs","y":"9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA","crv":"P-256"}""");
        Assert.Equal("0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I", key.Thumbprint());
    }

    [Fact]
    [Requirement("RFC7638-3.2.2-01", "RFC7638-3.2-01")]
    public void Optional_members_and_their_order_change_nothing()
    {
        Jwk key = Parse($$"""{"e":"AQAB","use":"sig","x":"y","n":"{{N}}","kty":"RSA"}""");
        Assert.Equal("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs", key.Thumbprint());
    }

    [Fact]
    [Requirement("RFC7638-3.4-01")]
    public void Two_keys_have_two_thumbprints_of_43_letters()
    {
        Assert.Equal(43, Key.Es256.PublicKey.Thumbprint().Length);
        Assert.NotEqual(Key.Es256.PublicKey.Thumbprint(), Key.OtherEs256.PublicKey.Thumbprint());
    }

    [Fact]
    [Requirement("RFC7638-3.2-01", "RFC7638-3.4-01")]
    public void It_is_the_hash_of_the_required_members_in_order_and_nothing_else()
    {
        foreach (Jwk key in new[] { Key.Es256.PublicKey, Parse($$"""{"kty":"RSA","n":"{{N}}","e":"AQAB","alg":"RS256","kid":"2011-04-29"}""") })
        {
            using JsonDocument json = Written(key);
            string[] members = json.RootElement.GetProperty("kty").GetString() == "EC" ? ["crv", "kty", "x", "y"] : ["e", "kty", "n"];
            string text = "{" + string.Join(',', members.Select(m => $"\"{m}\":\"{json.RootElement.GetProperty(m).GetString()}\"")) + "}";
            Assert.Equal(Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(text))), key.Thumbprint());
        }
    }

    [Fact]
    [Requirement("RFC7638-3.2.1-01")]
    public void A_private_key_has_the_thumbprint_of_its_public_half()
    {
        using ECDsa pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        ECParameters all = pair.ExportParameters(true);
        string Text(byte[] bytes) => Base64Url.EncodeToString(bytes);
        string half = $"\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"{Text(all.Q.X!)}\",\"y\":\"{Text(all.Q.Y!)}\"";
        using SigningKey signing = SigningKey.Import(pair.ExportPkcs8PrivateKey(), SignatureAlgorithm.ES256, "k");
        Assert.Equal(Parse("{" + half + "}").Thumbprint(), signing.PublicKey.Thumbprint());
    }

    private static JsonDocument Written(Jwk key)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer)) key.Write(writer);
        return JsonDocument.Parse(buffer.ToArray());
    }

    private static Jwk Parse(string json)
    {
        Assert.True(Jwk.TryParse(Forged.Json(json), out Jwk? key, out string? fault), fault);
        return key;
    }
}
