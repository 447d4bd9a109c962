using Evergrant.Jose;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Token;

namespace Evergrant.Protocol.Tests.Token;

public class AccessTokenTests
{
    internal static readonly AccessToken Of = new()
    {
        Issuer = Sample.Issuer, ClientId = "web", Subject = "alice", Audience = [Sample.Notes, Sample.Issuer], Scope = "openid notes:read",
        IssuedAt = Sample.Now, ExpiresAt = Sample.Now.AddMinutes(5), Id = "id-1", GrantId = Sample.Grant().Id, Serial = 5,
    };

    internal static bool Same(AccessToken one, AccessToken other) =>
        one with { Audience = [], JwtId = null } == other with { Audience = [], JwtId = null } && one.Audience.SequenceEqual(other.Audience);

    [Fact]
    [Requirement("RFC9068-2.2-01", "RFC9068-2.2.3-01")]
    public async Task A_jwt_says_what_went_in()
    {
        using var key = SigningKey.Create("ES256", "k");
        var authorized = Sample.Grant().Authorized with { AuthTime = Sample.Now.AddMinutes(-3), Acr = "a", Amr = ["pwd"] };
        string text = await Of.ToJwt(authorized).WriteAsync(key, default);
        JwtVerdict<JwtAccessToken> verdict = JwtAccessToken.Judge(text, new JwkSet([key.PublicKey]), Sample.Issuer, Sample.Notes, Sample.Now, TimeSpan.Zero);
        Assert.True(verdict.Holds);
        Assert.True(Same(Of, AccessToken.Of(verdict.Value)));
        Assert.Equal((authorized.AuthTime, "a"), (verdict.Value.AuthTime, verdict.Value.Acr));
        Assert.Equal(["pwd"], verdict.Value.Amr);
    }

    [Fact]
    public void A_token_without_grant_or_scope_says_so()
    {
        AccessToken plain = Of with { GrantId = null, Serial = 0, Scope = "" };
        JwtAccessToken jwt = plain.ToJwt(null);
        Assert.Equal((null, null, null), (jwt.Scope, jwt.GrantId, jwt.GrantSerial));
        Assert.True(Same(plain, AccessToken.Of(jwt)));
    }

    [Theory]
    [InlineData("openid notes:read")]
    [InlineData("")]
    [InlineData("a\"b\\c<>&'")]
    public void The_opaque_body_says_what_went_in(string scope)
    {
        AccessToken token = Of with { Scope = scope, Subject = "älice\n" };
        Assert.True(Same(token with { Id = "text" }, AccessToken.OfBody(token.ToBody(), "text", token.Issuer, token.ClientId, token.GrantId, token.Serial)));
    }

    [Fact]
    public void The_list_of_the_dead_never_sees_the_token_itself()
    {
        Assert.Equal(32, Of.DenialKey().Length);
        Assert.NotEqual(Of.DenialKey(), (Of with { Id = "id-2" }).DenialKey());
    }
}
