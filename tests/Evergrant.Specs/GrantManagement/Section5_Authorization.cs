using Evergrant.Specs.Ciba;
using Evergrant.Specs.RefreshToken;
using Evergrant.Specs.Rfc9126;

namespace Evergrant.Specs.GrantManagement;

/// <summary>Grant Management for OAuth 2.0 section 5: actions in authorization requests.</summary>
public sealed class Section5_Authorization(Server server)
{
    private const string First = "openid offline_access mail:read";

    private Task<Tokens> Create(string scope = First, ClientDefinition? client = null) => server.Authorize(client ?? Managing.Bank, scope, null, ("grant_management_action", "create"));

    private Task<Tokens> Change(string action, string grantId, string scope, params (string Name, string? Value)[] more) =>
        server.Authorize(Managing.Bank, scope, null, [("grant_management_action", action), ("grant_id", grantId), .. more]);

    private async Task<Page> Begin(ClientDefinition client, params (string Name, string? Value)[] parameters) => await (await server.SignedIn()).Authorize(new AuthorizationRequest(server.Client(client)).With(parameters));

    [Fact]
    [Requirement("GRANT-MGMT-5.2-01", "GRANT-MGMT-5.2-02", "GRANT-MGMT-5.3-01", "GRANT-MGMT-5.5-01", "GRANT-MGMT-5.5-02", "GRANT-MGMT-9-01")]
    public async Task Each_create_makes_a_grant_with_a_name_that_says_nothing()
    {
        HashSet<string> seen = [];
        foreach (var client in new[] { Managing.Bank, Managing.Bank, Managing.Other })
        {
            var request = new AuthorizationRequest(server.Client(client)).With("scope", First).With("grant_management_action", "create");
            var page = await (await server.SignedIn()).Authorize(request);
            Assert.Null(page["grant_id"]);
            var tokens = Tokens.Of(await request.Client.Redeem(request, page.Code!));
            var id = Managing.IdOf(tokens);
            Assert.Matches("^[A-Za-z0-9_-]{27}$", id);
            Assert.NotEqual(id, tokens.AccessJwt.Claim("grant_id"));
            Assert.True(seen.Add(id));
            Assert.Equal(id, Managing.IdOf(Tokens.Of(await request.Client.Refresh(tokens.Refresh))));
        }
        Assert.Null((await server.Authorize(Managing.Bank, First)).Reply.Text("grant_id"));
    }

    [Fact]
    [Requirement("GRANT-MGMT-5.2-01", "GRANT-MGMT-5.2-03", "GRANT-MGMT-5.2-05")]
    public async Task A_merge_adds_and_ends_the_tokens_before()
    {
        var first = await Create();
        var id = Managing.IdOf(first);
        var details = $"[{Rfc9396.RichClients.Account}]";
        var second = await Change("merge", id, "openid mail:send email", ("authorization_details", details), ("resource", DeclaredState.Mail), ("claims", """{"userinfo":{"nickname":null}}"""));
        Assert.Equal(id, Managing.IdOf(second));
        var told = await Managing.Ask(server, id);
        Assert.Equal(["email", "mail:read", "mail:send", "offline_access", "openid"], Managing.Scopes(told));
        Assert.Equal("account", told.Json.GetProperty("authorization_details")[0].GetProperty("type").GetString());
        Assert.Equal(["email", "email_verified", "nickname"], told.Json.GetProperty("claims").EnumerateArray().Select(c => c.GetString()));
        Assert.Equal("GrantRevoked", await server.Why((await server.Client(Managing.Bank).Refresh(first.Refresh)).Expect(400, "invalid_grant")));
        (await server.Api.Get("/userinfo", first.AccessToken)).Expect(401);
        var third = Tokens.Of(await server.Client(Managing.Bank).Refresh(second.Refresh));
        Assert.Equal(id, Managing.IdOf(third));
        Assert.Equal(["mail:read", "mail:send"], third.Scopes);
        // Once more, the same again: nothing is there twice.
        await Change("merge", id, "openid mail:send", ("authorization_details", details), ("resource", DeclaredState.Mail));
        Assert.Equal(1, (await Managing.Ask(server, id)).Json.GetProperty("authorization_details").GetArrayLength());
    }

