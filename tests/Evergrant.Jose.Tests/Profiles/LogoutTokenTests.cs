namespace Evergrant.Jose.Tests.Profiles;

public sealed class LogoutTokenTests
{
    private const string Issuer = "https://id.example";
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly LogoutToken Sent = new() { Issuer = Issuer, Audience = "web", IssuedAt = Now, ExpiresAt = Now + LogoutToken.Lifetime, JwtId = "j", Subject = "alice", SessionId = "s" };

    [Fact]
    public async Task What_is_written_is_read_back()
    {
        using SigningKey key = SigningKey.Create(SignatureAlgorithm.ES256, "k");
        var keys = new JwkSet([key.PublicKey]);
        foreach (LogoutToken sent in new[] { Sent, Sent with { Subject = null }, Sent with { SessionId = null } })
            Assert.Equal(sent, LogoutToken.Judge(await sent.WriteAsync(key, default), keys, Issuer, "web", Now).Value);
    }

    [Fact]
    public async Task What_is_not_for_this_client_from_this_issuer_now_is_none()
    {
        using SigningKey key = SigningKey.Create(SignatureAlgorithm.ES256, "k");
        using SigningKey foreign = SigningKey.Create(SignatureAlgorithm.ES256, "k");
        var keys = new JwkSet([key.PublicKey]);
        string token = await Sent.WriteAsync(key, default);
        Assert.Equal(JwtFault.AudienceWrong, LogoutToken.Judge(token, keys, Issuer, "other", Now).Fault);
        Assert.Equal(JwtFault.IssuerWrong, LogoutToken.Judge(token, keys, Issuer + "/", "web", Now).Fault);
        Assert.Equal(JwtFault.Expired, LogoutToken.Judge(token, keys, Issuer, "web", Now.AddMinutes(3)).Fault);
        Assert.Equal(JwtFault.SignatureInvalid, LogoutToken.Judge(await Sent.WriteAsync(foreign, default), keys, Issuer, "web", Now).Fault);
        Assert.Equal(JwtFault.ClaimMissing, LogoutToken.Judge(await (Sent with { Subject = null, SessionId = null }).WriteAsync(key, default), keys, Issuer, "web", Now).Fault);
    }

    [Fact]
    public async Task Neither_an_ID_token_nor_a_logout_token_passes_for_the_other()
    {
        using SigningKey key = SigningKey.Create(SignatureAlgorithm.ES256, "k");
        var keys = new JwkSet([key.PublicKey]);
        var id = new IdToken { Issuer = Issuer, Subject = "alice", Audience = "web", ExpiresAt = Now.AddMinutes(5), IssuedAt = Now, Nonce = "n", SessionId = "s" };
        Assert.Equal(JwtFault.WrongType, LogoutToken.Judge(await id.WriteAsync(key, default), keys, Issuer, "web", Now).Fault);
        Assert.Equal(JwtFault.WrongType, IdToken.JudgeAsHint(await Sent.WriteAsync(key, default), keys, Issuer).Fault);
    }
}
