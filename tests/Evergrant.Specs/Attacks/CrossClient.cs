namespace Evergrant.Specs.Attacks;

/// <summary>One client with what belongs to another, and tokens where they are not meant to be.</summary>
public sealed class CrossClient(Server server)
{
    [Fact]
    [Requirement("ATTACK-120")]
    public async Task A_public_clients_token_works_under_its_name_alone_and_stays_what_it_was()
    {
        var owner = server.Client(AttackClients.Page);
        var tokens = await server.Authorize(AttackClients.Page, "openid offline_access mail:read");
        foreach (var thief in new[] { AttackClients.Phone, AttackClients.Loopback, Clients.Spa }) (await server.Client(thief).Refresh(tokens.Refresh)).Expect(400, "invalid_grant");
        (await owner.Refresh(tokens.Refresh, ("scope", "openid mail:send"))).Expect(400, "invalid_scope");

        var next = Tokens.Of(await owner.Refresh(tokens.Refresh));

        Assert.Equal(tokens.Scopes, next.Scopes);
        Assert.Equal((owner.Id, tokens.AccessJwt.Claim("sub")), (next.AccessJwt.Claim("client_id"), next.AccessJwt.Claim("sub")));
    }

    [Fact]
    [Requirement("ATTACK-121", "ATTACK-122")]
    public async Task Another_client_neither_revokes_nor_reads_a_token()
    {
        var owner = server.Client(AttackClients.Opaque);
        var tokens = await server.Authorize(AttackClients.Opaque, "openid offline_access mail:read");
        foreach (var thief in new[] { AttackClients.Rival, AttackClients.Page, AttackClients.Machine })
            foreach (var token in new[] { tokens.AccessToken, tokens.Refresh }) (await server.Client(thief).Revoke(token)).Expect(400, "invalid_grant");
        foreach (var reader in new[] { AttackClients.Rival, AttackClients.Machine, Clients.FilesApi })
        {
            foreach (var token in new[] { tokens.AccessToken, tokens.Refresh })
            {
                var reply = (await server.Client(reader).Introspect(token)).Expect(200);
                Assert.Equal("{\"active\":false}", reply.Body.Replace(" ", "", StringComparison.Ordinal));
                var signed = new HttpRequestMessage(HttpMethod.Post, server.Api.Url("/introspect")) { Content = Api.Form([("token", token)]) };
                signed.Headers.TryAddWithoutValidation("Authorization", Api.Basic(reader.Id, server.Client(reader).Secret));
                signed.Headers.TryAddWithoutValidation("Accept", "application/token-introspection+jwt");
                var answer = await server.Api.Send(signed);
                Assert.DoesNotContain(Users.Alice.Username, answer.Body, StringComparison.Ordinal);
                Assert.DoesNotContain("mail:read", answer.Body, StringComparison.Ordinal);
            }
        }

        Assert.True(await owner.Finds(tokens.AccessToken));
        (await owner.Refresh(tokens.Refresh)).Expect(200);
    }

    [Fact]
    [Requirement("ATTACK-123")]
    public async Task UserInfo_tells_nothing_to_a_token_without_openid_whatever_its_audience()
    {
        var mail = await server.Authorize(AttackClients.App, "mail:read");
        Assert.Equal([DeclaredState.Mail], mail.AccessJwt.Audience);
        (await server.Api.Get("/userinfo", mail.AccessToken)).Expect(403, "insufficient_scope");
        var machine = Tokens.Of(await server.Client(AttackClients.Machine).ClientCredentials(("scope", "files:read")));
        Assert.Contains((await server.Api.Get("/userinfo", machine.AccessToken)).Status, new[] { 401, 403 });
    }

    [Fact]
    [Requirement("ATTACK-131", "ATTACK-132")]
    public async Task A_client_for_itself_gets_nothing_of_a_person_and_nothing_that_it_was_not_given()
    {
        var machine = server.Client(AttackClients.Machine);
        // The standard values speak of a person, and are left out (docs/decisions/0005).
        foreach (var scope in new[] { "openid", "offline_access", "openid profile email offline_access mail:read" })
        {
            var given = Tokens.Of(await machine.ClientCredentials(("scope", scope), ("resource", DeclaredState.Mail)));
            Assert.Equal((null, null, scope.Contains("mail", StringComparison.Ordinal) ? "mail:read" : null), (given.RefreshToken, given.IdToken, given.AccessJwt.Claim("scope") is "" ? null : given.AccessJwt.Claim("scope")));
        }

        foreach (var scope in new[] { "extra", "backstage", "mail:read mail:admin", "*", "" + (char)1 })
            (await machine.ClientCredentials(("scope", scope), ("resource", DeclaredState.Mail))).Expect(400, "invalid_scope");
        var tokens = Tokens.Of(await machine.ClientCredentials(("scope", "mail:read")));
        Assert.Null(tokens.RefreshToken);
        Assert.Null(tokens.IdToken);
        Assert.Equal(machine.Id, tokens.AccessJwt.Claim("sub"));

        var gone = AttackClients.Machine with { Id = "attacked-machine-gone" };
        await server.Declare(gone);
        (await server.Client(gone).ClientCredentials(("scope", "mail:read"))).Expect(200);
        Assert.Equal(0, (await server.Run("client", "remove", gone.Id)).ExitCode);
        (await server.Client(gone).ClientCredentials(("scope", "mail:read"))).Expect(401, "invalid_client");
    }

