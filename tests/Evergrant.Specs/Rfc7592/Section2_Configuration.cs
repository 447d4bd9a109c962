using System.Text.Json.Nodes;
using Evergrant.Specs.Rfc7591;

namespace Evergrant.Specs.Rfc7592;

/// <summary>RFC 7592 section 2, OpenID Connect Registration section 4: a client manages its own registration.</summary>
public sealed class Section2_Configuration(Server server)
{
    [Fact]
    [Requirement("RFC7592-2.1-01", "RFC7592-3-01", "RFC7592-2.1-02", "OIDC-REG-4.1-01", "OIDC-REG-4.2-01", "OIDC-REG-4.3-01", "ATTACK-201")]
    public async Task A_client_reads_what_is_registered_but_never_its_secret_again()
    {
        var registered = await server.Api.Registered(Registrations.Web());
        var first = (await registered.Read()).Expect(200);
        var second = (await registered.Read()).Expect(200);

        Assert.Equal(first.Body, second.Body);
        Assert.Equal("application/json", first.MediaType);
        Assert.Equal(registered.Id, first.Text("client_id"));
        Assert.Equal(registered.Token, first.Text("registration_access_token"));
        Assert.Equal(registered.Uri, first.Text("registration_client_uri"));
        Assert.False(first.Has("client_secret"));
        foreach (var name in new[] { "client_name", "redirect_uris", "grant_types", "scope", "token_endpoint_auth_method", "client_id_issued_at" })
            Assert.Equal(registered.Member(name), first.Json.GetProperty(name).GetRawText());
    }

    [Fact]
    [Requirement("RFC7592-2-01", "OIDC-REG-4.1-02", "OIDC-REG-4.4-01", "OIDC-REG-4.4-03", "OIDC-REG-3.3-03", "ATTACK-348")]
    public async Task Only_the_clients_own_token_opens_its_registration()
    {
        var mine = await server.Api.Registered(Registrations.Web());
        var other = await server.Api.Registered(Registrations.Web());

        foreach (var token in new[] { other.Token, "evr_wrong", "nonsense", mine.Reply.Text("client_secret")! })
        {
            var reply = (await mine.Read(token)).Expect(401, "invalid_token");
            Assert.Contains("invalid_token", reply.Header("WWW-Authenticate"), StringComparison.Ordinal);
            (await mine.Update(Registrations.Web().With("client_id", mine.Id), token)).Expect(401);
            (await mine.Delete(token)).Expect(401);
        }
        var without = (await server.Api.Send(HttpMethod.Get, mine.Uri, null)).Expect(401);
        Assert.DoesNotContain("error=", without.Header("WWW-Authenticate"), StringComparison.Ordinal);
        foreach (var uri in new[] { server.Issuer + "/register?client_id=nobody", server.Issuer + "/register", server.Issuer + "/register?client_id=web" })
            (await server.Api.Send(HttpMethod.Get, uri, mine.Token)).Expect(401, "invalid_token");
        (await mine.Read()).Expect(200);
    }

    [Fact]
    [Requirement("RFC7592-2-02")]
    public async Task Other_methods_are_not_allowed()
    {
        var registered = await server.Api.Registered(Registrations.Web());
        (await server.Api.Send(HttpMethod.Patch, registered.Uri, registered.Token, "{}")).Expect(405);
    }

    [Fact]
    [Requirement("RFC7592-2.2-01", "RFC7592-2.1-02", "ATTACK-349")]
    public async Task An_update_replaces_the_whole_registration()
    {
        var registered = await server.Api.Registered(Registrations.Web().With("contacts", new JsonArray("dev@dynamic.example")).With("default_max_age", 60));
        var metadata = new JsonObject { ["client_id"] = registered.Id, ["redirect_uris"] = new JsonArray("https://dynamic.example/other") };

        var updated = (await registered.Update(metadata)).Expect(200);
        foreach (var name in new[] { "client_name", "contacts", "default_max_age", "client_secret" }) Assert.False(updated.Has(name), name);
        Assert.Equal(registered.Id, updated.Text("client_id"));
        Assert.Contains("https://dynamic.example/other", updated.Body, StringComparison.Ordinal);
        Assert.Equal(updated.Body, (await registered.Read()).Body);
        // The secret goes on.
        (await server.Api.Post("/token", [("grant_type", "authorization_code"), ("code", "x")], Api.Basic(registered.Id, registered.Reply.Text("client_secret")!))).Expect(400, "invalid_grant");
    }

