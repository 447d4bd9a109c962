using System.Text.Json;
using System.Text.Json.Nodes;

namespace Evergrant.Specs.OidcCore;

/// <summary>OpenID Connect Core sections 5.1, 5.4 and 5.6: which claims there are, their types, and the scopes that ask for them.</summary>
public sealed class Section5_1_StandardClaims(Server server)
{
    private static readonly string[] Profile =
    [
        "name", "family_name", "given_name", "middle_name", "nickname", "preferred_username", "profile", "picture", "website", "gender", "birthdate", "zoneinfo", "locale", "updated_at",
    ];

    [Theory]
    [InlineData("profile")]
    [InlineData("email")]
    [InlineData("address")]
    [InlineData("phone")]
    [Requirement("OIDC-CORE-5.4-01", "OIDC-CORE-5.4-02", "OIDC-CORE-5.4-03", "OIDC-CORE-5.4-04", "OIDC-CORE-5.4-05", "OIDC-CORE-5.6-01", "OIDC-DISC-3-25", "ATTACK-414")]
    public async Task A_scope_brings_its_claims_and_no_other(string scope)
    {
        string[] expected = scope switch { "profile" => Profile, "email" => ["email", "email_verified"], "address" => ["address"], _ => ["phone_number", "phone_number_verified"] };

        var told = await Told(Users.Carol, "openid " + scope);

        Assert.Equal(expected.Append("sub").Order(StringComparer.Ordinal), told.EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal));
        Assert.Subset((await server.Api.Discovery()).Json.GetProperty("claims_supported").EnumerateArray().Select(one => one.GetString()!).ToHashSet(), expected.ToHashSet());
    }

    [Fact]
    [Requirement("OIDC-CORE-5.1-01", "OIDC-CORE-5.1-04", "OIDC-CORE-5.1-05", "OIDC-CORE-5.1-06", "OIDC-CORE-5.1.1-01")]
    public async Task Each_claim_has_the_type_and_form_of_its_definition()
    {
        var told = await Told(Users.Carol, "openid profile email address phone");

        foreach (var name in Profile.Except(["updated_at"]).Concat(["email", "phone_number"])) Assert.Equal(JsonValueKind.String, told.GetProperty(name).ValueKind);
        Assert.Equal(JsonValueKind.Number, told.GetProperty("updated_at").ValueKind);
        Assert.True(told.GetProperty("email_verified").GetBoolean());
        Assert.True(told.GetProperty("phone_number_verified").GetBoolean());
        Assert.Equal(JsonValueKind.Object, told.GetProperty("address").ValueKind);
        Assert.Contains(told.GetProperty("address").GetProperty("locality").GetString()!, told.GetProperty("address").GetProperty("formatted").GetString(), StringComparison.Ordinal);
        Assert.Matches("^\\+[1-9][0-9]{1,14}(;ext=[0-9]+)?$", told.GetProperty("phone_number").GetString());
        Assert.Matches("^([0-9]{4}|[0-9]{4}-[0-9]{2}-[0-9]{2})$", told.GetProperty("birthdate").GetString());
        Assert.Matches("^[A-Z][A-Za-z]+/[A-Z][A-Za-z_]+$", told.GetProperty("zoneinfo").GetString());
        Assert.Matches("^[a-z]{2,3}(-[A-Z]{2})?$", told.GetProperty("locale").GetString());
    }

    [Fact]
    [Requirement("OIDC-CORE-5.1-01", "OIDC-CORE-5.1-02", "OIDC-CORE-5.1-04", "OIDC-CORE-5.1-05", "OIDC-CORE-5.1-06")]
    public async Task A_claim_of_another_form_is_not_accepted_for_an_account()
    {
        (string Claim, string Json)[] malformed =
        [
            ("email", "not an address"), ("email", "a@b@c"), ("email", "@example.com"), ("birthdate", "30.4.1990"), ("birthdate", "1990-13-01"), ("zoneinfo", "Summer"), ("locale", "de_CH"),
        ];
        List<JsonObject> claims =
        [
            .. malformed.Select(one => new JsonObject { [one.Claim] = one.Json }),
            new() { ["email"] = 42 }, new() { ["email_verified"] = "true" }, new() { ["phone_number_verified"] = 1 }, new() { ["address"] = "1 Example Street" }, new() { ["name"] = 7 },
            new() { ["phone_number"] = "044 555 01 00", ["phone_number_verified"] = true },
        ];
        var users = claims.Select((one, index) => new JsonObject { ["username"] = $"malformed-{index}", ["password"] = "correct horse battery staple 7", ["claims"] = one });

        var applied = await server.Apply(new JsonObject { ["users"] = new JsonArray([.. users]) }.ToJsonString());

        Assert.NotEqual(0, applied.ExitCode);
        var said = applied.Output + applied.Errors;
        Assert.Empty(claims.Where((one, index) => !said.Contains($"users[{index}]", StringComparison.Ordinal)).Select(one => one.ToJsonString()));
    }

    [Theory]
    [InlineData("1984")]
    [InlineData("1984-02-29")]
    [Requirement("OIDC-CORE-5.1-05")]
    public async Task A_birthdate_may_be_a_year_or_a_full_date(string date)
    {
        var person = new User("born-" + date, "correct horse battery staple 8", "Born") { Claims = new Dictionary<string, JsonNode> { ["birthdate"] = date } };
        var applied = await server.Apply(new JsonObject { ["users"] = new JsonArray(person.ToJson()) }.ToJsonString());
        Assert.True(applied.ExitCode == 0, applied.Errors + applied.Output);

        var tokens = await server.Authorize(OidcClients.Person, "openid profile", await server.NewSignedIn(person));

        Assert.Equal(date, (await server.Api.Get("/userinfo", tokens.AccessToken)).Text("birthdate"));
    }

    [Fact]
    [Requirement("OIDC-CORE-5.1-03", "ATTACK-417")]
    public async Task What_nobody_verified_is_not_called_verified()
    {
        var told = await Told(Users.Dave, "openid email phone");

        Assert.Equal("dave@example.com", told.GetProperty("email").GetString());
        Assert.False(told.TryGetProperty("email_verified", out var email) && email.GetBoolean());
        Assert.False(told.TryGetProperty("phone_number_verified", out var phone) && phone.GetBoolean());
        Assert.False((await Told(Users.Alice, "openid phone")).GetProperty("phone_number_verified").GetBoolean());
    }

    [Fact]
    [Requirement("OIDC-CORE-5.4-06", "OIDC-CORE-5.5.1-02", "OIDC-CORE-5.3.2-02")]
    public async Task What_the_account_does_not_have_is_left_out()
    {
        var told = await Told(Users.Dave, "openid profile phone address");

        foreach (var missing in new[] { "phone_number", "address", "birthdate", "nickname" }) Assert.False(told.TryGetProperty(missing, out _), missing);
        Assert.Equal(Users.Dave.Name, told.GetProperty("name").GetString());
    }

    [Fact]
    [Requirement("OIDC-CORE-5.4-05")]
    public async Task Claims_of_scopes_stand_at_UserInfo_and_not_in_the_ID_Token_where_the_client_says_so()
    {
        var tokens = await server.Authorize(OidcClients.Person, "openid email", await server.SignedIn(Users.Carol));

        Assert.False(tokens.IdJwt.Has("email"));
        Assert.Equal("carol@example.com", (await server.Api.Get("/userinfo", tokens.AccessToken)).Text("email"));
    }

    private async Task<JsonElement> Told(User user, string scope)
    {
        var tokens = await server.Authorize(OidcClients.Person, scope, await server.SignedIn(user));
        return (await server.Api.Get("/userinfo", tokens.AccessToken)).Expect(200).Json;
    }
}
