using Evergrant.Specs.Rfc7521;
using Evergrant.Specs.Rfc9449;

namespace Evergrant.Specs.IdJag;

/// <summary>ID-JAG section 4.4: an identity assertion of somebody else becomes an access token.</summary>
[Collection(typeof(GrantsCollection))]
public sealed class Section4_4_Receiving(GrantsServer server)
{
    private Task<Reply> Present(string jag, ClientDefinition? client = null, params (string Name, string Value)[] more) =>
        server.Client(client ?? IdJagClients.Receiver).Token([("grant_type", BearerClients.JwtBearer), ("assertion", jag), .. more]);

    private string Jag(params (string Name, object? Value)[] changes) => Typed("oauth-id-jag+jwt", changes);

    private string Typed(string? type, params (string Name, object? Value)[] changes) =>
        IdJagClients.Idp.Sign(IdJagClients.Idp.Claims(server.Issuer, "u-1", [("client_id", IdJagClients.Receiver.Id), ("aud_sub", "alice"), .. changes]), type: type);

    private Task<Reply> WithProof(DpopKey key, string jag) =>
        server.Client(IdJagClients.Receiver).With(key, server).Token(("grant_type", BearerClients.JwtBearer), ("assertion", jag));

    private async Task Refused(string jag, ClientDefinition? client = null) => (await Present(jag, client)).Expect(400, "invalid_grant");

    [Fact]
    [Requirement("ID-JAG-4.4.1-04", "ID-JAG-4.4.3-01", "ID-CHAIN-5.4-01")]
    public async Task It_becomes_a_token_for_what_it_names_and_no_refresh_token()
    {
        var tokens = Tokens.Of(await Present(Jag(("scope", "mail:read offline_access"), ("resource", DeclaredState.Mail))));
        Assert.Equal(["mail:read"], tokens.Scopes);
        Assert.Equal([DeclaredState.Mail], tokens.AccessJwt.Audience);
        Assert.Null(tokens.RefreshToken);
        Assert.True(await server.Client(Clients.MailApi).Finds(tokens.AccessToken));
        (await Present(Jag(("scope", "mail:read")), null, ("scope", "mail:send"))).Expect(400, "invalid_scope");
        (await Present(Jag(("resource", DeclaredState.Mail)), null, ("resource", DeclaredState.Files))).Expect(400, "invalid_target");
        (await Present(Jag(("resource", new[] { DeclaredState.Files })))).Expect(400, "invalid_target");
    }

    [Fact]
    [Requirement("ID-JAG-4.4.1-01", "ATTACK-164")]
    public async Task Its_type_is_said()
    {
        foreach (string? type in new[] { "JWT", null, "authorization-grant+jwt", "at+jwt" }) await Refused(Typed(type));
        Tokens.Of(await Present(Typed("application/oauth-id-jag+jwt")));
    }

    [Fact]
    [Requirement("ID-JAG-4.4.1-02", "ID-CHAIN-2.4.2-01")]
    public async Task It_is_for_this_issuer_alone()
    {
        foreach (object? audience in new object?[] { "https://elsewhere.example", server.Issuer + "/token", new[] { server.Issuer, "https://elsewhere.example" }, null }) await Refused(Jag(("aud", audience)));
        Tokens.Of(await Present(Jag(("aud", new[] { server.Issuer }))));
    }

    [Fact]
    [Requirement("ID-JAG-4.4.1-03", "ID-JAG-3.1-01")]
    public async Task It_was_made_for_the_client_that_brings_it()
    {
        await Refused(Jag(), IdJagClients.OtherReceiver);
        foreach (object? client in new object?[] { "somebody", null, 5, new[] { IdJagClients.Receiver.Id } }) await Refused(Jag(("client_id", client)));
        foreach (string claim in new[] { "jti", "iat", "exp", "sub", "iss" }) await Refused(Jag((claim, null)));
    }

    [Fact]
    [Requirement("ID-JAG-9.1-01", "ID-JAG-9.3-01", "ID-CHAIN-5.5-01", "ATTACK-166")]
    public async Task It_counts_once_in_the_hands_of_a_client_that_proves_itself()
    {
        string jag = Jag();
        Tokens.Of(await Present(jag));
        await Refused(jag);
        await Refused(Jag(("client_id", IdJagClients.Public.Id)), IdJagClients.Public);
        // What this server has issued itself is for others.
        var user = await server.Authorize(IdJagClients.Agent, "openid");
        var own = await server.Client(IdJagClients.Agent).Token(
            ("grant_type", Rfc8693.ExchangeClients.Exchange), ("subject_token", user.IdToken!), ("subject_token_type", Rfc8693.ExchangeClients.Types + "id_token"),
            ("requested_token_type", IdJagClients.Type), ("audience", IdJagClients.Chat));
        await Refused(own.Expect(200).Text("access_token")!, IdJagClients.Agent);
    }

    [Fact]
    [Requirement("ID-CHAIN-2.4.2-02")]
    public async Task Its_subject_is_found_by_the_claim_that_was_agreed_on()
    {
        await Refused(Jag(("aud_sub", "nobody")));
        await Refused(Jag(("aud_sub", null)));
    }

    [Fact]
    [Requirement("ID-JAG-9.8.1-02", "ATTACK-188")]
    public async Task One_that_is_bound_to_a_key_needs_proof_of_it()
    {
        await Refused(Jag(("cnf", new { jkt = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I" })));
        await Refused(Jag(("cnf", new { kid = "x" })));
        await Refused(Jag(("cnf", "x")));
        var key = new DpopKey();
        string bound = Jag(("cnf", new { jkt = key.Thumbprint }), ("scope", "mail:read"));
        (await WithProof(new DpopKey(), bound)).Expect(400, "invalid_grant");
        Assert.Equal("DPoP", (await WithProof(key, bound)).Expect(200).Text("token_type"));
    }
}
