namespace Evergrant.Specs.Rfc9449;

/// <summary>RFC 9449 section 8: nonces grow old.</summary>
[Collection(typeof(ClockCollection))]
public sealed class Section8_NonceTime(ClockServer server)
{
    private readonly DpopKey key = new();

    [Fact]
    [Requirement("RFC9449-8-03", "RFC9449-8.2-01", "ATTACK-187")]
    public async Task A_client_is_told_the_next_nonce_before_its_own_is_refused()
    {
        var client = server.Client(DpopClients.Nonced);
        var first = (await client.With(key, server).ClientCredentials(("scope", "mail:read"))).Expect(400, "use_dpop_nonce").Header("DPoP-Nonce")!;
        await server.Advance(TimeSpan.FromMinutes(2));
        var reply = Tokens.Of(await client.With(key, server, ("nonce", first)).ClientCredentials(("scope", "mail:read"))).Reply;
        var second = Assert.Single(reply.Headers.Single(header => header.Key == "DPoP-Nonce").Value);
        Assert.NotEqual(first, second);
        await server.Advance(TimeSpan.FromMinutes(5));
        Assert.NotEqual(second, (await client.With(key, server, ("nonce", first)).ClientCredentials(("scope", "mail:read"))).Expect(400, "use_dpop_nonce").Header("DPoP-Nonce"));
    }
}