    [Fact]
    [Requirement("GRANT-MGMT-5.2-01", "GRANT-MGMT-5.2-04", "GRANT-MGMT-5.2-05")]
    public async Task A_replacement_leaves_what_is_allowed_now_and_nothing_else()
    {
        var first = await Create();
        var id = Managing.IdOf(first);
        var second = await Change("replace", id, "openid offline_access mail:send");
        Assert.Equal(["mail:send", "offline_access", "openid"], Managing.Scopes(await Managing.Ask(server, id)));
        (await server.Client(Managing.Bank).Refresh(first.Refresh)).Expect(400, "invalid_grant");
        (await server.Client(Managing.Bank).Refresh(second.Refresh, ("scope", "mail:read"))).Expect(400, "invalid_scope");
        Tokens.Of(await server.Client(Managing.Bank).Refresh(second.Refresh));
    }

    [Fact]
    [Requirement("GRANT-MGMT-5.6.1-01")]
    public async Task What_is_never_claimed_changes_nothing()
    {
        var first = await Create();
        var id = Managing.IdOf(first);
        var alice = await server.SignedIn();
        var request = new AuthorizationRequest(server.Client(Managing.Bank)).With("scope", "openid").With("grant_management_action", "replace").With("grant_id", id);
        var code = await alice.Code(request);
        Assert.Equal(["mail:read", "offline_access", "openid"], Managing.Scopes(await Managing.Ask(server, id)));
        first = Tokens.Of(await server.Client(Managing.Bank).Refresh(first.Refresh));
        // And whoever ends the grant meanwhile has ended this too.
        Assert.Equal(204, (await Managing.End(server, id)).Status);
        Assert.Equal("GrantRevoked", await server.Why((await server.Client(Managing.Bank).Redeem(request, code)).Expect(400, "invalid_grant")));
        (await Managing.Ask(server, id)).Expect(404);
    }

    [Fact]
    public async Task Of_two_that_change_a_grant_at_once_one_does()
    {
        var id = Managing.IdOf(await Create());
        var alice = await server.SignedIn();
        var requests = Enumerable.Range(0, 4).Select(_ => new AuthorizationRequest(server.Client(Managing.Bank)).With("scope", "openid offline_access mail:send").With("grant_management_action", "merge").With("grant_id", id)).ToList();
        var codes = new List<(AuthorizationRequest Request, string Code)>();
        foreach (var request in requests) codes.Add((request, await alice.Code(request)));
        var replies = await Task.WhenAll(codes.Select(one => one.Request.Client.Redeem(one.Request, one.Code)));
        Assert.Single(replies, reply => reply.Status == 200);
        Assert.All(replies.Where(reply => reply.Status != 200), reply => reply.Expect(400, "invalid_grant"));
        Assert.Equal(["mail:read", "mail:send", "offline_access", "openid"], Managing.Scopes(await Managing.Ask(server, id)));
    }

    [Fact]
    [Requirement("GRANT-MGMT-5.2-06", "GRANT-MGMT-5.4-01")]
    public async Task A_name_is_good_for_its_client_and_its_person()
    {
        var id = Managing.IdOf(await Create());
        var foreign = Managing.IdOf(await Create(First, Managing.Other));
        var ended = Managing.IdOf(await Create());
        Assert.Equal(204, (await Managing.End(server, ended)).Status);
        foreach (var wrong in new[] { "nobody", foreign, ended, Altering.At(id, 5), new string('x', 5000), "" })
            (await Begin(Managing.Bank, ("grant_management_action", "merge"), ("grant_id", wrong))).ExpectError(wrong.Length == 0 ? "invalid_request" : "invalid_grant_id");
        var bob = await server.SignedIn(Users.Bob);
        (await bob.Authorize(new AuthorizationRequest(server.Client(Managing.Bank)).With("grant_management_action", "replace").With("grant_id", id))).ExpectError("invalid_grant_id");
        Assert.Equal(["mail:read", "offline_access", "openid"], Managing.Scopes(await Managing.Ask(server, id)));
    }

