using Evergrant.Specs.Rfc9126;

namespace Evergrant.Specs.Attacks;

/// <summary>Attacks on requests that are pushed.</summary>
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
}