    [Fact]
    [Requirement("ATTACK-118", "RFC7592-2.2-05")]
    public async Task What_a_client_has_read_it_can_write_back_unchanged()
    {
        var registered = await server.Api.Registered(Registrations.Web().With("grant_types", new JsonArray("authorization_code", "refresh_token", "password")).With("jwks", ClientKeys.Public()).With("subject_type", "pairwise").With("client_name#de", "Dynamisch"));
        Assert.Equal(["authorization_code", "refresh_token"], registered.List("grant_types"));
        var read = (JsonObject)JsonNode.Parse((await registered.Read()).Body)!;
        foreach (var name in new[] { "registration_access_token", "registration_client_uri", "client_secret_expires_at", "client_id_issued_at" }) read.Remove(name);
        var before = (await registered.Read()).Body;
        (await registered.Update(read)).Expect(200);
        Assert.Equal(before, (await registered.Read()).Body);
    }

    [Fact]
    [Requirement("RFC7592-2.2-02", "RFC7592-2.2-03", "RFC7592-2.2-04", "RFC7592-2.2-05")]
    public async Task An_update_that_touches_what_is_the_servers_is_refused_and_changes_nothing()
    {
        var registered = await server.Api.Registered(Registrations.Web());
        var right = Registrations.Web("Changed").With("client_id", registered.Id);
        foreach (var (name, value) in new (string, JsonNode?)[]
        {
            ("registration_access_token", registered.Token), ("registration_client_uri", registered.Uri), ("client_secret_expires_at", 0), ("client_id_issued_at", 0),
            ("client_id", null), ("client_id", "another"), ("client_secret", "chosen-by-me"), ("client_secret", 7), ("redirect_uris", null), ("grant_types", new JsonArray("magic")), ("subject_type", "magic"),
        })
        {
            var reply = await registered.Update(right.With(name, value));
            Assert.True(reply.Status == 400 && reply.Error is "invalid_client_metadata" or "invalid_redirect_uri", $"{name}: {reply}");
        }
        Assert.Equal("Dynamic", (await registered.Read()).Text("client_name"));
        (await registered.Update(right.With("client_secret", registered.Reply.Text("client_secret")))).Expect(200);
    }

    [Fact]
    [Requirement("RFC7592-2.3-01", "RFC7592-2.3-02", "RFC7592-2.1-04")]
    public async Task A_client_that_removes_itself_is_gone_with_its_tokens()
    {
        var registered = await server.Api.Registered(Registrations.Web().With("grant_types", new JsonArray("authorization_code", "refresh_token")));
        var client = registered.Client;
        var request = new AuthorizationRequest(client).With("scope", "openid offline_access mail:read").With("resource", DeclaredState.Mail);
        var tokens = Tokens.Of(await client.Redeem(request, await (await server.SignedIn()).Code(request)));
        Assert.True(await server.Client(Clients.MailApi).Finds(tokens.AccessToken));

        var reply = (await registered.Delete()).Expect(204);
        Assert.Equal("", reply.Body);
        (await client.Refresh(tokens.RefreshToken!)).Expect(401, "invalid_client");
        Assert.False(await server.Client(Clients.MailApi).Finds(tokens.AccessToken));
        (await registered.Read()).Expect(401, "invalid_token");
        (await registered.Delete()).Expect(401, "invalid_token");
    }

    [Fact]
    [Requirement("ATTACK-349")]
    public async Task A_client_that_changes_hands_is_asked_about_again()
    {
        var registered = await server.Api.Registered(Registrations.Web());
        var browser = await server.SignedIn();
        await browser.Code(new AuthorizationRequest(registered.Client));
        Assert.Equal(PageKind.Redirect, (await browser.Authorize(new AuthorizationRequest(registered.Client))).Kind);

        (await registered.Update(Registrations.Web().With("client_id", registered.Id).With("redirect_uris", new JsonArray("https://elsewhere.example/cb")))).Expect(200);
        Assert.Equal(PageKind.Consent, (await browser.Authorize(new AuthorizationRequest(registered.Client).With("redirect_uri", "https://elsewhere.example/cb"))).Kind);
    }
}
