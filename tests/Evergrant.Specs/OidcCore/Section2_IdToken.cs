namespace Evergrant.Specs.OidcCore;

/// <summary>OpenID Connect Core sections 2, 10.1 and 3.1.3.6: what an ID Token says and how it is signed.</summary>
public sealed class Section2_IdToken(Server server)
{
    private const string OddNonce = "n-0S6_WzA2Mj \"quoted\" ünïcode ✓ &=+%2F<>{}";

    [Fact]
    [Requirement("OIDC-CORE-2-01", "OIDC-CORE-2-02", "OIDC-CORE-2-05", "OIDC-CORE-2-06", "OIDC-CORE-2-11", "OIDC-DISC-3-01", "OIDC-DISC-3-12")]
    public async Task It_says_who_issued_it_to_whom_about_whom_and_when()
    {
        var before = Now();
        var token = (await server.Authorize(Clients.Web, "openid")).IdJwt;

        Assert.Equal((await server.Api.Discovery()).Text("issuer"), token.Claim("iss"));
        Assert.Equal(server.Issuer, token.Claim("iss"));
        Assert.Equal([Clients.Web.Id], token.Audience);
        Assert.False(string.IsNullOrEmpty(token.Claim("sub")));
        Assert.InRange(token.Number("iat"), before - 1, Now() + 1);
        Assert.True(token.Number("exp") > token.Number("iat"));
        if (token.Has("azp")) Assert.Equal(Clients.Web.Id, token.Claim("azp"));
    }

    [Theory]
    [InlineData("web")]
    [InlineData("sector-one")]
    [Requirement("OIDC-CORE-2-04")]
    public async Task The_subject_is_short_and_ASCII(string clientId)
    {
        var subject = (await server.Authorize(Clients.All.Single(client => client.Id == clientId), "openid")).IdJwt.Claim("sub")!;

        Assert.InRange(subject.Length, 1, 255);
        Assert.All(subject, character => Assert.InRange(character, '\x21', '\x7e'));
    }

    [Fact]
    [Requirement("OIDC-CORE-2-03")]
    public async Task The_subjects_of_two_people_differ_and_stay_theirs()
    {
        var alice = (await server.Authorize(Clients.Web, "openid")).IdJwt;
        var bob = (await server.Authorize(Clients.Web, "openid", await server.SignedIn(Users.Bob))).IdJwt;
        var again = (await server.Authorize(Clients.Other, "openid")).IdJwt;

        Assert.NotEqual(alice.Claim("sub"), bob.Claim("sub"));
        Assert.Equal(alice.Claim("sub"), again.Claim("sub"));
    }

    [Fact]
    [Requirement("OIDC-CORE-2-03", "ATTACK-416")]
    public async Task A_new_account_under_an_old_name_is_another_subject()
    {
        var person = new User("phoenix", "correct horse battery staple 9", "Phoenix");
        await Declared(person);
        var first = (await server.Authorize(Clients.Web, "openid", await server.NewSignedIn(person))).IdJwt;
        Assert.Equal(0, (await server.Run("user", "remove", person.Username)).ExitCode);
        await Declared(person);
        var second = (await server.Authorize(Clients.Web, "openid", await server.NewSignedIn(person))).IdJwt;

        Assert.NotEqual(first.Claim("sub"), second.Claim("sub"));
    }

    [Theory]
    [InlineData(OddNonce)]
    [InlineData("x")]
    [InlineData("  spaces  ")]
    [Requirement("OIDC-CORE-2-08", "ATTACK-412")]
    public async Task The_nonce_comes_back_unmodified(string nonce)
    {
        var token = (await server.Authorize(Clients.Web, "openid", null, ("nonce", nonce))).IdJwt;

        Assert.Equal(nonce, token.Claim("nonce"));
    }

    [Fact]
    [Requirement("OIDC-CORE-3.1.2.1-08", "ATTACK-412")]
    public async Task Without_a_nonce_there_is_none()
    {
        Assert.False((await server.Authorize(Clients.Web, "openid")).IdJwt.Has("nonce"));
    }

