using System.Security.Cryptography;
using System.Text.Json;

namespace Evergrant.Specs.OidcCore;

/// <summary>OpenID Connect Core sections 3.1.2.1 and 3.1.2.2: a request that names the user it is about.</summary>
public sealed class Section3_1_2_2_Subject(Server server)
{
    [Fact]
    [Requirement("OIDC-CORE-3.1.2.1-21", "OIDC-CORE-3.1.2.1-23")]
    public async Task A_hint_at_the_user_who_is_signed_in_succeeds()
    {
        var hint = (await server.Authorize(Clients.Web, "openid")).IdToken!;

        foreach (var prompt in new[] { "none", null })
        {
            var request = New().With(("id_token_hint", hint), ("prompt", prompt));
            var code = await (await server.SignedIn()).Code(request);
            Assert.Equal(Jwt.Parse(hint).Claim("sub"), Tokens.Of(await request.Client.Redeem(request, code)).IdJwt.Claim("sub"));
        }
    }

    [Fact]
    [Requirement("OIDC-CORE-3.1.2.1-21", "OIDC-CORE-8.1-02")]
    public async Task A_hint_with_a_pairwise_subject_is_understood()
    {
        var hint = (await server.Authorize(Clients.Pairwise, "openid")).IdToken!;

        Assert.NotNull((await (await server.SignedIn()).Authorize(New(Clients.Pairwise).With(("id_token_hint", hint), ("prompt", "none")))).Code);
        (await (await server.SignedIn(Users.Bob)).Authorize(New(Clients.Pairwise).With(("id_token_hint", hint), ("prompt", "none")))).ExpectError("login_required");
    }

    [Fact]
    [Requirement("OIDC-CORE-3.1.2.1-21", "OIDC-CORE-3.1.2.2-05", "OIDC-CORE-3.1.2.2-04")]
    public async Task A_request_about_somebody_else_gets_nothing_for_the_user_who_is_signed_in()
    {
        var bob = (await server.Authorize(Clients.Web, "openid", await server.SignedIn(Users.Bob))).IdToken!;
        foreach (var (name, value) in About(bob))
        {
            var silent = await (await server.SignedIn()).Authorize(New().With((name, value), ("prompt", "none")));
            var asked = await (await server.SignedIn()).Authorize(New().With(name, value));

            silent.ExpectError("login_required");
            asked.Expect(PageKind.SignIn);
        }
    }

    [Fact]
    [Requirement("OIDC-CORE-3.1.2.1-21", "OIDC-CORE-3.1.2.2-05", "OIDC-CORE-3.1.2.2-04", "OIDC-CORE-5.5.1-04")]
    public async Task Whoever_signs_in_instead_gets_an_error_and_whoever_is_meant_gets_a_code()
    {
        var bob = (await server.Authorize(Clients.Web, "openid", await server.SignedIn(Users.Bob))).IdToken!;
        foreach (var (name, value) in About(bob))
        {
            var stranger = server.NewBrowser();
            var wrong = await stranger.SignIn(await stranger.Authorize(New().With(name, value)), Users.Dave.Username, Users.Dave.Password);
            var friend = server.NewBrowser();
            var request = New().With(name, value);
            var right = await friend.SignIn(await friend.Authorize(request), Users.Bob.Username, Users.Bob.Password);

            wrong.ExpectError("login_required");
            Assert.Null(wrong.Code);
            Assert.Equal(Jwt.Parse(bob).Claim("sub"), Tokens.Of(await request.Client.Redeem(request, right.Code!)).IdJwt.Claim("sub"));
        }
    }

    [Fact]
    [Requirement("OIDC-CORE-3.1.2.2-04", "OIDC-CORE-5.5.1-04")]
    public async Task One_of_several_subjects_may_be_named()
    {
        var alice = (await server.Authorize(Clients.Web, "openid")).IdJwt.Claim("sub");
        var claims = JsonSerializer.Serialize(new { id_token = new { sub = new { values = new[] { "nobody", alice } } } });

        Assert.NotNull((await (await server.SignedIn()).Authorize(New().With(("claims", claims), ("prompt", "none")))).Code);
    }

    [Fact]
    [Requirement("OIDC-CORE-3.1.2.2-06", "OIDC-CORE-3.1.2.2-05")]
    public async Task A_hint_that_this_server_did_not_make_is_an_error()
    {
        var tokens = await server.Authorize(Clients.Web, "openid");
        var good = tokens.IdJwt;
        var kid = good.Header.GetProperty("kid").GetString();
        var claims = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(good.Payload.GetRawText())!;
        using var foreign = RSA.Create(2048);
        var elsewhere = new Dictionary<string, JsonElement>(claims) { ["iss"] = JsonSerializer.SerializeToElement("https://elsewhere.example") };
        string[] hints =
        [
            Jwt.Sign(claims, "RS256", foreign, kid), Jwt.Sign(elsewhere, "RS256", foreign, kid), Jwt.Sign(claims, "none", null), Jwt.Sign(claims, "HS256", "secret"u8.ToArray(), kid),
            Altering.At(tokens.IdToken!, tokens.IdToken!.Length - 40), tokens.IdToken[..^20], tokens.AccessToken, "x", "a.b.c", "..",
        ];

        foreach (var hint in hints)
        {
            foreach (var prompt in new[] { "none", null })
            {
                var page = await (await server.SignedIn()).Authorize(New().With(("id_token_hint", hint), ("prompt", prompt)));
                Assert.True(page.Error is "invalid_request" or "login_required" && page.Code is null, $"{hint.Length} characters: {page}");
            }
        }
    }

    private AuthorizationRequest New(ClientDefinition? definition = null) => new(server.Client(definition ?? Clients.Web));

    // The two ways in which a request names its user.
    private static (string Name, string Value)[] About(string idToken) =>
    [
        ("id_token_hint", idToken),
        ("claims", JsonSerializer.Serialize(new { id_token = new { sub = new { value = Jwt.Parse(idToken).Claim("sub") } } })),
    ];
}
