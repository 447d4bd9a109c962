using System.Text.Json;

namespace Evergrant.Jose.Tests;

public sealed class RequestObjectTests
{
    private static readonly JwkSet Keys = Forged.SetOf(Key.Es256);
    private static readonly string[] Es256 = [SignatureAlgorithm.ES256];
    private static readonly long Second = Sample.Second;

    private static JwtVerdict<RequestObject> Judge(string token, bool strict = false, params string[] algorithms) =>
        RequestObject.Judge(token, Keys, Sample.Client, Sample.Issuer, algorithms.Length == 0 ? Es256 : algorithms, Sample.Now, strict);

    private static string Claims(string more) => $$"""{"scope":"openid"{{(more.Length == 0 ? "" : "," + more)}}}""";

    [Fact]
    public async Task What_a_client_writes_is_accepted_and_typed()
    {
        var written = new RequestObject
        {
            Issuer = Sample.Client, Audience = [Sample.Issuer], ExpiresAt = Sample.Now.AddMinutes(5), NotBefore = Sample.Now, JwtId = "j-1",
            Parameters = new Dictionary<string, JsonElement> { ["max_age"] = Forged.Json("300"), ["scope"] = Forged.Json("\"openid\"") },
        };
        string token = await written.WriteAsync(Key.Es256, default);
        JwtVerdict<RequestObject> verdict = Judge(token, strict: true);
        Assert.True(verdict.Holds, verdict.Detail);
        Assert.Equal(("j-1", 300, "openid"), (verdict.Value.JwtId, verdict.Value.Parameters["max_age"].GetInt32(), verdict.Value.Parameters["scope"].GetString()));
        Assert.Equal((Sample.Now.AddMinutes(5), Sample.Now), (verdict.Value.ExpiresAt, verdict.Value.NotBefore));
        Assert.StartsWith(Forged.Part("""{"alg":"ES256","kid":"ec-1","typ":"oauth-authz-req+jwt"}""") + ".", token, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", JwtFault.None)]
    [InlineData("\"iss\":\"client-1\"", JwtFault.None)]
    [InlineData("\"iss\":\"other\"", JwtFault.IssuerWrong)]
    [InlineData("\"iss\":7", JwtFault.ClaimMalformed)]
    [InlineData("\"aud\":[\"https://issuer.example\",\"https://other.example\"]", JwtFault.None)]
    [InlineData("\"aud\":\"https://other.example\"", JwtFault.AudienceWrong)]
    [InlineData("\"exp\":1", JwtFault.Expired)]
    [InlineData("\"exp\":\"soon\"", JwtFault.ClaimMalformed)]
    [InlineData("\"nbf\":99999999999", JwtFault.NotYetValid)]
    [InlineData("\"iat\":99999999999", JwtFault.IssuedInTheFuture)]
    public void What_is_there_is_judged_and_need_not_be_there(string more, JwtFault fault) => Assert.Equal(fault, Judge(Forged.Typed(Key.Es256, RequestObject.Type, Claims(more))).Fault);

    [Theory]
    [Requirement("FAPI2-MS-5.3.1-02", "FAPI2-MS-5.3.1-03", "FAPI2-MS-5.3.1-04", "FAPI2-SP-5.3.2.1-13", "FAPI2-SP-5.3.2.1-15")]
    [InlineData(0, 300, null, JwtFault.None)]
    [InlineData(0, 3600, null, JwtFault.None)]
    [InlineData(0, 3601, null, JwtFault.LifetimeTooLong)]
    [InlineData(-3500, 60, null, JwtFault.None)]
    [InlineData(-4200, 60, null, JwtFault.Expired)]
    [InlineData(8, 300, null, JwtFault.None)]
    [InlineData(61, 300, null, JwtFault.NotYetValid)]
    [InlineData(0, 300, "iss", JwtFault.ClaimMissing)]
    [InlineData(0, 300, "aud", JwtFault.ClaimMissing)]
    [InlineData(0, 300, "exp", JwtFault.ClaimMissing)]
    [InlineData(0, 300, "nbf", JwtFault.ClaimMissing)]
    public void Strictly_all_four_are_there_and_an_hour_is_the_most(int notBefore, int expires, string? without, JwtFault fault)
    {
        var claims = new Dictionary<string, object> { ["iss"] = Sample.Client, ["aud"] = new[] { Sample.Issuer }, ["nbf"] = Second + notBefore, ["exp"] = Second + expires };
        if (without is not null) claims.Remove(without);
        Assert.Equal(fault, Judge(Forged.Typed(Key.Es256, RequestObject.Type, JsonSerializer.Serialize(claims)), strict: true).Fault);
    }

    [Theory]
    [InlineData("oauth-authz-req+jwt", JwtFault.None)]
    [InlineData("JWT", JwtFault.None)]
    [InlineData(null, JwtFault.None)]
    [InlineData("at+jwt", JwtFault.WrongType)]
    [InlineData("client-authentication+jwt", JwtFault.WrongType)]
    public void The_type_may_be_missing_but_not_another(string? typ, JwtFault fault) => Assert.Equal(fault, Judge(Forged.Typed(Key.Es256, typ, Claims(""))).Fault);

    [Fact]
    public void An_object_that_nobody_signed_passes_only_where_that_is_registered()
    {
        string unsecured = $"{Forged.Part("""{"alg":"none"}""")}.{Forged.Part(Claims(""))}.";
        Assert.Equal(JwtFault.AlgorithmNotAllowed, Judge(unsecured).Fault);
        Assert.True(Judge(unsecured, false, RequestObject.Unsecured).Holds);
        Assert.False(Judge(unsecured + "AAAA", false, RequestObject.Unsecured).Holds);
        Assert.False(Judge(Forged.Typed(Key.Es256, null, Claims("")), false, RequestObject.Unsecured).Holds);
        Assert.Equal(JwtFault.AudienceWrong, Judge($"{Forged.Part("""{"alg":"none"}""")}.{Forged.Part(Claims("\"aud\":\"x\""))}.", false, RequestObject.Unsecured).Fault);
        Assert.Equal(JwtFault.KeyUnknown, RequestObject.Judge(Forged.Typed(Key.Es256, null, Claims("")), null, Sample.Client, Sample.Issuer, Es256, Sample.Now).Fault);
    }
}