    [Fact]
    [Requirement("GRANT-MGMT-5.1-01", "GRANT-MGMT-5.4-02", "GRANT-MGMT-5.4-03")]
    public async Task Actions_that_are_none_and_clients_that_may_not_are_refused()
    {
        var id = Managing.IdOf(await Create());
        foreach (var parameters in new (string, string?)[][]
        {
            [("grant_management_action", "create"), ("grant_id", id)], [("grant_id", id)], [("grant_management_action", "foo")], [("grant_management_action", "foo"), ("grant_id", id)], [("grant_management_action", "update"), ("grant_id", id)],
            [("grant_management_action", "merge")], [("grant_management_action", "replace")], [("grant_management_action", "CREATE")],
        })
        {
            (await Begin(Managing.Bank, parameters)).ExpectError("invalid_request");
            (await new AuthorizationRequest(server.Client(Managing.Bank)).With(parameters).Push()).Expect(400, "invalid_request");
        }
        foreach (var client in new[] { Clients.Native, Clients.Web }) (await Begin(client, ("grant_management_action", "create"))).ExpectError("invalid_request");
        var refused = await server.Apply(DeclaredState.Json(server.Issuer, Clients.Native with { Id = "managing-public", Further = Pushing.Members(("grant_management", true)) }));
        Assert.Contains("grant_management", refused.Errors + refused.Output, StringComparison.Ordinal);
        Assert.NotEqual(0, refused.ExitCode);
    }

    [Fact]
    [Requirement("GRANT-MGMT-5.2-01", "GRANT-MGMT-5.2-03")]
    public async Task Pushed_requests_have_actions_too()
    {
        var id = Managing.IdOf(await Create());
        var request = new AuthorizationRequest(server.Client(Managing.Bank)).With("scope", "openid mail:send").With("grant_management_action", "merge").With("grant_id", id);
        var code = await (await server.SignedIn()).Code(await request.Pushed());
        Assert.Equal(id, Managing.IdOf(Tokens.Of(await request.Client.Redeem(request, code))));
        Assert.Equal(["mail:read", "mail:send", "offline_access", "openid"], Managing.Scopes(await Managing.Ask(server, id)));
    }

    [Fact]
    [Requirement("GRANT-MGMT-5.2-01", "GRANT-MGMT-5.2-02", "GRANT-MGMT-5.2-03", "GRANT-MGMT-5.4-01", "GRANT-MGMT-5.4-02", "GRANT-MGMT-5.4-03")]
    public async Task Requests_over_the_back_channel_have_actions_too()
    {
        var carol = await server.NewSignedIn(Users.Carol);
        (string, string?)[] With(string scope, params (string, string?)[] more) => [("login_hint", "carol"), ("scope", scope), .. more];
        var first = await (await CibaRequest.Begin(server, Managing.Backchannel, With(First, ("grant_management_action", "create")))).Allowed(carol);
        var id = Managing.IdOf(first);
        var second = await (await CibaRequest.Begin(server, Managing.Backchannel, With("openid mail:send", ("grant_management_action", "merge"), ("grant_id", id)))).Allowed(carol);
        Assert.Equal(id, Managing.IdOf(second));
        Assert.Equal(["mail:read", "mail:send", "offline_access", "openid"], Managing.Scopes(await Managing.Ask(server, id, await Managing.Token(server, Managing.Backchannel))));
        (await server.Client(Managing.Backchannel).Refresh(first.Refresh)).Expect(400, "invalid_grant");
        foreach (var (error, parameters) in new (string, (string, string?)[])[]
        {
            ("invalid_grant_id", [("grant_management_action", "merge"), ("grant_id", "nobody")]), ("invalid_request", [("grant_management_action", "merge")]), ("invalid_request", [("grant_management_action", "create"), ("grant_id", id)]),
            ("invalid_request", [("grant_id", id)]), ("invalid_request", [("grant_management_action", "foo")]), ("invalid_grant_id", [("grant_management_action", "merge"), ("grant_id", id), ("login_hint", "bob")]),
        }) (await CibaRequest.Ask(server, Managing.Backchannel, [.. With(First), .. parameters])).Expect(400, error);
        (await CibaRequest.Ask(server, CibaClients.CallCentre, With(First, ("grant_management_action", "create")))).Expect(400, "invalid_request");
    }
}
