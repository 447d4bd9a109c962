using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Evergrant.Specs.OidcCore;

/// <summary>OpenID Connect Core section 8: public and pairwise subjects.</summary>
public sealed class Section8_Subjects(Server server)
{
    [Fact]
    [Requirement("OIDC-CORE-8-01", "OIDC-DISC-3-16")]
    public async Task Both_types_are_offered_and_the_client_chooses()
    {
        var offered = (await server.Api.Discovery()).Json.GetProperty("subject_types_supported").EnumerateArray().Select(one => one.GetString()!);

        Assert.Equal(["pairwise", "public"], offered.Order(StringComparer.Ordinal));
        Assert.Equal(await Subject(Clients.Web), await Subject(Clients.Other));
        Assert.NotEqual(await Subject(Clients.Web), await Subject(Clients.Pairwise));
        Assert.NotEqual(0, (await server.Apply(DeclaredState.Json(server.Issuer, new ClientDefinition("third-type") { SubjectType = "secret" }))).ExitCode);
    }

    [Fact]
    [Requirement("OIDC-CORE-8.1-01", "OIDC-CORE-8.1-02", "OIDC-CORE-8.1-04", "ATTACK-415")]
    public async Task A_sector_sees_one_subject_of_a_user_and_another_sector_another()
    {
        var one = await Subject(OidcClients.SectorOne);

        Assert.Equal(one, await Subject(OidcClients.SectorOne));
        Assert.Equal(one, await Subject(OidcClients.SectorTwo));
        Assert.Equal(await Subject(OidcClients.SectorByHost), await Subject(OidcClients.SectorBySameHost));
        Assert.NotEqual(one, await Subject(OidcClients.SectorByHost));
        Assert.NotEqual(await Subject(Clients.Pairwise), await Subject(Clients.OtherPairwise));
        Assert.NotEqual(one, await Subject(OidcClients.SectorOne, Users.Bob));
    }

    [Fact]
    [Requirement("OIDC-CORE-8.1-03", "OIDC-CORE-2-04")]
    public async Task A_pairwise_subject_tells_nothing_of_the_account()
    {
        var account = await Subject(Clients.Web);
        var pairwise = await Subject(OidcClients.SectorOne);

        Assert.InRange(pairwise.Length, 22, 255);
        Assert.DoesNotContain(account, pairwise, StringComparison.OrdinalIgnoreCase);
        foreach (var guess in new[] { account, "sector.example" + account, account + "sector.example", "sector.example\n" + account, Users.Alice.Username })
        {
            var bytes = Encoding.UTF8.GetBytes(guess);
            Assert.NotEqual(Base64Url.EncodeToString(bytes), pairwise);
            Assert.NotEqual(Base64Url.EncodeToString(SHA256.HashData(bytes)), pairwise);
            Assert.NotEqual(Convert.ToHexStringLower(SHA256.HashData(bytes)), pairwise);
        }
    }

    [Fact]
    [Requirement("OIDC-CORE-8.1-02", "OIDC-CORE-12.2-02")]
    public async Task It_is_the_same_wherever_the_client_looks()
    {
        var tokens = await server.Authorize(OidcClients.SectorOne, "openid offline_access");
        var refreshed = Tokens.Of(await server.Client(OidcClients.SectorOne).Refresh(tokens.Refresh));

        Assert.Equal(tokens.IdJwt.Claim("sub"), refreshed.IdJwt.Claim("sub"));
        Assert.Equal(tokens.IdJwt.Claim("sub"), tokens.AccessJwt.Claim("sub"));
        Assert.Equal(tokens.IdJwt.Claim("sub"), (await server.Api.Get("/userinfo", tokens.AccessToken)).Text("sub"));
        Assert.Equal(tokens.IdJwt.Claim("sub"), (await server.Client(OidcClients.SectorOne).Introspect(tokens.AccessToken)).Text("sub"));
    }

    [Fact]
    [Requirement("OIDC-CORE-8.1-05", "ATTACK-415")]
    public async Task Several_hosts_need_a_sector_identifier()
    {
        var scattered = new ClientDefinition("scattered") { SubjectType = "pairwise", RedirectUris = ["https://a.example/callback", "https://b.example/callback"] };

        var applied = await server.Apply(DeclaredState.Json(server.Issuer, scattered));

        Assert.NotEqual(0, applied.ExitCode);
        Assert.Contains("sector_identifier_uri", applied.Output + applied.Errors, StringComparison.Ordinal);
    }

    private async Task<string> Subject(ClientDefinition definition, User? user = null) =>
        (await server.Authorize(definition, "openid", await server.SignedIn(user))).IdJwt.Claim("sub")!;
}
