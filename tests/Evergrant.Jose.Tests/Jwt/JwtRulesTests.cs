namespace Evergrant.Jose.Tests;

/// <summary>Each rule by itself, and the order in which they are looked at.</summary>
public sealed class JwtRulesTests
{
    private static readonly JwkSet Keys = Forged.SetOf(Key.Es256);
    private static readonly long Second = Sample.Second;

    [Fact]
    [Requirement("RFC7519-4-02")]
    public void A_token_that_keeps_every_rule_holds_and_claims_not_understood_are_ignored()
    {
        JwtVerdict<JwtAccessToken> verdict = Judge(Claims(more: ",\"https://other.example/x\":{\"y\":[1]}"));
        Assert.True(verdict.Holds);
        Assert.Equal((JwtFault.None, null, "alice"), (verdict.Fault, verdict.Detail, verdict.Value.Subject));
        Assert.Equal("{\"y\":[1]}", verdict.Value.More!["https://other.example/x"].GetRawText());
    }

    [Fact]
    [Requirement("RFC8725-3.1-01", "RFC7519-7.2-01")]
    public void Faults_are_reported_in_the_order_of_the_table()
    {
        // From right to left everything is wrong; each line mends the leftmost fault, and the next one shows.
        const string OldClaims = """{"iss":"x","aud":"x","exp":1,"nbf":9999999999,"iat":9999999999}""";
        string Broken(string token) => token[..^8] + (token[^8] == 'A' ? 'B' : 'A') + token[^7..];
        (JwtFault Fault, string Token)[] steps =
        [
            (JwtFault.TooLong, new string('a', CompactJws.MaxLength + 1)),
            (JwtFault.NotAJws, "a.b"),
            (JwtFault.CriticalHeader, Forged.Signed(Key.Rs256, """{"alg":"HS256","crit":["x"],"typ":"x"}""", "x")),
            (JwtFault.WrongType, Forged.Signed(Key.Rs256, """{"alg":"HS256","typ":"x"}""", "x")),
            (JwtFault.AlgorithmNotAllowed, Forged.Signed(Key.Rs256, """{"alg":"HS256","typ":"at+jwt"}""", "x")),
            (JwtFault.KeyUnknown, Forged.Signed(Key.Es256, """{"alg":"ES256","typ":"at+jwt","kid":"x"}""", "x")),
            (JwtFault.SignatureInvalid, Broken(Forged.Typed(Key.Es256, "at+jwt", "x"))),
            (JwtFault.ClaimsNotJson, Forged.Typed(Key.Es256, "at+jwt", "x")),
            (JwtFault.IssuerWrong, Forged.Typed(Key.Es256, "at+jwt", OldClaims)),
            (JwtFault.AudienceWrong, Forged.Typed(Key.Es256, "at+jwt", OldClaims.Replace("\"iss\":\"x\"", $"\"iss\":\"{Sample.Issuer}\"", StringComparison.Ordinal))),
            (JwtFault.Expired, Forged.Typed(Key.Es256, "at+jwt", Claims(exp: "1", more: ",\"nbf\":9999999999", iat: "9999999999", sub: "7"))),
            (JwtFault.NotYetValid, Forged.Typed(Key.Es256, "at+jwt", Claims(more: ",\"nbf\":9999999999", iat: "9999999999", sub: "7"))),
            (JwtFault.IssuedInTheFuture, Forged.Typed(Key.Es256, "at+jwt", Claims(iat: "9999999999", sub: "7"))),
            (JwtFault.ClaimMalformed, Forged.Typed(Key.Es256, "at+jwt", Claims(sub: "7"))),
            (JwtFault.None, Forged.Typed(Key.Es256, "at+jwt", Claims())),
        ];
        foreach ((JwtFault fault, string token) in steps)
            Assert.Equal(fault, JwtAccessToken.Judge(token, Keys, Sample.Issuer, Sample.Api, Sample.Now, default).Fault);
    }

