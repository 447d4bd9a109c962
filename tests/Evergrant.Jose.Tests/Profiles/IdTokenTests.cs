using System.Text;
using System.Text.Json;

namespace Evergrant.Jose.Tests;

public sealed class IdTokenTests
{
    private static readonly JwkSet Keys = Forged.SetOf(Key.Rs256);

    [Fact]
    public async Task A_token_is_written_as_OpenID_Connect_has_it()
    {
        IdToken claims = Sample.IdToken with
        {
            AuthTime = Sample.Now,
            Nonce = "n-\"ö",
            Acr = "1",
            Amr = ["pwd"],
            Azp = Sample.Client,
            AccessTokenHash = "hash",
            SessionId = "session",
            Claims = new Dictionary<string, JsonElement> { ["email_verified"] = Forged.Json("true"), ["sub"] = Forged.Json("\"mallory\"") },
        };
        string[] parts = (await claims.WriteAsync(Key.Rs256, default)).Split('.');
        Assert.Equal("""{"alg":"RS256","kid":"rsa-1","typ":"JWT"}""", Text(parts[0]));
        Assert.Equal(
            """{"iss":"https://issuer.example","sub":"alice","aud":"client-1","exp":1800000300,"iat":1800000000,"auth_time":1800000000,"nonce":"n-\"ö","acr":"1","amr":["pwd"],"azp":"client-1","at_hash":"hash","sid":"session","email_verified":true}""",
            Text(parts[1]));
    }

    [Theory]
    [InlineData("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y", "77QmUPtjPfzWtF2AnpK9RQ")] // OpenID Connect Core appendix A.3
    [InlineData("Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk", "LDktKdoQak3Pk0cnXxCltA")] // appendix A.4
    public void A_hash_is_the_left_half_as_in_the_published_examples(string value, string hash) =>
        Assert.Equal(hash, IdToken.HashOf(value, SignatureAlgorithm.RS256));

    [Fact]
    public void A_hash_is_as_long_as_half_the_hash_of_the_algorithm()
    {
        Assert.Equal([22, 32, 43], SignatureAlgorithm.Asymmetric.Take(3).Select(algorithm => IdToken.HashOf("a", algorithm).Length));
        Assert.Throws<ArgumentException>(() => IdToken.HashOf("a", "none"));
    }

    [Fact]
    public async Task An_expired_hint_still_tells_who_was_meant()
    {
        IdToken claims = Sample.IdToken with { SessionId = "session", Nonce = "", Claims = new Dictionary<string, JsonElement> { ["name"] = Forged.Json("\"Alice\"") } };
        JwtVerdict<IdToken> verdict = IdToken.JudgeAsHint(await claims.WriteAsync(Key.Rs256, default), Keys, Sample.Issuer);
        Assert.True(verdict.Holds, verdict.Detail);
        Assert.Equal(("alice", Sample.Client, "session", ""), (verdict.Value.Subject, verdict.Value.Audience, verdict.Value.SessionId, verdict.Value.Nonce));
        Assert.Equal(claims.ExpiresAt, verdict.Value.ExpiresAt);
        Assert.Equal("Alice", verdict.Value.Claims!["name"].GetString());
    }

    [Fact]
    public async Task A_hint_from_elsewhere_is_refused()
    {
        Assert.Equal(JwtFault.KeyUnknown, IdToken.JudgeAsHint(await Sample.IdToken.WriteAsync(Key.Es256, default), Keys, Sample.Issuer).Fault);
        Assert.Equal(JwtFault.IssuerWrong, IdToken.JudgeAsHint(await Sample.IdToken.WriteAsync(Key.Rs256, default), Keys, "https://other.example").Fault);
        Assert.Equal(JwtFault.NotAJws, IdToken.JudgeAsHint("garbage", Keys, Sample.Issuer).Fault);
        string several = $$"""{"iss":"{{Sample.Issuer}}","sub":"a","aud":["a","b"],"exp":1,"iat":1}""";
        Assert.Equal(JwtFault.AudienceWrong, IdToken.JudgeAsHint(Forged.Typed(Key.Rs256, null, several), Keys, Sample.Issuer).Fault);
    }

    private static string Text(string part) => CanonicalBase64Url.TryDecode(part, out byte[]? octets) ? Encoding.UTF8.GetString(octets) : "";
}
