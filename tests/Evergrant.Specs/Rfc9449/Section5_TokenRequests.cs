using Evergrant.Specs.RefreshToken;
using Evergrant.Specs.Rfc8628;

namespace Evergrant.Specs.Rfc9449;

/// <summary>RFC 9449 section 5: tokens of every grant are bound to the key of the request.</summary>
public sealed class Section5_TokenRequests(Server server)
{
    private readonly DpopKey key = new(), other = new();

    [Fact]
    [Requirement("RFC9449-5-01", "RFC9449-6.1-01", "FAPI2-SP-5.3.2.1-05")]
    public async Task Tokens_of_a_code_and_of_each_refresh_are_bound_to_the_key_of_the_request()
    {
        foreach (var definition in (ClientDefinition[])[DpopClients.Web, DpopClients.Native, DpopClients.Opaque])
        {
            var tokens = (await Dpop.Tokens(server, definition, key)).IsBoundTo(key);
            (await key.UserInfo(server, tokens.AccessToken)).Expect(200);
            var next = (await server.Client(definition).With(key, server).Refresh(tokens.Refresh)).By("Rotated").IsBoundTo(key);
            (await key.UserInfo(server, next.AccessToken)).Expect(200);
        }
    }

    [Fact]
    [Requirement("RFC9449-5-01")]
    public async Task Tokens_of_a_device_and_of_a_machine_are_bound_too()
    {
        Tokens.Of(await server.Client(DpopClients.Opaque).With(key, server).ClientCredentials(("scope", "mail:read"))).IsBoundTo(key);
        var device = await Device.Begin(server, DpopClients.Native);
        var polling = server.Client(DpopClients.Native);
        (string, string)[] poll = [("grant_type", DeviceClients.GrantType), ("device_code", device.Code)];
        (await polling.With(key, server).Token(poll)).Expect(400, "authorization_pending");
        await device.Answer("allow");
        var tokens = (await polling.With(key, server).Token(poll)).By("Redeemed").IsBoundTo(key);
        (await polling.With(other, server).Token(poll)).Expect(400, "invalid_grant");
        (await polling.Token(poll)).Expect(400, "invalid_dpop_proof");
        Assert.Equal(tokens.Refresh, (await polling.With(key, server).Token(poll)).By("Repeated").IsBoundTo(key).Refresh);
        (await polling.With(key, server).Refresh(tokens.Refresh)).By("Rotated");
    }

    [Fact]
    [Requirement("RFC9449-5-02")]
    public async Task A_broken_proof_costs_nothing()
    {
        var (request, code) = await Dpop.Code(server, DpopClients.Native);
        (await server.Client(DpopClients.Native).Sending(("DPoP", "broken")).Redeem(request, code)).Expect(400, "invalid_dpop_proof");
        var tokens = Tokens.Of(await server.Client(DpopClients.Native).With(key, server).Redeem(request, code));
        (await server.Client(DpopClients.Native).With(key, server, ("htm", "GET")).Refresh(tokens.Refresh)).Expect(400, "invalid_dpop_proof");
        (await server.Client(DpopClients.Native).With(key, server).Refresh(tokens.Refresh)).By("Rotated");
    }

    [Fact]
    [Requirement("RFC9449-5-03", "ATTACK-113", "ATTACK-120")]
    public async Task A_public_clients_refresh_token_is_good_with_its_key_alone_and_a_thief_changes_nothing()
    {
        var client = server.Client(DpopClients.Native);
        var tokens = await Dpop.Tokens(server, DpopClients.Native, key);
        Assert.Equal("KeyMismatch", await server.Why((await client.With(other, server).Refresh(tokens.Refresh)).Expect(400, "invalid_grant")));
        Assert.Equal("DpopProofMissing", await server.Why((await client.Refresh(tokens.Refresh)).Expect(400, "invalid_dpop_proof")));
        (await server.Client(DpopClients.OtherNative).With(key, server).Refresh(tokens.Refresh)).Expect(400, "invalid_grant");
        var proof = key.ForToken(server);
        var next = (await client.Sending(proof).Refresh(tokens.Refresh)).By("Rotated");
        (await client.Sending(proof).Refresh(next.Refresh)).Expect(400, "invalid_dpop_proof");
        // A superseded token in the hands of a thief without the key revokes nothing.
        var later = (await client.With(key, server).Refresh(next.Refresh)).By("Rotated");
        (await client.With(other, server).Refresh(tokens.Refresh)).Expect(400, "invalid_grant");
        (await client.With(key, server).Refresh(later.Refresh)).By("Rotated");
        (await client.With(key, server).Refresh(tokens.Refresh)).Expect(400, "invalid_grant");
        (await client.With(key, server).Refresh(later.Refresh)).Expect(400, "invalid_grant");
    }

