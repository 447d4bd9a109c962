using Evergrant.Specs.RefreshToken;
using Evergrant.Specs.Rfc9126;

namespace Evergrant.Specs.Rfc9449;

/// <summary>RFC 9449 section 10: an authorization code that is bound to a key from the start.</summary>
public sealed class Section10_CodeBinding(Server server)
{
    private readonly DpopKey key = new(), other = new();

    [Fact]
    [Requirement("RFC9449-10-01")]
    public async Task A_code_that_names_a_key_is_redeemed_with_it_and_a_thief_revokes_nothing()
    {
        foreach (var definition in (ClientDefinition[])[DpopClients.Web, DpopClients.Native])
        {
            var client = server.Client(definition);
            var (request, code) = await Dpop.Code(server, definition, ("dpop_jkt", key.Thumbprint));
            Assert.Equal("KeyMismatch", await server.Why((await client.With(other, server).Redeem(request, code)).Expect(400, "invalid_grant")));
            (await client.Redeem(request, code)).Expect(400, "invalid_dpop_proof");
            var tokens = Tokens.Of(await client.With(key, server).Redeem(request, code)).IsBoundTo(key);
            // Coming back in other hands it is refused before it counts as a replay.
            (await client.With(other, server).Redeem(request, code)).Expect(400, "invalid_grant");
            (await client.With(key, server).Refresh(tokens.Refresh)).Expect(200);
        }
    }

    private static Task<Reply> Push(AuthorizationRequest request, params (string Name, string Value)[] headers) => request.Push(request.Client.Sending(headers));

    private (string Name, string Value) ForPush(DpopKey by) => ("DPoP", by.Proof("POST", server.Issuer + "/par"));

    [Fact]
    [Requirement("RFC9449-10.1-01", "RFC9449-10.1-02", "FAPI2-SP-5.3.2.1-12")]
    public async Task A_pushed_request_binds_its_code_by_a_proof_or_by_naming_the_key()
    {
        var client = server.Client(DpopClients.Pushing);
        foreach (var (named, proven) in (List<(bool, bool)>)[(true, false), (false, true), (true, true)])
        {
            var request = new AuthorizationRequest(client).With("scope", "openid offline_access").With("dpop_jkt", named ? key.Thumbprint : null);
            var pushed = (await Push(request, proven ? [ForPush(key)] : [])).Expect(201);
            var page = await (await server.SignedIn()).Get($"/authorize?client_id={client.Id}&request_uri={Uri.EscapeDataString(pushed.Text("request_uri")!)}");
            Assert.NotNull(page.Code);
            (await client.With(other, server).Redeem(request, page.Code)).Expect(400, "invalid_grant");
            (await client.Redeem(request, page.Code)).Expect(400, "invalid_dpop_proof");
            Tokens.Of(await client.With(key, server).Redeem(request, page.Code)).IsBoundTo(key);
        }
    }

    [Fact]
    [Requirement("RFC9449-10.1-02", "RFC9449-10.1-03")]
    public async Task A_push_with_a_bad_proof_or_one_of_another_key_is_refused()
    {
        var request = new AuthorizationRequest(server.Client(DpopClients.Pushing));
        (await Push(request, ("DPoP", "x"))).Expect(400, "invalid_dpop_proof");
        (await Push(request, ("DPoP", key.Proof("POST", server.Issuer + "/token")))).Expect(400, "invalid_dpop_proof");
        (await Push(request.With("dpop_jkt", other.Thumbprint), ForPush(key))).Expect(400, "invalid_dpop_proof");
        var proof = ForPush(key);
        (await Push(request.With("dpop_jkt", null), proof)).Expect(201);
        (await Push(request, proof)).Expect(400, "invalid_dpop_proof");
    }

    [Theory]
    [InlineData("short")]
    [InlineData("0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I=")]
    [InlineData("0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4J")]
    public async Task What_is_no_thumbprint_is_refused_at_once(string thumbprint)
    {
        var request = new AuthorizationRequest(server.Client(DpopClients.Web)).With("dpop_jkt", thumbprint);
        var page = await (await server.SignedIn()).Authorize(request);
        Assert.Equal("invalid_request", page.Error);
    }
}