    [Theory]
    [Requirement("RFC9068-4-03", "RFC7515-4.1.9-01")]
    [InlineData("at+jwt", true)]
    [InlineData("AT+JWT", true)]
    [InlineData("application/at+jwt", true)]
    [InlineData("Application/At+Jwt", true)]
    [InlineData("JWT", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    [InlineData("application/", false)]
    [InlineData("application/application/at+jwt", false)]
    [InlineData("at+jwt ", false)]
    [InlineData("text/at+jwt", false)]
    public void The_type_is_the_profiles_own(string? typ, bool accepted) =>
        Assert.Equal(accepted ? JwtFault.None : JwtFault.WrongType, JudgeToken(Forged.Typed(Key.Es256, typ, Claims())).Fault);

    [Theory]
    [Requirement("RFC9068-4-04")]
    [InlineData("https://issuer.example/")]
    [InlineData("https://ISSUER.example")]
    [InlineData("http://issuer.example")]
    [InlineData("https://issuer.example ")]
    public void An_issuer_is_compared_octet_by_octet(string issuer) =>
        Assert.Equal(JwtFault.IssuerWrong, Judge(Claims(iss: $"\"{issuer}\"")).Fault);

    [Theory]
    [Requirement("RFC9068-4-05", "RFC7519-4.1.3-01", "RFC8725-3.9-02")]
    [InlineData("\"https://api.example\"", JwtFault.None)]
    [InlineData("[\"https://api.example\"]", JwtFault.None)]
    [InlineData("[\"https://b.example\",\"https://api.example\"]", JwtFault.None)]
    [InlineData("\"https://b.example\"", JwtFault.AudienceWrong)]
    [InlineData("[\"https://b.example\"]", JwtFault.AudienceWrong)]
    [InlineData("\"https://api.example/\"", JwtFault.AudienceWrong)]
    [InlineData("\"HTTPS://api.example\"", JwtFault.AudienceWrong)]
    [InlineData("[]", JwtFault.ClaimMalformed)]
    [InlineData("\"\"", JwtFault.ClaimMalformed)]
    [InlineData("[\"https://api.example\",1]", JwtFault.ClaimMalformed)]
    [InlineData("[[\"https://api.example\"]]", JwtFault.ClaimMalformed)]
    [InlineData("{\"https://api.example\":1}", JwtFault.ClaimMalformed)]
    [InlineData("null", JwtFault.ClaimMalformed)]
    [InlineData(null, JwtFault.ClaimMissing)]
    public void An_audience_names_the_recipient(string? aud, JwtFault fault) => Assert.Equal(fault, Judge(Claims(aud: aud)).Fault);

    [Theory]
    [Requirement("RFC7519-4.1.4-01", "RFC9068-4-07")]
    [InlineData(0, 0, JwtFault.Expired)]
    [InlineData(1, 0, JwtFault.None)]
    [InlineData(-1, 0, JwtFault.Expired)]
    [InlineData(-29, 30, JwtFault.None)]
    [InlineData(-30, 30, JwtFault.Expired)]
    public void A_token_ends_at_exp_and_the_leeway(int offset, int leeway, JwtFault fault) =>
        Assert.Equal(fault, Judge(Claims(exp: $"{Second + offset}"), leeway).Fault);

    [Theory]
    [Requirement("RFC7519-4.1.5-01")]
    [InlineData("nbf", 0, 0, JwtFault.None)]
    [InlineData("nbf", 1, 0, JwtFault.NotYetValid)]
    [InlineData("nbf", 30, 30, JwtFault.None)]
    [InlineData("nbf", 31, 30, JwtFault.NotYetValid)]
    [InlineData("iat", 0, 0, JwtFault.None)]
    [InlineData("iat", 1, 0, JwtFault.IssuedInTheFuture)]
    [InlineData("iat", 30, 30, JwtFault.None)]
    [InlineData("iat", 31, 30, JwtFault.IssuedInTheFuture)]
    public void A_token_does_not_begin_in_the_future(string claim, int offset, int leeway, JwtFault fault) =>
        Assert.Equal(fault, Judge(claim == "iat" ? Claims(iat: $"{Second + offset}") : Claims(more: $",\"nbf\":{Second + offset}"), leeway).Fault);

    [Fact]
    public void A_fraction_of_a_second_counts()
    {
        Assert.Equal(JwtFault.None, Judge(Claims(exp: $"{Second}.5")).Fault);
        Assert.Equal(JwtFault.NotYetValid, Judge(Claims(more: $",\"nbf\":{Second}.5")).Fault);
        Assert.Equal(JwtFault.None, Judge(Claims(exp: "1.8e9", iat: "1.7e9"), leeway: 1).Fault);
    }

    [Theory]
    [Requirement("RFC7519-4.1.6-01", "ATTACK-397", "ATTACK-167")]
    [InlineData("\"1900000000\"")]
    [InlineData("true")]
    [InlineData("[1900000000]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("-1")]
    [InlineData("1e400")]
    [InlineData("1e12")]
    [InlineData("253402300800")]
    [InlineData("99999999999999999999999999")]
    public void A_time_that_is_not_a_bounded_number_is_malformed(string value)
    {
        Assert.Equal((JwtFault.ClaimMalformed, "exp"), Named(Judge(Claims(exp: value))));
        Assert.Equal((JwtFault.ClaimMalformed, "nbf"), Named(Judge(Claims(more: $",\"nbf\":{value}"))));
        Assert.Equal((JwtFault.ClaimMalformed, "iat"), Named(Judge(Claims(iat: value))));
        Assert.Equal((JwtFault.ClaimMalformed, "auth_time"), Named(Judge(Claims(more: $",\"auth_time\":{value}"))));
    }

    [Theory]
    [InlineData("iss")]
    [InlineData("aud")]
    [InlineData("exp")]
    [InlineData("iat")]
    [InlineData("sub")]
    [InlineData("client_id")]
    [InlineData("jti")]
    public void A_missing_claim_is_named(string claim)
    {
        string claims = Claims(
            iss: claim == "iss" ? null : $"\"{Sample.Issuer}\"", aud: claim == "aud" ? null : $"\"{Sample.Api}\"", exp: claim == "exp" ? null : $"{Second + 60}",
            iat: claim == "iat" ? null : $"{Second}", sub: claim == "sub" ? null : "\"alice\"", client: claim == "client_id" ? null : "\"c\"", jti: claim == "jti" ? null : "\"j\"");
        Assert.Equal((JwtFault.ClaimMissing, claim), Named(Judge(claims)));
    }

    [Theory]
    [InlineData("sub", "1")]
    [InlineData("sub", "\"\"")]
    [InlineData("client_id", "null")]
    [InlineData("jti", "[]")]
    [InlineData("scope", "[\"a\"]")]
    [InlineData("amr", "\"pwd\"")]
    [InlineData("amr", "[1]")]
    [InlineData("acr", "1")]
    [InlineData("grant_id", "1")]
    [InlineData("grant_serial", "1.5")]
    [InlineData("grant_serial", "-1")]
    [InlineData("grant_serial", "3000000000")]
    [InlineData("grant_serial", "\"1\"")]
    public void A_claim_of_the_wrong_kind_is_named(string claim, string value)
    {
        string claims = claim switch
        {
            "sub" => Claims(sub: value),
            "client_id" => Claims(client: value),
            "jti" => Claims(jti: value),
            _ => Claims(more: $",\"{claim}\":{value}"),
        };
        Assert.Equal((JwtFault.ClaimMalformed, claim), Named(Judge(claims)));
    }

    [Theory]
    [Requirement("RFC7519-4-01", "RFC7519-7.2-01")]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"a\":1,\"a\":1}")]
    [InlineData("{\"a\":\"\\ud800\"}")]
    [InlineData("{\"a\":1} {}")]
    public void Signed_claims_that_are_not_a_strict_object_are_refused(string claims) => Assert.Equal(JwtFault.ClaimsNotJson, Judge(claims).Fault);

    private static (JwtFault Fault, string? Claim) Named(JwtVerdict<JwtAccessToken> verdict) => (verdict.Fault, verdict.Detail);

    private static JwtVerdict<JwtAccessToken> Judge(string claims, int leeway = 0) => JudgeToken(Forged.Typed(Key.Es256, "at+jwt", claims), leeway);

    private static JwtVerdict<JwtAccessToken> JudgeToken(string token, int leeway = 0) =>
        JwtAccessToken.Judge(token, Keys, Sample.Issuer, Sample.Api, Sample.Now, TimeSpan.FromSeconds(leeway));

    private static string Claims(string? iss = "\"https://issuer.example\"", string? aud = "\"https://api.example\"", string? exp = "1800000060",
        string? iat = "1800000000", string? sub = "\"alice\"", string? client = "\"client-1\"", string? jti = "\"token-1\"", string more = "")
    {
        (string Name, string? Value)[] claims = [("iss", iss), ("aud", aud), ("exp", exp), ("iat", iat), ("sub", sub), ("client_id", client), ("jti", jti)];
        return "{" + string.Join(',', claims.Where(claim => claim.Value is not null).Select(claim => $"\"{claim.Name}\":{claim.Value}")) + more + "}";
    }
}