    [Fact]
    [Requirement("ATTACK-133")]
    public async Task A_code_for_one_resource_buys_no_token_for_another()
    {
        var client = server.Client(Clients.TwoApis);
        var request = new AuthorizationRequest(client).With(("scope", "openid mail:read"), ("resource", DeclaredState.Mail));
        var code = await (await server.SignedIn()).Code(request);
        (await client.Redeem(request, code, ("resource", DeclaredState.Files))).Expect(400, "invalid_target");
        (await client.Redeem(request, code, ("resource", "https://unknown.example"))).Expect(400, "invalid_target");
        Assert.Equal([DeclaredState.Mail], Tokens.Of(await client.Redeem(request, code)).AccessJwt.Audience);
    }

    [Fact]
    [Requirement("ATTACK-135", "ATTACK-136")]
    public async Task What_an_application_was_given_does_not_open_the_account_pages()
    {
        var tokens = await server.Authorize(AttackClients.App, "openid profile email offline_access mail:read");
        foreach (var path in new[] { "/account", "/sign-out", "/admin/explain", "/select-account", "/consent" })
        {
            foreach (var method in new[] { HttpMethod.Get, HttpMethod.Post })
            {
                var request = new HttpRequestMessage(method, server.Api.Url(path));
                request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + tokens.AccessToken);
                if (method == HttpMethod.Post) request.Content = Api.Form([("issuer", server.Issuer), ("client_id", AttackClients.Rival.Id), ("access_token", tokens.AccessToken)]);
                var reply = await server.Api.Send(request);
                Assert.True(reply.Status is 303 or 400 or 403 or 405 || (path == "/sign-out" && method == HttpMethod.Get), $"{method} {path}: {reply}");
                Assert.DoesNotContain(Users.Alice.Username, reply.Body, StringComparison.Ordinal);
            }
        }

        // There is no endpoint that lists tokens, sessions or identities of others for a bearer.
        foreach (var path in new[] { "/account/apps", "/account/sessions", "/account/credentials", "/account/linked", "/api/account", "/me", "/scim/v2/Users", "/broker/x/token" }) (await server.Api.Get(path, tokens.AccessToken)).Expect(404);
    }

    [Fact]
    [Requirement("ATTACK-124")]
    public async Task A_hint_names_a_person_to_its_own_client_and_signs_nobody_in()
    {
        var tokens = await server.Authorize(AttackClients.App, "openid");
        var stranger = server.NewBrowser();
        // Whoever is not signed in is not signed in by a hint.
        (await stranger.Authorize(new AuthorizationRequest(server.Client(AttackClients.App)).With("id_token_hint", tokens.IdToken))).Expect(PageKind.SignIn);
        (await stranger.Authorize(new AuthorizationRequest(server.Client(AttackClients.App)).With(("id_token_hint", tokens.IdToken), ("prompt", "none")))).ExpectError("login_required");
        var alice = await server.SignedIn();
        // Signed by nobody, by somebody else, altered, or of another kind.
        var foreign = Jwt.Sign(tokens.IdJwt.Payload, "ES256", ClientKeys.Ec, tokens.IdJwt.Header.GetProperty("kid").GetString());
        foreach (var hint in new[] { foreign, Jwt.Sign(tokens.IdJwt.Payload, "none", null), Altering.At(tokens.IdToken!, tokens.IdToken!.Length - 10), tokens.AccessToken, "x", "a.b.c" })
            Assert.NotNull((await alice.Authorize(new AuthorizationRequest(server.Client(AttackClients.App)).With("id_token_hint", hint))).ExpectError("invalid_request").Error);
        // Where another person is signed in, the hinted one is asked for.
        (await (await server.SignedIn(Users.Bob)).Authorize(new AuthorizationRequest(server.Client(AttackClients.App)).With(("id_token_hint", tokens.IdToken), ("prompt", "none")))).ExpectError("login_required");
    }
}
