namespace Evergrant.Specs.Rfc9449;

/// <summary>RFC 9449 section 7 at the one protected resource of ours: userinfo.</summary>
public sealed class Section7_ProtectedResources(Server server)
{
    private readonly DpopKey key = new(), other = new();

    private string Address => server.Issuer + "/userinfo";

    private Task<Tokens> Issue() => Dpop.Tokens(server, DpopClients.Web, key);

    [Fact]
    [Requirement("RFC9449-7.1-01", "RFC9449-7.1-02", "RFC9449-7.1-03", "RFC9449-6-01", "RFC9449-4.3-13", "ATTACK-186", "ATTACK-188", "FAPI2-SP-5.3.4-05")]
    public async Task A_bound_token_is_good_with_its_scheme_its_proof_and_its_key()
    {
        var token = (await Issue()).AccessToken;
        (await key.UserInfo(server, token)).Expect(200);

        Refused(await server.Api.GetWith("/userinfo", ("Authorization", "DPoP " + token)), "invalid_dpop_proof");
        Refused(await key.UserInfo(server, token, ("ath", null)), "invalid_dpop_proof");
        Refused(await key.UserInfo(server, token, ("ath", DpopKey.HashOf("other"))), "invalid_dpop_proof");
        Refused(await key.UserInfo(server, token, ("htm", "POST")), "invalid_dpop_proof");
        Refused(await key.UserInfo(server, token, ("htu", server.Issuer + "/token")), "invalid_dpop_proof");
        Refused(await other.UserInfo(server, token), "invalid_token");
        Refused(await key.UserInfo(server, token + "x"), "invalid_token");
        var proof = key.Proof("GET", Address, ("ath", DpopKey.HashOf(token)));
        (await server.Api.GetWith("/userinfo", ("Authorization", "DPoP " + token), ("DPoP", proof))).Expect(200);
        Refused(await server.Api.GetWith("/userinfo", ("Authorization", "DPoP " + token), ("DPoP", proof)), "invalid_dpop_proof");
        Refused(await server.Api.GetWith("/userinfo", ("Authorization", "DPoP " + token), ("DPoP", key.Proof("GET", Address, ("ath", DpopKey.HashOf(token)))), ("DPoP", key.Proof("GET", Address, ("ath", DpopKey.HashOf(token))))), "invalid_dpop_proof");
    }

    [Fact]
    [Requirement("RFC9449-7.2-01", "ATTACK-186", "FAPI2-AM-5.2-01")]
    public async Task A_bound_token_is_no_bearer_token()
    {
        var token = (await Issue()).AccessToken;
        Refused(await server.Api.Get("/userinfo", token), "invalid_token");
        Refused(await server.Api.GetWith("/userinfo", ("Authorization", "Bearer " + token), ("DPoP", key.Proof("GET", Address, ("ath", DpopKey.HashOf(token))))), "invalid_token");
        Refused(await server.Api.Post("/userinfo", [("access_token", token)], headers: [("DPoP", key.Proof("POST", Address, ("ath", DpopKey.HashOf(token))))]), "invalid_token");
    }

    [Fact]
    [Requirement("RFC9449-6-01")]
    public async Task A_bearer_token_is_no_bound_one()
    {
        var token = (await server.Authorize(DpopClients.Web, "openid")).AccessToken;
        (await server.Api.Get("/userinfo", token)).Expect(200);
        Refused(await key.UserInfo(server, token), "invalid_token");
    }

    [Fact]
    [Requirement("RFC9449-7.2-02")]
    public async Task Without_a_token_both_schemes_are_named_and_no_error()
    {
        var reply = (await server.Api.Get("/userinfo")).Expect(401);
        Assert.StartsWith("Bearer realm=", reply.Header("WWW-Authenticate"), StringComparison.Ordinal);
        Assert.Contains("DPoP realm=", reply.Header("WWW-Authenticate"), StringComparison.Ordinal);
        Assert.DoesNotContain("error", reply.Header("WWW-Authenticate"), StringComparison.Ordinal);
    }

    private static void Refused(Reply reply, string error)
    {
        reply.Expect(401, error);
        Assert.StartsWith("DPoP realm=", reply.Header("WWW-Authenticate"), StringComparison.Ordinal);
        Assert.Contains($"error=\"{error}\"", reply.Header("WWW-Authenticate"), StringComparison.Ordinal);
        Assert.Contains("algs=\"", reply.Header("WWW-Authenticate"), StringComparison.Ordinal);
        Assert.Contains("ES256", reply.Header("WWW-Authenticate"), StringComparison.Ordinal);
    }
}
