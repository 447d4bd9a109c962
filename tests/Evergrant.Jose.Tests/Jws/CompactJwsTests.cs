namespace Evergrant.Jose.Tests;

public sealed class CompactJwsTests
{
    private const string Header = """{"alg":"ES256","kid":"ec-1"}""";
    private static readonly string Token = Forged.Signed(Key.Es256, Header, "{}");

    [Fact]
    public void A_token_is_taken_apart()
    {
        Assert.True(CompactJws.TryParse(Forged.Typed(Key.Es256, "at+jwt", "{\"a\":1}"), out CompactJws? jws, out _));
        Assert.Equal(("ES256", "ec-1", "at+jwt"), (jws.Algorithm, jws.KeyId, jws.Type));
        Assert.Equal("{\"a\":1}"u8, jws.Payload.Span);
        Assert.True(jws.VerifiedBy(Key.Es256.PublicKey));
        Assert.False(jws.VerifiedBy(Key.OtherEs256.PublicKey));
    }

    [Fact]
    [Requirement("RFC7515-2-01", "RFC7515-5.2-01", "RFC7515-7.1-01")]
    public void Any_other_form_is_refused()
    {
        string[] parts = Token.Split('.');
        string[] bad =
        [
            "", ".", "..", "...", "a", "a.b", "a.b.c", Token + ".", "." + Token, Token + "." + Token, Token + " ", " " + Token, Token + "\n", Token + "=",
            $"{parts[0]}.{parts[1]}", $"{parts[0]}.{parts[1]}.{parts[2]}.{parts[1]}.{parts[2]}", $"{parts[0]}=.{parts[1]}.{parts[2]}",
            $".{parts[1]}.{parts[2]}", $"{parts[0]}..{parts[1]}.{parts[2]}", $"{parts[0]}.{parts[1]}.{parts[2]}..", Token.Replace('.', ','),
            $$"""{"protected":"{{parts[0]}}","payload":"{{parts[1]}}","signature":"{{parts[2]}}"}""",
            $$"""{"payload":"{{parts[1]}}","signatures":[{"protected":"{{parts[0]}}","signature":"{{parts[2]}}"}]}""",
        ];
        foreach (string token in bad)
        {
            Assert.False(CompactJws.TryParse(token, out CompactJws? jws, out string? fault), token);
            Assert.Null(jws);
            Assert.NotEmpty(fault);
        }
    }

    [Theory]
    [Requirement("RFC7515-4-01", "RFC7515-4.1.1-01", "RFC7515-10.12-01")]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("\"ES256\"")]
    [InlineData("""{"kid":"ec-1"}""")]
    [InlineData("""{"alg":null}""")]
    [InlineData("""{"alg":256}""")]
    [InlineData("""{"alg":""}""")]
    [InlineData("""{"alg":["ES256"]}""")]
    [InlineData("""{"ALG":"ES256"}""")]
    [InlineData("""{"alg":"ES256","alg":"ES256"}""")]
    [InlineData("""{"alg":"ES256","\u0061lg":"none"}""")]
    [InlineData("""{"alg":"ES256"} """ + "x")]
    [InlineData("""{"alg":"ES256",}""")]
    [InlineData("""{"alg":"ES256","kid":1}""")]
    [InlineData("""{"alg":"ES256","kid":"\ud800"}""")]
    [InlineData("""{"alg":"ES256","typ":null}""")]
    public void A_header_that_is_not_strictly_right_is_refused(string header) =>
        Assert.False(CompactJws.TryParse(Forged.Signed(Key.Es256, header, "{}"), out _, out _));

    [Theory]
    [Requirement("RFC7515-4.1.11-01", "RFC7515-4.1.11-02", "RFC7523-3-06")]
    [InlineData("""{"alg":"ES256","crit":["foo"],"foo":1}""")]
    [InlineData("""{"alg":"ES256","crit":["foo"]}""")]
    [InlineData("""{"alg":"ES256","crit":[]}""")]
    [InlineData("""{"alg":"ES256","crit":["alg"]}""")]
    [InlineData("""{"alg":"ES256","crit":null}""")]
    [InlineData("""{"alg":"ES256","crit":["b64"],"b64":false}""")]
    [InlineData("""{"alg":"ES256","b64":false}""")]
    public void Critical_extensions_are_refused(string header)
    {
        Assert.False(CompactJws.TryParse(Forged.Signed(Key.Es256, header, "{}"), out _, out string? fault));
        Assert.Equal("the header asks for extensions that are not understood", fault);
    }

    [Fact]
    [Requirement("ATTACK-176")]
    public void Sixteen_kilobytes_are_read_and_one_character_more_is_not()
    {
        // One more space when the rest would have a length that no octets have.
        string start = Forged.Part(Header) + "." + Forged.Part("{}") + ".";
        if ((CompactJws.MaxLength - start.Length) % 4 == 1)
            start = Forged.Part(Header) + "." + Forged.Part("{} ") + ".";
        string longest = start + new string('A', CompactJws.MaxLength - start.Length);
        Assert.Equal(CompactJws.MaxLength, longest.Length);
        Assert.True(CompactJws.TryParse(longest, out CompactJws? jws, out _));
        Assert.False(jws.VerifiedBy(Key.Es256.PublicKey));
        Assert.False(CompactJws.TryParse(longest + "A", out _, out string? fault));
        Assert.Equal("the token is longer than 16 KB", fault);
        Assert.False(CompactJws.TryParse(new string('.', 5_000_000), out _, out _));
    }

    [Theory]
    [Requirement("RFC8725-3.10-01")]
    [InlineData("../../etc/passwd")]
    [InlineData("ec-1' OR '1'='1")]
    [InlineData("EC-1")]
    [InlineData("ec-1 ")]
    [InlineData("ec-1\\u0000")]
    [InlineData("")]
    public void A_kid_is_only_ever_compared(string kid)
    {
        string token = Forged.Signed(Key.Es256, $$"""{"alg":"ES256","kid":"{{kid}}"}""", "{}");
        Assert.True(CompactJws.TryParse(token, out CompactJws? jws, out _));
        Assert.False(jws.VerifiedByAny(Forged.SetOf(Key.Es256, Key.OtherEs256), [SignatureAlgorithm.ES256]));
    }

    [Fact]
    public void A_kid_too_long_to_be_one_is_refused() =>
        Assert.False(CompactJws.TryParse(Forged.Signed(Key.Es256, $$"""{"alg":"ES256","kid":"{{new string('k', 256)}}"}""", "{}"), out _, out _));
}
