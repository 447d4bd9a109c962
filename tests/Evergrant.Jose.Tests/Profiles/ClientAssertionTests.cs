namespace Evergrant.Jose.Tests;

public sealed class ClientAssertionTests
{
    private const string TokenEndpoint = "https://issuer.example/token";
    private static readonly JwkSet Keys = Forged.SetOf(Key.Es256);
    private static readonly string[] Es256 = [SignatureAlgorithm.ES256];
    private static readonly long Second = Sample.Second;

    [Fact]
    [Requirement("RFC7523BIS-4-06")]
    public async Task What_a_client_writes_is_accepted_and_typed()
    {
        string assertion = await Sample.Assertion.WriteAsync(Key.Es256, default);
        JwtVerdict<ClientAssertion> verdict = Judge(assertion);
        Assert.True(verdict.Holds, verdict.Detail);
        Assert.Equal((Sample.Client, "assertion-1", Sample.Now.AddMinutes(1)), (verdict.Value.ClientId, verdict.Value.JwtId, verdict.Value.ExpiresAt));
        Assert.Equal([Sample.Issuer], verdict.Value.Audience);
        Assert.StartsWith(Forged.Part("""{"alg":"ES256","kid":"ec-1","typ":"client-authentication+jwt"}""") + ".", assertion, StringComparison.Ordinal);
    }

    [Theory]
    [Requirement("RFC7523BIS-4-04", "RFC7523BIS-4-05")]
    [InlineData("client-authentication+jwt", JwtFault.None)]
    [InlineData("JWT", JwtFault.None)]
    [InlineData("jwt", JwtFault.None)]
    [InlineData(null, JwtFault.None)]
    [InlineData("at+jwt", JwtFault.WrongType)]
    [InlineData("dpop+jwt", JwtFault.WrongType)]
    [InlineData("", JwtFault.WrongType)]
    public void The_type_may_be_missing_but_not_another(string? typ, JwtFault fault) => Assert.Equal(fault, Judge(Forged.Typed(Key.Es256, typ, Claims())).Fault);

    [Theory]
    [Requirement("RFC7523-3-01")]
    [InlineData("\"other\"", "\"client-1\"", JwtFault.IssuerWrong)]
    [InlineData("\"client-1\"", "\"other\"", JwtFault.SubjectWrong)]
    [InlineData("\"CLIENT-1\"", "\"client-1\"", JwtFault.IssuerWrong)]
    [InlineData("1", "\"client-1\"", JwtFault.ClaimMalformed)]
    [InlineData("\"client-1\"", "[\"client-1\"]", JwtFault.ClaimMalformed)]
    [InlineData(null, "\"client-1\"", JwtFault.ClaimMissing)]
    [InlineData("\"client-1\"", null, JwtFault.ClaimMissing)]
    public void Issuer_and_subject_are_the_client(string? iss, string? sub, JwtFault fault) => Assert.Equal(fault, JudgeClaims(Claims(iss: iss, sub: sub)).Fault);

    [Theory]
    [Requirement("RFC7523BIS-4-01")]
    [InlineData("\"https://issuer.example\"", true, true)]
    [InlineData("[\"https://issuer.example\"]", true, true)]
    [InlineData("\"https://issuer.example/token\"", false, true)]
    [InlineData("[\"https://issuer.example\",\"https://other.example\"]", false, true)]
    [InlineData("[\"https://issuer.example\",\"https://issuer.example\"]", false, true)]
    [InlineData("\"https://issuer.example/\"", false, false)]
    [InlineData("\"https://other.example\"", false, false)]
    public void The_audience_is_the_issuer_alone_unless_the_client_may_do_otherwise(string aud, bool strict, bool lenient)
    {
        string assertion = Forged.Typed(Key.Es256, null, Claims(aud: aud));
        Assert.Equal(strict ? JwtFault.None : JwtFault.AudienceWrong, Judge(assertion).Fault);
        JwtFault fault = ClientAssertion.Judge(assertion, Keys, Sample.Client, [Sample.Issuer, TokenEndpoint], Es256, Sample.Now, soleAudience: false).Fault;
        Assert.Equal(lenient ? JwtFault.None : JwtFault.AudienceWrong, fault);
    }

    [Theory]
    [Requirement("RFC7523-3-02", "RFC7523-3-03")]
    [InlineData(60, null, null, JwtFault.None)]
    [InlineData(-29, null, null, JwtFault.None)]
    [InlineData(-30, null, null, JwtFault.Expired)]
    [InlineData(3600, null, null, JwtFault.None)]
    [InlineData(3631, null, null, JwtFault.LifetimeTooLong)]
    [InlineData(315_360_000, null, null, JwtFault.LifetimeTooLong)]
    [InlineData(60, 30, null, JwtFault.None)]
    [InlineData(60, 61, null, JwtFault.NotYetValid)]
    [InlineData(60, null, 30, JwtFault.None)]
    [InlineData(60, null, 61, JwtFault.IssuedInTheFuture)]
    public void Its_time_is_now_and_not_long(int exp, int? nbf, int? iat, JwtFault fault)
    {
        string more = (nbf is null ? "" : $",\"nbf\":{Second + nbf}") + (iat is null ? "" : $",\"iat\":{Second + iat}");
        Assert.Equal(fault, JudgeClaims(Claims(exp: $"{Second + exp}", more: more)).Fault);
    }

