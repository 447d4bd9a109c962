using Evergrant.Specs.RefreshToken;

namespace Evergrant.Specs.Rfc9449;

/// <summary>RFC 9449 sections 8 and 9: nonces of the server.</summary>
public sealed class Section8_Nonces(Server server)
{
    private readonly DpopKey key = new();

    private Client Nonced => server.Client(DpopClients.Nonced);

    private async Task<string> Challenge()
    {
        var reply = (await Nonced.With(key, server).ClientCredentials(("scope", "mail:read"))).Expect(400, "use_dpop_nonce");
        return Assert.Single(reply.Headers.Single(header => header.Key == "DPoP-Nonce").Value);
    }

    [Fact]
    [Requirement("RFC9449-8-01", "RFC9449-8-04", "RFC9449-8.1-01", "RFC9449-8.2-03", "RFC9449-4.3-11", "RFC9449-11.3-01", "FAPI2-SP-5.3.2.1-10", "ATTACK-187")]
    public async Task A_client_whose_proofs_need_a_nonce_is_told_one_and_goes_on_with_it()
    {
        var reply = (await Nonced.With(key, server).ClientCredentials(("scope", "mail:read"))).Expect(400, "use_dpop_nonce");
        Assert.Contains("no-store", reply.Header("Cache-Control"), StringComparison.Ordinal);
        var nonce = Assert.Single(reply.Headers.Single(header => header.Key == "DPoP-Nonce").Value);
        Assert.All(nonce, c => Assert.True(c is '\x21' or (>= '\x23' and <= '\x5b') or (>= '\x5d' and <= '\x7e')));
        var tokens = Tokens.Of(await Nonced.With(key, server, ("nonce", nonce)).ClientCredentials(("scope", "mail:read"))).IsBoundTo(key);
        // In use it is not told again.
        Assert.Null(tokens.Reply.Header("DPoP-Nonce"));
        (await Nonced.With(key, server).ClientCredentials(("scope", "mail:read"))).Expect(400, "use_dpop_nonce");
    }

    [Fact]
    [Requirement("RFC9449-8-02", "RFC9449-8-03", "ATTACK-187")]
    public async Task A_nonce_that_this_server_has_not_given_out_is_refused_even_where_none_is_needed()
    {
        var nonce = await Challenge();
        Assert.True(nonce.Length >= 22);
        foreach (var wrong in Altering.EachPart(nonce)) (await Nonced.With(key, server, ("nonce", wrong)).ClientCredentials(("scope", "mail:read"))).Expect(400, "use_dpop_nonce");
        (await server.Client(DpopClients.Web).With(key, server, ("nonce", "mine")).ClientCredentials(("scope", "mail:read"))).Expect(400, "use_dpop_nonce");
        Tokens.Of(await server.Client(DpopClients.Web).With(key, server, ("nonce", nonce)).ClientCredentials(("scope", "mail:read")));
    }

    [Fact]
    [Requirement("RFC9449-9-01", "RFC9449-11.3-01")]
    public async Task Userinfo_needs_the_nonce_too()
    {
        var nonce = await Challenge();
        var (request, code) = await Dpop.Code(server, DpopClients.Nonced);
        var tokens = Tokens.Of(await Nonced.With(key, server, ("nonce", nonce)).Redeem(request, code));
        var reply = (await key.UserInfo(server, tokens.AccessToken)).Expect(401, "use_dpop_nonce");
        Assert.StartsWith("DPoP realm=", reply.Header("WWW-Authenticate"), StringComparison.Ordinal);
        Assert.Contains("error=\"use_dpop_nonce\"", reply.Header("WWW-Authenticate"), StringComparison.Ordinal);
        (await key.UserInfo(server, tokens.AccessToken, ("nonce", reply.Header("DPoP-Nonce")))).Expect(200);
    }

    [Fact]
    [Requirement("RFC9449-8.1-01", "RFC9449-4.3-10")]
    public async Task With_a_nonce_the_clients_clock_does_not_matter()
    {
        var nonce = await Challenge();
        var wrong = TimeProvider.System.GetUtcNow().AddHours(-5).ToUnixTimeSeconds();
        var proof = key.ForToken(server, ("nonce", nonce), ("iat", wrong));
        Tokens.Of(await Nonced.Sending(proof).ClientCredentials(("scope", "mail:read")));
        (await Nonced.Sending(proof).ClientCredentials(("scope", "mail:read"))).Expect(400, "invalid_dpop_proof");
    }

    [Fact]
    [Requirement("RFC9449-8-05")]
    public async Task A_page_may_read_the_nonce()
    {
        var spa = server.Client(DpopClients.Spa).Sending(("Origin", "https://dpop-spa.example"));
        var (request, code) = await Dpop.Code(server, DpopClients.Spa);
        var reply = (await spa.Sending(key.ForToken(server)).Redeem(request, code)).Expect(400, "use_dpop_nonce");
        Assert.Equal("https://dpop-spa.example", reply.Header("Access-Control-Allow-Origin"));
        Assert.Contains("DPoP-Nonce", reply.Header("Access-Control-Expose-Headers"), StringComparison.Ordinal);
        Assert.Contains("WWW-Authenticate", reply.Header("Access-Control-Expose-Headers"), StringComparison.Ordinal);
        var nonce = reply.Header("DPoP-Nonce")!;
        var tokens = Tokens.Of(await spa.Sending(key.ForToken(server, ("nonce", nonce))).Redeem(request, code)).IsBoundTo(key);
        (await spa.Sending(key.ForToken(server, ("nonce", nonce))).Refresh(tokens.Refresh)).By("Rotated");
    }
}
