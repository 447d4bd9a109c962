using Evergrant.Specs.Rfc8693;
using Evergrant.Specs.Rfc9126;

namespace Evergrant.Specs.Attacks;

/// <summary>Attacks on requests that are pushed, and on tokens that are exchanged.</summary>
public sealed class PushedRequests(Server server)
{
    [Fact]
    [Requirement("ATTACK-204")]
    public async Task Where_requests_are_pushed_no_other_is_answered()
    {
        var alice = await server.SignedIn();
        foreach (var request in new[]
        {
            new AuthorizationRequest(server.Client(Pushing.Required)), new AuthorizationRequest(server.Client(Pushing.Required)).With("prompt", "none"), new AuthorizationRequest(server.Client(Pushing.Required)).With("request_uri", Pushing.Prefix + Pkce.Random(32)),
            new AuthorizationRequest(server.Client(Pushing.Required)).With("request_uri", "https://evil.test/request"), new AuthorizationRequest(server.Client(Pushing.Required)).With("request", Jwt.Sign(new { client_id = Pushing.Required.Id }, "none", null)), new AuthorizationRequest(server.Client(Pushing.Required)).With("request_uri", ""),
        })
        {
            foreach (var page in new[] { await alice.Authorize(request), await alice.AuthorizeByPost(request) })
            {
                Assert.Null(page.Code);
                Assert.True(page.Error is "invalid_request" or "invalid_request_uri" or "request_uri_not_supported" or "request_not_supported" or "invalid_request_object" || page.Kind == PageKind.Error, page.ToString());
                if (page.Location is { } location) Assert.StartsWith(Pushing.Required.RedirectUri, location, StringComparison.Ordinal);
            }
        }
    }

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
