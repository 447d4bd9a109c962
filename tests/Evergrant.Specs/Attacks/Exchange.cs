using Evergrant.Specs.Rfc7521;
using Evergrant.Specs.Rfc8693;

namespace Evergrant.Specs.Attacks;

/// <summary>Attacks on tokens that are exchanged.</summary>
[Collection(typeof(GrantsCollection))]
public sealed class Exchange(GrantsServer server)
{
    [Fact]
    [Requirement("ATTACK-127")]
    public async Task A_subject_token_that_is_too_large_falls_back_on_nothing()
    {
        var gateway = server.Client(ExchangeClients.Gateway);
        var good = await server.Authorize(ExchangeClients.Portal, "mail:read");
        foreach (var size in new[] { 17_000, 40_000, 60_000, 200_000 })
        {
            foreach (var token in new[] { new string('A', size), good.AccessToken + new string('A', size), "eva_" + new string('A', size) })
            {
                var reply = await gateway.Token(("grant_type", ExchangeClients.Exchange), ("subject_token", token), ("subject_token_type", ExchangeClients.Types + "access_token"), ("scope", "mail:read"), ("resource", DeclaredState.Mail));
                Assert.True(reply.Status is 400 or 413 && reply.Error == "invalid_request" && !reply.Has("access_token"), reply.ToString());
            }
        }

        // Nor does an empty or a missing one: the client's own identity is another grant.
        (await gateway.Token(("grant_type", ExchangeClients.Exchange), ("subject_token", ""), ("subject_token_type", ExchangeClients.Types + "access_token"))).Expect(400, "invalid_request");
        (await gateway.Token(("grant_type", ExchangeClients.Exchange))).Expect(400, "invalid_request");
    }
}