    [Fact]
    [Requirement("RFC9449-5-04")]
    public async Task A_confidential_client_may_change_its_key()
    {
        var client = server.Client(DpopClients.Web);
        var tokens = await Dpop.Tokens(server, DpopClients.Web, key);
        var next = (await client.With(other, server).Refresh(tokens.Refresh)).By("Rotated").IsBoundTo(other);
        (await client.With(new DpopKey("RS256"), server).Refresh(next.Refresh)).By("Rotated");
    }

    [Fact]
    [Requirement("ATTACK-112")]
    public async Task A_lost_answer_is_given_again_to_the_key_that_asked_and_to_no_other()
    {
        foreach (var definition in (ClientDefinition[])[DpopClients.Web, DpopClients.Native])
        {
            var client = server.Client(definition);
            var tokens = await Dpop.Tokens(server, definition, key);
            var next = (await client.With(key, server).Refresh(tokens.Refresh)).By("Rotated");
            (await client.With(other, server).Refresh(tokens.Refresh)).Expect(400, "invalid_grant");
            Assert.Equal(next.Refresh, (await client.With(key, server).Refresh(tokens.Refresh)).By("Repeated").IsBoundTo(key).Refresh);
            (await client.With(key, server).Refresh(next.Refresh)).By("Rotated");
        }
    }

    [Fact]
    [Requirement("RFC9449-5-05")]
    public async Task Without_a_proof_a_token_is_a_bearer_token()
    {
        var tokens = Tokens.Of(await server.Client(DpopClients.Web).ClientCredentials(("scope", "mail:read")));
        Assert.Equal("Bearer", tokens.Reply.Text("token_type"));
        Assert.False(tokens.AccessJwt.Has("cnf"));
    }

    [Fact]
    [Requirement("RFC9449-11.2-01")]
    public async Task A_bound_token_does_not_live_long_either() =>
        Assert.InRange(Tokens.Of(await server.Client(DpopClients.Web).With(key, server).ClientCredentials(("scope", "mail:read"))).Reply.Json.GetProperty("expires_in").GetInt32(), 1, 600);

    [Fact]
    [Requirement("RFC9449-5.2-01", "FAPI2-SP-5.3.2.1-04", "RFC9700-2.2.1-01")]
    public async Task A_client_that_is_registered_for_proofs_gets_nothing_without()
    {
        var client = server.Client(DpopClients.Bound);
        Assert.Equal("DpopProofMissing", await server.Why((await client.ClientCredentials(("scope", "mail:read"))).Expect(400, "invalid_dpop_proof")));
        var (request, code) = await Dpop.Code(server, DpopClients.Bound);
        (await client.Redeem(request, code)).Expect(400, "invalid_dpop_proof");
        var tokens = Tokens.Of(await client.With(key, server).Redeem(request, code)).IsBoundTo(key);
        (await client.Refresh(tokens.Refresh)).Expect(400, "invalid_dpop_proof");
        (await client.With(key, server).Refresh(tokens.Refresh)).By("Rotated");
    }

    [Fact]
    [Requirement("RFC9449-6.2-01")]
    public async Task Introspection_tells_the_key()
    {
        foreach (var definition in (ClientDefinition[])[DpopClients.Web, DpopClients.Opaque])
        {
            foreach (var tokens in (Tokens[])[await Dpop.Tokens(server, definition, key), Tokens.Of(await server.Client(definition).With(key, server).ClientCredentials(("scope", "mail:read")))])
            {
                var told = (await server.Client(Clients.MailApi).Introspect(tokens.AccessToken)).Expect(200);
                Assert.True(told.Json.GetProperty("active").GetBoolean());
                Assert.Equal("DPoP", told.Text("token_type"));
                Assert.Equal(key.Thumbprint, told.Json.GetProperty("cnf").GetProperty("jkt").GetString());
            }
        }
    }
}
