using System.Text.Json.Nodes;
using Evergrant.Specs.Rfc7521;

namespace Evergrant.Specs.Rfc6749;

/// <summary>RFC 6749 section 4.3, where an operator has switched it on for a client.</summary>
[Collection(typeof(GrantsCollection))]
public sealed class Section4_3_Password(GrantsServer server)
{
    /// <summary>Takes passwords.</summary>
    public static ClientDefinition Old { get; } = new("old-app") { GrantTypes = ["password", "refresh_token"], ResponseTypes = [], RedirectUris = [], Introspect = true };

    /// <summary>Is trusted with refresh tokens besides.</summary>
    public static ClientDefinition Trusted { get; } = Old with
    {
        Id = "old-trusted-app",
        Policy = new Dictionary<string, JsonNode> { ["refresh_tokens"] = "always", ["refresh_token_grants"] = new JsonArray("authorization_code", "password") },
    };

    private Task<Reply> Ask(ClientDefinition client, User user, string? password = null, params (string Name, string Value)[] more) =>
        server.Client(client).Token([("grant_type", "password"), ("username", user.Username), ("password", password ?? user.Password), .. more]);

    [Fact]
    [Requirement("RFC6749-4.3.2-01", "RFC6819-4.4.3.3-01")]
    public async Task A_password_becomes_a_token_that_reaches_an_API_and_no_refresh_token_by_default()
    {
        var tokens = Tokens.Of(await Ask(Old, Users.Alice, null, ("scope", "openid mail:read offline_access")));
        Assert.Null(tokens.RefreshToken);
        (await server.Api.Get("/userinfo", tokens.AccessToken)).Expect(200);
        Assert.Equal("alice", (await server.Client(Old).Introspect(tokens.AccessToken)).Text("username"));
        (await server.Client(Old).Revoke(tokens.AccessToken)).Expect(200);
        Assert.False(await server.Client(Old).Finds(tokens.AccessToken));
    }

    [Fact]
    public async Task Where_the_policy_gives_it_a_refresh_token_that_one_is_like_any_other()
    {
        var client = server.Client(Trusted);
        var tokens = Tokens.Of(await Ask(Trusted, Users.Zoe, null, ("scope", "openid mail:read")));
        var next = (await client.Refresh(tokens.Refresh)).Expect(200);
        Assert.Equal(Tokens.Of(next).Refresh, Tokens.Of(await client.Refresh(tokens.Refresh)).Refresh);
        var last = Tokens.Of(await client.Refresh(Tokens.Of(next).Refresh));
        (await client.Refresh(tokens.Refresh)).Expect(400, "invalid_grant");
        (await client.Refresh(last.Refresh)).Expect(400, "invalid_grant");
    }

    [Fact]
    [Requirement("RFC6749-4.3.2-02", "ATTACK-192")]
    public async Task Client_and_password_are_both_checked_and_nothing_says_what_was_wrong()
    {
        var unknown = new User("nobody-at-all", "x", "x");
        var wrong = (await Ask(Old, Users.Dave, "wrong")).Expect(400, "invalid_grant");
        var nobody = (await Ask(Old, unknown)).Expect(400, "invalid_grant");
        Assert.Equal(wrong.Text("error_description")!.Split("Reference")[0], nobody.Text("error_description")!.Split("Reference")[0]);
        Assert.Equal("PasswordWrong", await RefreshToken.Families.Why(server, wrong));
        (await server.Client(Old).Token(("grant_type", "password"), ("username", "dave"))).Expect(400, "invalid_request");
        (await server.Client(Old).Token(("grant_type", "password"), ("password", "x"))).Expect(400, "invalid_request");
        (await server.Api.Post("/token", [("grant_type", "password"), ("username", "dave"), ("password", Users.Dave.Password)], Api.Basic(Old.Id, "wrong"))).Expect(401, "invalid_client");
        (await Ask(Clients.Web, Users.Dave)).Expect(400, "unauthorized_client");
    }

    [Fact]
    [Requirement("RFC6749-4.3.2-03", "ATTACK-218")]
    public async Task Guessing_is_limited_as_on_the_sign_in_page()
    {
        for (var i = 0; i < 5; i++) (await Ask(Old, Users.Locked, "guess " + i)).Expect(400, "invalid_grant");
        Assert.Equal("AccountLockedOut", await RefreshToken.Families.Why(server, (await Ask(Old, Users.Locked)).Expect(400, "invalid_grant")));
    }

    [Fact]
    [Requirement("RFC9700-2.4-01")]
    public async Task The_metadata_names_it_where_it_is_on_and_the_doctor_calls_it_deprecated()
    {
        Assert.Contains("password", (await server.Api.Metadata()).Json.GetProperty("grant_types_supported").EnumerateArray().Select(g => g.GetString()));
        var doctor = await server.Run("doctor");
        Assert.Contains("old-app takes its users' passwords; the password grant is deprecated", doctor.Output + doctor.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_grants_command_shows_each_grant_with_its_source_and_what_policies_make_of_it()
    {
        var shown = await server.Run("grants", "--json");
        Assert.Equal(0, shown.ExitCode);
        var grants = JsonNode.Parse(shown.Output)!["grants"]!.AsArray().ToDictionary(g => (string)g!["grant_type"]!, g => g!);
        Assert.Equal("MUST NOT", (string?)grants["implicit"]["refresh_token"]);
        string Of(string grant, string client) => (string)grants[grant]["clients"]!.AsArray().Single(c => (string)c!["client_id"]! == client)!["refresh_token"]!;
        Assert.StartsWith("no: refresh_token_grants", Of("password", Old.Id), StringComparison.Ordinal);
        Assert.StartsWith("yes", Of("password", Trusted.Id), StringComparison.Ordinal);
        Assert.Equal("no", Of(BearerClients.JwtBearer, BearerClients.Web.Id));
        Assert.StartsWith("with offline_access", Of("authorization_code", Clients.Web.Id), StringComparison.Ordinal);
        Assert.Contains("authorization code", (await server.Run("grants")).Output, StringComparison.Ordinal);
    }
}
