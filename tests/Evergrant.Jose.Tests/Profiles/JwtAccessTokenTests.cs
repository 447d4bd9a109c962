using System.Text;
using System.Text.Json;

namespace Evergrant.Jose.Tests;

public sealed class JwtAccessTokenTests
{
    private static readonly JwkSet Keys = Forged.SetOf(Key.Es256, Key.Rs256);

    [Fact]
    [Requirement("RFC9068-2.1-01", "RFC9068-2.1-03", "RFC9068-2.2-01", "RFC9068-2.2.3-01", "RFC8725-3.11-01")]
    public async Task A_token_is_written_as_RFC_9068_has_it()
    {
        JwtAccessToken claims = Sample.AccessToken with { Scope = "openid notes:read", GrantId = "grant-1", GrantSerial = 3, AuthTime = Sample.Now.AddHours(-1), Acr = "1", Amr = ["pwd", "otp"] };
        string[] parts = (await claims.WriteAsync(Key.Es256, default)).Split('.');
        Assert.Equal("""{"alg":"ES256","kid":"ec-1","typ":"at+jwt"}""", Text(parts[0]));
        Assert.Equal(
            """{"iss":"https://issuer.example","sub":"alice","aud":"https://api.example","client_id":"client-1","exp":1800000300,"iat":1800000000,"jti":"token-1","scope":"openid notes:read","grant_id":"grant-1","grant_serial":3,"auth_time":1799996400,"acr":"1","amr":["pwd","otp"]}""",
            Text(parts[1]));
    }

    [Theory]
    [Requirement("RFC9068-2.1-02")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_written_is_judged_to_hold_and_comes_back_whole(bool rsa)
    {
        JwtAccessToken claims = Sample.AccessToken with
        {
            Audience = [Sample.Api, "rabbitmq"],
            Scope = "a:b/*",
            GrantId = "grant-1",
            GrantSerial = int.MaxValue,
            AuthTime = Sample.Now,
            Acr = "urn:x",
            Amr = ["pwd"],
            More = new Dictionary<string, JsonElement> { ["groups"] = Forged.Json("""["ä","<&>"]""") },
        };
        JwtVerdict<JwtAccessToken> verdict = Judge(await claims.WriteAsync(rsa ? Key.Rs256 : Key.Es256, default), Sample.Api);
        Assert.True(verdict.Holds, verdict.Detail);
        JwtAccessToken read = verdict.Value;
        Assert.Equal(claims with { Audience = [], Amr = null, More = null }, read with { Audience = [], Amr = null, More = null }, SameClaims);
        Assert.Equal(claims.Audience, read.Audience);
        Assert.Equal(claims.Amr, read.Amr);
        Assert.Equal(["ä", "<&>"], read.More!["groups"].EnumerateArray().Select(group => group.GetString()));
    }

    [Fact]
    public async Task The_server_itself_takes_its_token_whatever_its_audience()
    {
        string token = await Sample.AccessToken.WriteAsync(Key.Es256, default);
        Assert.True(Judge(token, null).Holds);
        Assert.Equal(JwtFault.AudienceWrong, Judge(token, "https://b.example").Fault);
    }

    [Fact]
    [Requirement("RFC9068-2.2.2-02")]
    public async Task Further_claims_never_replace_the_profiles_own()
    {
        var more = new Dictionary<string, JsonElement> { ["sub"] = Forged.Json("\"mallory\""), ["exp"] = Forged.Json("9999999999"), ["nbf"] = Forged.Json("1"), ["scope"] = Forged.Json("\"all\""), ["email"] = Forged.Json("\"a@example.com\"") };
        string token = await (Sample.AccessToken with { More = more }).WriteAsync(Key.Es256, default);
        JwtAccessToken read = Judge(token, Sample.Api).Value!;
        Assert.Equal(("alice", Sample.AccessToken.ExpiresAt, null), (read.Subject, read.ExpiresAt, read.Scope));
        Assert.Equal(["email"], read.More!.Keys);
    }

    [Fact]
    public async Task Without_an_audience_no_token_is_written()
    {
        await Assert.ThrowsAsync<ArgumentException>(async () => await (Sample.AccessToken with { Audience = [] }).WriteAsync(Key.Es256, default));
        Assert.True(Judge(await Sample.AccessToken.WriteAsync(Key.Es256, default), null).Holds, "and the next is written as if nothing had been");
    }

    [Fact]
    [Requirement("RFC9068-4-06")]
    public async Task A_token_by_another_key_or_by_none_is_refused()
    {
        string other = await Sample.AccessToken.WriteAsync(Key.OtherEs256, default);
        Assert.Equal(JwtFault.KeyUnknown, Judge(other, Sample.Api).Fault);
        string[] parts = other.Split('.');
        Assert.Equal(JwtFault.SignatureInvalid, Judge($"{Forged.Part("""{"alg":"ES256","kid":"ec-1","typ":"at+jwt"}""")}.{parts[1]}.{parts[2]}", Sample.Api).Fault);
        Assert.Equal(JwtFault.AlgorithmNotAllowed, Judge($"{Forged.Part("""{"alg":"none","typ":"at+jwt"}""")}.{parts[1]}.", Sample.Api).Fault);
        Assert.Equal(JwtFault.AlgorithmNotAllowed, Judge($"{Forged.Part("""{"alg":"HS256","typ":"at+jwt"}""")}.{parts[1]}.{parts[2]}", Sample.Api).Fault);
    }

    [Fact]
    public async Task Tokens_written_by_eight_threads_at_once_are_each_their_own()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Run(async () =>
        {
            for (int i = 0; i < 100; i++)
            {
                JwtAccessToken claims = Sample.AccessToken with { JwtId = $"{thread}-{i}", Subject = new string('s', 1 + (i * 7)) };
                JwtVerdict<JwtAccessToken> verdict = Judge(await claims.WriteAsync(Key.Es256, default), Sample.Api);
                Assert.Equal((claims.JwtId, claims.Subject), (verdict.Value!.JwtId, verdict.Value.Subject));
            }
        })));
    }

    private static JwtVerdict<JwtAccessToken> Judge(string token, string? audience) => JwtAccessToken.Judge(token, Keys, Sample.Issuer, audience, Sample.Now, default);

    private static string Text(string part) => CanonicalBase64Url.TryDecode(part, out byte[]? octets) ? Encoding.UTF8.GetString(octets) : "";

    // Lists compare by identity in records; they are compared by themselves above.
    private static bool SameClaims(JwtAccessToken a, JwtAccessToken b) => a with { Audience = b.Audience } == b;
}
