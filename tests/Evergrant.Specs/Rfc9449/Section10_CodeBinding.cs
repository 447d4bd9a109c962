using Evergrant.Specs.RefreshToken;

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
