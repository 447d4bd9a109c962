using Evergrant.Specs.RefreshToken;

namespace Evergrant.Specs.GrantManagement;

/// <summary>Grant Management for OAuth 2.0 sections 6 and 7: the API and the metadata.</summary>
public sealed class Section6_Api(Server server)
{
    private const string Query = "grant_management_query", Revoke = "grant_management_revoke";

    private Task<Tokens> Create(params (string Name, string? Value)[] more) => server.Authorize(Managing.Bank, "openid offline_access profile mail:read extra", null, [("grant_management_action", "create"), .. more]);

    [Fact]
    [Requirement("GRANT-MGMT-6.3-01", "GRANT-MGMT-6.4-01", "GRANT-MGMT-6.4-02")]
    public async Task A_query_tells_what_is_allowed_and_no_token()
    {
        var tokens = await Create(("authorization_details", $"[{Rfc9396.RichClients.Payment}]"), ("claims", """{"id_token":{"phone_number":null}}"""), ("resource", DeclaredState.Mail));
        var endpoint = (await server.Api.Metadata()).Text("grant_management_endpoint")!;
        var reply = (await server.Api.Get(endpoint + "/" + Managing.IdOf(tokens), await Managing.Token(server, null, Query))).Expect(200);
        Assert.StartsWith("application/json", reply.Header("Content-Type"), StringComparison.Ordinal);
        Assert.Equal(["authorization_details", "claims", "scopes"], reply.Json.EnumerateObject().Select(m => m.Name).Order());
        var scopes = reply.Json.GetProperty("scopes");
        Assert.Equal("openid offline_access profile extra", scopes[0].GetProperty("scope").GetString());
        Assert.False(scopes[0].TryGetProperty("resources", out _));
        Assert.Equal(("mail:read", DeclaredState.Mail), (scopes[1].GetProperty("scope").GetString(), scopes[1].GetProperty("resources")[0].GetString()));
        Assert.Contains("phone_number", reply.Json.GetProperty("claims").EnumerateArray().Select(c => c.GetString()));
        Assert.Contains("birthdate", reply.Json.GetProperty("claims").EnumerateArray().Select(c => c.GetString()));
        Assert.Equal("EUR", reply.Json.GetProperty("authorization_details")[0].GetProperty("amount").GetProperty("currency").GetString());
        foreach (var secret in new[] { tokens.AccessToken, tokens.Refresh, tokens.IdToken!, "eyJ", "evr_" }) Assert.DoesNotContain(secret, reply.Body, StringComparison.Ordinal);
    }

    [Fact]
    [Requirement("GRANT-MGMT-6.5-01", "GRANT-MGMT-6.5-02")]
    public async Task Whoever_deletes_it_ends_its_tokens()
    {
        var tokens = await Create();
        var other = await Create();
        var reply = await Managing.End(server, Managing.IdOf(tokens));
        Assert.Equal((204, ""), (reply.Status, reply.Body));
        (await server.Client(Managing.Bank).Refresh(tokens.Refresh)).Expect(400, "invalid_grant");
        Assert.False(await server.Client(Clients.MailApi).Finds(tokens.AccessToken));
        (await server.Api.Get("/userinfo", tokens.AccessToken)).Expect(401);
        (await Managing.End(server, Managing.IdOf(tokens))).Expect(404);
        Tokens.Of(await server.Client(Managing.Bank).Refresh(other.Refresh));
    }

    [Fact]
    [Requirement("GRANT-MGMT-6.1-01", "GRANT-MGMT-6.6-01", "GRANT-MGMT-10-01")]
    public async Task Each_request_needs_the_token_of_the_client_with_the_scope_of_it()
    {
        var tokens = await Create();
        var id = Managing.IdOf(tokens);
        Assert.Equal(401, (await server.Api.Get("/grants/" + id)).Status);
        foreach (var bad in new[] { "nonsense", tokens.Refresh, tokens.IdToken!, tokens.AccessToken })
        {
            var refused = (await Managing.Ask(server, id, bad)).Expect(401, "invalid_token");
            Assert.Contains("error=\"invalid_token\"", refused.Header("WWW-Authenticate"), StringComparison.Ordinal);
            (await Managing.End(server, id, bad)).Expect(401, "invalid_token");
        }
        (await Managing.Ask(server, id, await Managing.Token(server, null, Revoke))).Expect(403, "insufficient_scope");
        (await Managing.End(server, id, await Managing.Token(server, null, Query))).Expect(403, "insufficient_scope");
        foreach (var foreign in new[] { await Managing.Token(server, Managing.Other) })
        {
            Assert.Equal("GrantOfAnotherClient", await server.Why((await Managing.Ask(server, id, foreign)).Expect(403)));
            (await Managing.End(server, id, foreign)).Expect(403);
        }
        foreach (var unknown in new[] { "nobody", Altering.At(id, 3), new string('x', 500), tokens.AccessJwt.Claim("grant_id")! })
        {
            (await Managing.Ask(server, unknown)).Expect(404);
            (await Managing.End(server, unknown)).Expect(404);
        }
        Assert.Contains("mail:read", Managing.Scopes(await Managing.Ask(server, id)));
        // Nobody is asked to give a client these scopes, and no other client can have them.
        Assert.DoesNotContain(Query, (await server.Authorize(Managing.Bank, "openid " + Query)).Scopes);
        (await server.Client(Clients.Machine).ClientCredentials(("scope", Query))).Expect(400, "invalid_scope");
    }

    [Fact]
    [Requirement("GRANT-MGMT-7.1-01")]
    public async Task The_metadata_name_it_and_what_it_does()
    {
        var metadata = (await server.Api.Metadata()).Json;
        Assert.Equal(server.Issuer + "/grants", metadata.GetProperty("grant_management_endpoint").GetString());
        Assert.Equal(["create", "merge", "query", "replace", "revoke"], metadata.GetProperty("grant_management_actions_supported").EnumerateArray().Select(v => v.GetString()).Order());
        foreach (var scope in new[] { Query, Revoke }) Assert.Contains(scope, metadata.GetProperty("scopes_supported").EnumerateArray().Select(v => v.GetString()));
        Assert.False(metadata.TryGetProperty("grant_management_action_required", out _));
    }
}