    [Fact]
    public void An_assertion_needs_an_end_and_an_id_of_1_to_255_characters()
    {
        Assert.Equal((JwtFault.ClaimMissing, "exp"), Named(JudgeClaims(Claims(exp: null))));
        Assert.Equal((JwtFault.ClaimMissing, "jti"), Named(JudgeClaims(Claims(jti: null))));
        Assert.Equal((JwtFault.ClaimMalformed, "jti"), Named(JudgeClaims(Claims(jti: "\"\""))));
        Assert.Equal((JwtFault.ClaimMalformed, "jti"), Named(JudgeClaims(Claims(jti: "7"))));
        Assert.Equal((JwtFault.ClaimMalformed, "jti"), Named(JudgeClaims(Claims(jti: $"\"{new string('j', 256)}\""))));
        Assert.True(JudgeClaims(Claims(jti: $"\"{new string('j', 255)}\"")).Holds);
    }

    [Fact]
    [Requirement("RFC7523-3-05", "RFC8725-3.8-01", "RFC8725-3.2-01")]
    public void Only_the_clients_keys_and_algorithms_count()
    {
        Assert.Equal(JwtFault.KeyUnknown, Judge(Forged.Typed(Key.OtherEs256, null, Claims())).Fault);
        Assert.Equal(JwtFault.SignatureInvalid, Judge(Forged.Signed(Key.OtherEs256, """{"alg":"ES256"}""", Claims())).Fault);
        Assert.Equal(JwtFault.AlgorithmNotAllowed, Judge(Forged.Typed(Key.Rs256, null, Claims())).Fault);
        Assert.Equal(JwtFault.AlgorithmNotAllowed, Judge($"{Forged.Part("""{"alg":"none"}""")}.{Forged.Part(Claims())}.").Fault);
        string mac = Forged.Signed(Key.Es256, """{"alg":"HS256"}""", Claims());
        Assert.Equal(JwtFault.AlgorithmNotAllowed, ClientAssertion.Judge(mac, Keys, Sample.Client, [Sample.Issuer], ["HS256", "none"], Sample.Now).Fault);
    }

    [Fact]
    [Requirement("RFC7523-5-01")]
    public async Task RS256_is_accepted_from_a_client_that_may_use_it()
    {
        string assertion = await Sample.Assertion.WriteAsync(Key.Rs256, default);
        Assert.True(ClientAssertion.Judge(assertion, Forged.SetOf(Key.Rs256), Sample.Client, [Sample.Issuer], [SignatureAlgorithm.RS256], Sample.Now).Holds);
    }

    [Fact]
    public void A_kid_may_be_missing_when_a_key_fits()
    {
        string assertion = Forged.Signed(Key.Es256, """{"alg":"ES256"}""", Claims());
        Assert.True(Judge(assertion).Holds);
        var keys = new JwkSet([Key.Published(Key.OtherEs256, kid: "a"), Key.Published(Key.Es256)]);
        Assert.True(ClientAssertion.Judge(assertion, keys, Sample.Client, [Sample.Issuer], Es256, Sample.Now).Holds);
    }

    [Fact]
    public void The_client_is_peeked_at_before_it_is_known()
    {
        Assert.True(ClientAssertion.TryPeekClientId(Forged.Typed(Key.OtherEs256, null, Claims()), out string? client));
        Assert.Equal(Sample.Client, client);
        string[] nothing = [Claims(sub: "\"other\""), Claims(iss: null), Claims(sub: null), Claims(sub: "1"), Claims(iss: "\"\"", sub: "\"\""), "[]", "x", ""];
        foreach (string claims in nothing)
            Assert.False(ClientAssertion.TryPeekClientId(Forged.Typed(Key.OtherEs256, null, claims), out client), claims);
        Assert.False(ClientAssertion.TryPeekClientId("garbage", out _));
        Assert.Null(client);
    }

    private static (JwtFault Fault, string? Claim) Named(JwtVerdict<ClientAssertion> verdict) => (verdict.Fault, verdict.Detail);

    private static JwtVerdict<ClientAssertion> JudgeClaims(string claims) => Judge(Forged.Typed(Key.Es256, null, claims));

    private static JwtVerdict<ClientAssertion> Judge(string assertion) => ClientAssertion.Judge(assertion, Keys, Sample.Client, [Sample.Issuer], Es256, Sample.Now);

    private static string Claims(string? iss = "\"client-1\"", string? sub = "\"client-1\"", string? aud = "\"https://issuer.example\"", string? exp = "1800000060",
        string? jti = "\"assertion-1\"", string more = "")
    {
        (string Name, string? Value)[] claims = [("iss", iss), ("sub", sub), ("aud", aud), ("exp", exp), ("jti", jti)];
        return "{" + string.Join(',', claims.Where(claim => claim.Value is not null).Select(claim => $"\"{claim.Name}\":{claim.Value}")) + more + "}";
    }
}
