using Evergrant.Protocol.Authorize;

namespace Evergrant.Protocol.Tests.Authorize;

public class PkceTests
{
    // RFC 7636 appendix B.
    private const string Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    [Fact]
    [Requirement("RFC7636-4.2-01")]
    public void The_published_example_holds()
    {
        Assert.True(Pkce.IsChallenge(Ask.Challenge));
        Assert.Null(Pkce.Judge(Ask.Challenge, Verifier));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXK")]
    [InlineData("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjX")]
    [InlineData("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk=")]
    [InlineData("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjX\u00e9")]
    [InlineData(Ask.Challenge)]
    [Requirement("RFC7636-4.6-01", "RFC7636-4.1-02")]
    public void Any_other_verifier_is_wrong(string? verifier) => Assert.Equal(Refusal.PkceVerifierWrong, Pkce.Judge(Ask.Challenge, verifier)!.Refusal);

    [Theory]
    [InlineData(42, false)]
    [InlineData(43, true)]
    [InlineData(128, true)]
    [InlineData(129, false)]
    [Requirement("RFC7636-4.1-01")]
    public void A_verifier_has_43_to_128_characters(int length, bool good)
    {
        string verifier = new('~', length);
        string challenge = Jose.CanonicalBase64Url.Encode(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(verifier)));
        Assert.Equal(good, Pkce.Judge(challenge, verifier) is null);
    }

    [Fact]
    public void Without_a_challenge_no_verifier_is_taken()
    {
        Assert.Null(Pkce.Judge(null, null));
        Assert.Equal(Refusal.PkceVerifierUnexpected, Pkce.Judge(null, Verifier)!.Refusal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-c")]
    [InlineData("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM=")]
    [InlineData("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM")]
    [InlineData("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cN")]
    public void What_is_no_hash_is_no_challenge(string challenge) => Assert.False(Pkce.IsChallenge(challenge));
}
