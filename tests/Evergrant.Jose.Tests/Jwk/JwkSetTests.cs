using System.Text;

namespace Evergrant.Jose.Tests;

public sealed class JwkSetTests
{
    private static readonly string Good = Encoding.UTF8.GetString(Forged.SetOf(Key.Es256).ToUtf8Json())["{\"keys\":[".Length..^2];

    [Fact]
    [Requirement("RFC7517-5-01", "RFC7517-4.1-01", "RFC7517-4.2-01", "RFC7518-6.2.1-01", "RFC7518-6.3.1-01")]
    public void A_published_set_is_read_back_and_complete()
    {
        byte[] json = Forged.SetOf(Key.Es256, Key.Rs256).ToUtf8Json();
        Assert.True(JwkSet.TryParse(json, out JwkSet? set, out _));
        Assert.Equal(["ec-1", "rsa-1"], set.Keys.Select(key => key.KeyId));
        Assert.Equal(json, set.ToUtf8Json());
        var keys = Forged.Json(Encoding.UTF8.GetString(json)).GetProperty("keys");
        Assert.Equal(["kty", "use", "alg", "kid", "crv", "x", "y"], keys[0].EnumerateObject().Select(member => member.Name));
        Assert.Equal(["kty", "use", "alg", "kid", "n", "e"], keys[1].EnumerateObject().Select(member => member.Name));
        Assert.Equal(43, keys[0].GetProperty("x").GetString()!.Length);
        Assert.Equal("AQAB", keys[1].GetProperty("e").GetString());
        Assert.NotEqual('A', keys[1].GetProperty("n").GetString()![0]);
    }

    [Fact]
    [Requirement("RFC7517-5-02")]
    public void Keys_that_cannot_be_used_are_skipped_with_a_reason_and_the_others_work()
    {
        string[] odd = ["""{"kty":"OKP","crv":"Ed25519","x":"AA"}""", """{"kty":"XYZ"}""", "{}", "1", """{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}"""];
        Assert.True(JwkSet.TryParse(Encoding.UTF8.GetBytes($$"""{"keys":[{{string.Join(',', odd)}},{{Good}}],"more":1}"""), out JwkSet? set, out _));
        Assert.Equal("ec-1", Assert.Single(set.Keys).KeyId);
        Assert.Equal(odd.Length, set.Skipped.Count);
    }

    [Theory]
    [Requirement("RFC7517-9.2-01")]
    [InlineData("""{"kty":"oct","k":"AAAA"}""")]
    [InlineData("""{"kty":"EC","d":"AA"}""")]
    [InlineData("""{"kty":"RSA","p":"AA"}""")]
    [InlineData("""{"kty":"OKP","d":"AA"}""")]
    public void A_set_that_discloses_a_secret_is_refused_whole(string secret)
    {
        Assert.False(JwkSet.TryParse(Encoding.UTF8.GetBytes($$"""{"keys":[{{Good}},{{secret}}]}"""), out JwkSet? set, out string? fault));
        Assert.Null(set);
        Assert.Equal("the key has private or symmetric members", fault);
    }

    [Theory]
    [Requirement("RFC7517-5-01")]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"keys":{}}""")]
    [InlineData("""{"keys":null}""")]
    [InlineData("""{"keys":[],"keys":[]}""")]
    public void What_is_not_a_key_set_is_refused(string json)
    {
        Assert.False(JwkSet.TryParse(Encoding.UTF8.GetBytes(json), out _, out string? fault));
        Assert.NotEmpty(fault);
    }

    [Fact]
    public void A_hundred_keys_are_read_and_one_more_is_refused()
    {
        static byte[] Set(int count) => Encoding.UTF8.GetBytes($$"""{"keys":[{{string.Join(',', Enumerable.Repeat("{}", count))}}]}""");

        Assert.True(JwkSet.TryParse(Set(100), out _, out _));
        Assert.False(JwkSet.TryParse(Set(101), out _, out _));
    }

    [Fact]
    [Requirement("RFC7515-4.1.4-01")]
    public void A_kid_selects_exactly_the_keys_of_that_name()
    {
        var set = new JwkSet([Key.Published(Key.Es256, kid: "a"), Key.Published(Key.OtherEs256, kid: "A"), Key.Published(Key.Es256), Key.Published(Key.Rs256, kid: "a")]);
        Assert.Equal([set.Keys[0]], set.Candidates(SignatureAlgorithm.ES256, "a"));
        Assert.Equal([set.Keys[3]], set.Candidates(SignatureAlgorithm.RS256, "a"));
        Assert.Empty(set.Candidates(SignatureAlgorithm.ES256, "b"));
        Assert.Empty(set.Candidates(SignatureAlgorithm.ES256, ""));
        Assert.Empty(set.Candidates("none", "a"));
    }

    [Fact]
    public void Without_a_kid_every_key_that_fits_is_tried_up_to_eight()
    {
        Jwk key = Key.Published(Key.Es256);
        Assert.Equal(3, new JwkSet([key, Key.Rs256.PublicKey, key, key]).Candidates(SignatureAlgorithm.ES256, null).Count());
        Assert.Equal(8, new JwkSet([.. Enumerable.Repeat(key, 20)]).Candidates(SignatureAlgorithm.ES256, null).Count());
    }
}
