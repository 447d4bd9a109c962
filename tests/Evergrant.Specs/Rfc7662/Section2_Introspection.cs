using System.Text.Json;

namespace Evergrant.Specs.Rfc7662;

/// <summary>RFC 7662 section 2: token introspection.</summary>
public sealed class Section2_Introspection(Server server)
{
    [Fact]
    [Requirement("RFC7662-2.1-01")]
    public async Task The_token_must_be_there()
    {
        var web = server.Client(Clients.Web);

        (await web.Call("/introspect")).Expect(400, "invalid_request");
        (await web.Call("/introspect", ("token", ""))).Expect(400, "invalid_request");
        (await server.Api.Post("/introspect?token=x", [], Api.Basic(web.Id, web.Secret))).Expect(400, "invalid_request");
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("PUT")]
    [Requirement("RFC7662-2.1-01", "RFC7662-4-03")]
    public async Task Only_post_is_served(string method)
    {
        var web = server.Client(Clients.Web);
        var tokens = await server.Authorize(Clients.Web, "openid");
        var request = new HttpRequestMessage(new HttpMethod(method), server.Api.Url("/introspect?token=" + tokens.AccessToken));
        request.Headers.TryAddWithoutValidation("Authorization", Api.Basic(web.Id, web.Secret));

        var reply = (await server.Api.Send(request)).Expect(405);

        Assert.DoesNotContain("active", reply.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("access_token")]
    [InlineData("refresh_token")]
    [InlineData("foo")]
    [Requirement("RFC7662-2.1-02")]
    public async Task A_hint_that_is_wrong_or_unknown_changes_nothing(string hint)
    {
        foreach (var definition in new[] { Clients.Web, Clients.Opaque })
        {
            var client = server.Client(definition);
            var tokens = await server.Authorize(definition, "openid offline_access mail:read");
            foreach (var token in new[] { tokens.AccessToken, tokens.Refresh })
                Assert.True((await client.Introspect(token, hint)).Expect(200).Json.GetProperty("active").GetBoolean(), $"{definition.Id}, hint {hint}");
        }
    }

    [Fact]
    [Requirement("RFC7662-2.1-03", "RFC7662-2.3-01", "ATTACK-148")]
    public async Task A_caller_must_prove_who_it_is()
    {
        var tokens = await server.Authorize(Clients.Knocking, "openid mail:read");
        var native = await server.Authorize(Clients.Native, "openid mail:read");
        (string, string)[] form = [("token", tokens.AccessToken)];

        Reply[] replies =
        [
            (await server.Api.Post("/introspect", form)).Expect(401, "invalid_client"),
            (await server.Api.Post("/introspect", [.. form, ("client_id", Clients.Knocking.Id)])).Expect(401, "invalid_client"),
            (await server.Api.Post("/introspect", form, Api.Basic(Clients.Knocking.Id, "wrong"))).Expect(401, "invalid_client"),
            (await server.Api.Post("/introspect", [("token", native.AccessToken), ("client_id", Clients.Native.Id)])).Expect(401, "invalid_client"),
            (await server.Api.Post("/introspect", form, "Bearer not-a-token")).Expect(401),
            (await server.Api.Post("/introspect", form, "Bearer " + tokens.AccessToken)).Expect(401),
        ];

        Assert.All(replies, reply => Assert.False(reply.Has("active")));
        Assert.All(replies[4..], reply => Assert.NotNull(reply.Header("WWW-Authenticate")));
    }

    [Fact]
    [Requirement("RFC7662-2.1-04", "ATTACK-119")]
    public async Task A_client_may_introspect_its_refresh_token()
    {
        var web = server.Client(Clients.Web);
        var tokens = await server.Authorize(Clients.Web, "openid offline_access mail:read");

        var reply = (await web.Introspect(tokens.Refresh)).Expect(200);

        Assert.True(reply.Json.GetProperty("active").GetBoolean());
        Assert.Equal(web.Id, reply.Text("client_id"));
        Assert.False((await server.Client(Clients.MailApi).Introspect(tokens.Refresh)).Expect(200).Json.GetProperty("active").GetBoolean());
    }

    [Fact]
    [Requirement("RFC7662-2.2-01", "RFC7662-2.2-02", "RFC7662-2.2-03")]
    public async Task An_active_token_is_described_truly()
    {
        foreach (var definition in new[] { Clients.Web, Clients.Opaque })
        {
            var tokens = await server.Authorize(definition, "openid profile mail:read");

            var reply = (await server.Client(definition).Introspect(tokens.AccessToken)).Expect(200);

            Assert.Equal("application/json", reply.MediaType);
            Assert.Contains("no-store", reply.Header("Cache-Control") ?? "", StringComparison.Ordinal);
            Assert.Equal(JsonValueKind.True, reply.Json.GetProperty("active").ValueKind);
            Assert.Equal(tokens.Scopes, reply.Text("scope")!.Split(' ').Order(StringComparer.Ordinal));
            Assert.Equal((definition.Id, server.Issuer, "Bearer"), (reply.Text("client_id"), reply.Text("iss"), reply.Text("token_type")));
            Assert.Equal(tokens.IdJwt.Claim("sub"), reply.Text("sub"));
            var issued = Seconds(reply, "iat");
            var lifetime = tokens.Reply.Json.GetProperty("expires_in").GetInt32();
            Assert.InRange(issued, TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - 300, TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + 5);
            Assert.InRange(Seconds(reply, "exp") - issued - lifetime, -2, 2);
            if (reply.Has("nbf")) Assert.InRange(Seconds(reply, "nbf"), 0, issued);
            if (definition == Clients.Web) Assert.Equal((tokens.AccessJwt.Claim("jti"), tokens.AccessJwt.Number("exp")), (reply.Text("jti"), Seconds(reply, "exp")));
        }
    }

    [Fact]
    [Requirement("RFC7662-2.2-04", "RFC7662-2.2-05", "RFC7662-2.1-05", "RFC7662-4-01", "RFC7662-4-02", "ATTACK-122", "FAPI2-MS-6.2-01")]
    public async Task Whatever_is_not_good_or_not_for_the_caller_is_inactive_and_no_more()
    {
        var web = server.Client(Clients.Web);
        var tokens = await server.Authorize(Clients.Web, "openid offline_access mail:read");
        var revoked = await server.Authorize(Clients.Web, "openid mail:read");
        (await web.Revoke(revoked.AccessToken)).Expect(200);
        var request = new AuthorizationRequest(web);
        var code = await (await server.SignedIn()).Code(request);
        var signedByOther = Jwt.Sign(tokens.AccessJwt.Payload, "ES256", ClientKeys.Ec, tokens.AccessJwt.Header.GetProperty("kid").GetString(), "at+jwt");
        var unsigned = Jwt.Sign(tokens.AccessJwt.Payload, "none", null, type: "at+jwt");
        (Client Caller, string Token)[] cases =
        [
            (web, "unknown"), (web, "a.b.c"), (web, "ünïcode"), (web, code), (web, tokens.IdToken!), (web, revoked.AccessToken),
            (web, signedByOther), (web, unsigned), (web, Altering.At(tokens.AccessToken, tokens.AccessToken.Length - 10)),
            (server.Client(Clients.Other), tokens.AccessToken), (server.Client(Clients.Other), tokens.Refresh), (server.Client(Clients.FilesApi), tokens.AccessToken),
        ];

        for (var index = 0; index < cases.Length; index++)
        {
            var reply = (await cases[index].Caller.Introspect(cases[index].Token)).Expect(200);
            Assert.True(reply.Body.Replace(" ", "", StringComparison.Ordinal).Trim() == """{"active":false}""", $"Case {index}: {reply.Body.Length} characters");
        }

        Assert.True(await web.Finds(tokens.AccessToken));
        (await web.Redeem(request, code)).Expect(200);
    }

    [Fact]
    [Requirement("RFC7662-4-01", "RFC7662-4-02")]
    public async Task A_resource_server_sees_the_tokens_that_are_for_it()
    {
        var mail = server.Client(Clients.MailApi);
        var files = server.Client(Clients.FilesApi);
        var web = await server.Authorize(Clients.Web, "openid mail:read");
        var opaque = await server.Authorize(Clients.Opaque, "mail:read");
        var native = await server.Authorize(Clients.Native, "mail:read");
        var machine = Tokens.Of(await server.Client(Clients.Machine).ClientCredentials(("scope", "files:read")));

        foreach (var tokens in new[] { web, opaque, native })
        {
            Assert.True(await mail.Finds(tokens.AccessToken));
            Assert.False(await files.Finds(tokens.AccessToken));
        }

        Assert.True(await files.Finds(machine.AccessToken));
        Assert.False(await mail.Finds(machine.AccessToken));
    }

    [Fact]
    [Requirement("RFC7662-2.2-06")]
    public async Task Each_resource_server_sees_its_own_part_of_a_token_for_both()
    {
        var client = server.Client(Clients.TwoApis);
        var request = new AuthorizationRequest(client).With("scope", "mail:read files:read").And("resource", DeclaredState.Mail).And("resource", DeclaredState.Files);
        var tokens = Tokens.Of(await client.Redeem(request, await (await server.SignedIn()).Code(request)));

        Assert.Equal("mail:read", (await server.Client(Clients.MailApi).Introspect(tokens.AccessToken)).Expect(200).Text("scope"));
        Assert.Equal("files:read", (await server.Client(Clients.FilesApi).Introspect(tokens.AccessToken)).Expect(200).Text("scope"));
        Assert.Equal(["files:read", "mail:read"], tokens.Scopes);
    }

    [Fact]
    [Requirement("RFC7662-5-01")]
    public async Task Pairwise_subjects_stay_pairwise()
    {
        var subjects = new List<string>();
        foreach (var definition in new[] { Clients.Pairwise, Clients.OtherPairwise, Clients.Web })
        {
            var tokens = await server.Authorize(definition, "openid email mail:read");
            var reply = (await server.Client(definition).Introspect(tokens.AccessToken)).Expect(200);
            Assert.Equal(tokens.IdJwt.Claim("sub"), reply.Text("sub"));
            Assert.False(reply.Has("email"));
            subjects.Add(reply.Text("sub")!);
        }

        Assert.Equal(3, subjects.Distinct(StringComparer.Ordinal).Count());
    }

    private static long Seconds(Reply reply, string member)
    {
        Assert.True(reply.Json.GetProperty(member).TryGetInt64(out var seconds), $"'{member}' is no integer");
        return seconds;
    }
}