    [Fact]
    [Requirement("OIDC-CORE-2-09", "OIDC-CORE-2-10")]
    public async Task The_manner_of_sign_in_is_said_in_registered_words()
    {
        var token = (await server.Authorize(Clients.Web, "openid")).IdJwt;

        Assert.True(Uri.TryCreate(token.Claim("acr"), UriKind.Absolute, out _), token.Claim("acr"));
        Assert.Equal(["pwd"], token.Payload.GetProperty("amr").EnumerateArray().Select(method => method.GetString()!));
    }

    [Fact]
    [Requirement("OIDC-CORE-15.1-01", "OIDC-DISC-3-17", "OIDC-CORE-10.1-02", "OIDC-DISC-3-05")]
    public async Task It_is_signed_with_RS256_and_verifies_with_the_published_key()
    {
        var token = (await server.Authorize(Clients.Web, "openid")).IdJwt;

        Assert.Equal("RS256", token.Algorithm);
        Assert.True(token.Header.TryGetProperty("kid", out _));
        Assert.True(token.VerifiesWith((await server.Api.Jwks()).Json));
        Assert.Empty(token.Header.EnumerateObject().Select(member => member.Name).Intersect(["x5u", "x5c", "jku", "jwk"]));
    }

    [Theory]
    [InlineData("oidc-rs256", "RS256")]
    [InlineData("oidc-es256", "ES256")]
    [InlineData("oidc-ps256", "PS256")]
    [Requirement("OIDC-CORE-2-13", "OIDC-CORE-10.1-01", "OIDC-DISC-3-24", "OIDC-CORE-3.1.3.6-01", "OIDC-CORE-2-15")]
    public async Task A_client_gets_the_algorithm_it_is_registered_for(string clientId, string algorithm)
    {
        var tokens = await server.Authorize(Clients.All.Single(client => client.Id == clientId), "openid");

        Assert.Equal(algorithm, tokens.IdJwt.Algorithm);
        Assert.True(tokens.IdJwt.VerifiesWith((await server.Api.Jwks()).Json));
        Assert.Equal(Left(tokens.AccessToken), tokens.IdJwt.Claim("at_hash"));
        Assert.Empty(tokens.IdJwt.Header.EnumerateObject().Select(member => member.Name).Intersect(["x5u", "x5c", "jku", "jwk"]));
    }

    [Fact]
    [Requirement("OIDC-CORE-3.1.3.6-01", "ATTACK-413")]
    public async Task The_hash_of_an_opaque_access_token_is_right_too()
    {
        var tokens = await server.Authorize(Clients.Opaque, "openid");

        Assert.Equal(Left(tokens.AccessToken), tokens.IdJwt.Claim("at_hash"));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("HS256")]
    [InlineData("HS512")]
    [InlineData("RS1")]
    [Requirement("OIDC-CORE-2-14", "OIDC-DISC-3-18", "OIDC-CORE-10.1-04", "OIDC-CORE-16.19-01")]
    [Module("oidcc-basic-certification-test-plan/oidcc-idtoken-unsigned", "oidcc-formpost-basic-certification-test-plan/oidcc-idtoken-unsigned")]
    public async Task No_client_can_be_registered_for_an_unsigned_or_symmetric_one(string algorithm)
    {
        foreach (var method in new[] { "client_secret_basic", "none" })
        {
            var applied = await server.Apply(DeclaredState.Json(server.Issuer, new ClientDefinition("alg-" + algorithm) { Method = method, IdTokenAlgorithm = algorithm }));

            Assert.NotEqual(0, applied.ExitCode);
            Assert.Contains("id_token_signed_response_alg", applied.Output + applied.Errors, StringComparison.Ordinal);
        }

        Assert.DoesNotContain(algorithm, (await server.Api.Discovery()).Json.GetProperty("id_token_signing_alg_values_supported").EnumerateArray().Select(one => one.GetString()));
    }

    private async Task Declared(User user)
    {
        var applied = await server.Apply(new System.Text.Json.Nodes.JsonObject { ["users"] = new System.Text.Json.Nodes.JsonArray(user.ToJson()) }.ToJsonString());
        Assert.True(applied.ExitCode == 0, applied.Errors + applied.Output);
    }

    // All three algorithms hash with SHA-256.
    private static string Left(string accessToken) =>
        System.Buffers.Text.Base64Url.EncodeToString(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(accessToken)).AsSpan(0, 16));

    private static long Now() => TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
}
