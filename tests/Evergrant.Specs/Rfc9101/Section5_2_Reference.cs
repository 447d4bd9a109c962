using System.Text.Json.Nodes;
using Evergrant.Specs.Rfc9126;

namespace Evergrant.Specs.Rfc9101;

/// <summary>RFC 9101 section 5.2, OpenID Connect Core section 6.2: an object that lies on the client's own server. On a server of its own, for others announce that it is off.</summary>
[Collection(typeof(OauthMultipleResponseTypes.FrontCollection))]
public sealed class Section5_2_Reference(OauthMultipleResponseTypes.FrontServer server)
{
    [Fact]
    [Requirement(
        "OIDC-REG-2-30", "RFC9101-5.2.3-01", "OIDC-CORE-6.2-02", "OIDC-CORE-6.2.3-01", "OIDC-CORE-15.2-05", "OIDC-CORE-3.1.2.6-09", "OIDC-DISC-3-28", "OIDC-DISC-3-29", "RFC9101-10.4.1-01", "RFC9101-10.4.1-02", "RFC9101-10.4.1-03")]
    public async Task A_registered_address_is_fetched_and_no_other_is()
    {
        await using var documents = new DocumentServer();
        string Path(string name) => documents.Origin + "/" + name;
        string[] registered = [Path("good"), Path("html"), Path("gone"), Path("moved"), Path("huge"), Path("nested")];
        var definition = Signing.Any with { Id = "jar-reference", Further = Pushing.Members(("request_uris", new JsonArray([.. registered.Select(uri => (JsonNode)uri)]))) };
        await server.Declare(definition);
        var client = server.Client(definition);
        var metadata = (await server.Api.Discovery()).Json;
        Assert.True(metadata.GetProperty("request_uri_parameter_supported").GetBoolean());
        Assert.True(metadata.GetProperty("require_request_uri_registration").GetBoolean());

        var request = new AuthorizationRequest(client).With("scope", "openid email");
        documents.Put(request.ObjectText(), "/good", type: "application/" + Signing.Type);
        AuthorizationRequest Referring(string uri) => new AuthorizationRequest(client).With("request_uri", uri).With("scope", "openid").With("state", "outside");
        var browser = server.NewBrowser();
        var page = (await browser.Authorize(Referring(Path("good") + "#v1"))).Expect(PageKind.SignIn);
        page = (await browser.SignIn(page, Users.Alice.Username, Users.Alice.Password)).Expect(PageKind.Redirect);
        Assert.Equal(request.State, page["state"]);
        Assert.Equal(["email", "openid"], Tokens.Of(await client.Redeem(request, page.Code!)).Scopes);
        // What was fetched once for a request is not fetched again for its pages.
        Assert.Equal(1, documents.Hits(Path("good")));

        var alice = await server.SignedIn();
        documents.Put("<html></html>", "/html", type: "text/html");
        documents.Put("", "/gone", status: 404);
        documents.Put("", "/moved", status: 302, headers: ("Location", Path("good")));
        documents.Put(new string('x', 100_000), "/huge", type: "application/jwt");
        documents.Put(request.ObjectText(changes: ("request_uri", Path("good"))), "/nested", type: "application/jwt");
        foreach (var name in new[] { "html", "gone", "moved", "huge" }) (await alice.Authorize(Referring(Path(name)))).ExpectError("invalid_request_uri");
        (await alice.Authorize(Referring(Path("nested")))).ExpectError("invalid_request_object");
        (await alice.Authorize(Referring(Path("other")))).ExpectError("invalid_request_uri");
        (await alice.Authorize(Referring("file:///etc/passwd"))).ExpectError("invalid_request_uri");
        Assert.Equal((0, 1), (documents.Hits(Path("other")), documents.Hits(Path("good"))));
        (await Referring(Path("good")).Push()).Expect(400, "invalid_request");
        Assert.NotEqual(0, (await server.Apply(DeclaredState.Json(server.Issuer, definition with { Further = Pushing.Members(("request_uris", new JsonArray("http://jar.example/r"))) }))).ExitCode);
    }
}
