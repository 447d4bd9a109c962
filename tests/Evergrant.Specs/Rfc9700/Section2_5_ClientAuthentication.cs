namespace Evergrant.Specs.Rfc9700;

/// <summary>RFC 9700 section 2.5: clients that can keep a secret authenticate.</summary>
public sealed class Section2_5_ClientAuthentication(Server server)
{
    [Fact]
    [Requirement("RFC9700-2.5-01")]
    public async Task A_web_client_that_names_no_method_gets_a_secret()
    {
        var declared = await server.Apply($$"""
            {"clients":[{"issuer":"{{server.Issuer}}","client_id":"no-method","redirect_uris":["https://no-method.example/callback"],"scope":"openid"}]}
            """);
        var reply = await server.Api.Post("/token", [("grant_type", "refresh_token"), ("refresh_token", "x"), ("client_id", "no-method")]);

        Assert.True(declared.ExitCode == 0, declared.Errors + declared.Output);
        Assert.Contains("\"client_secret\"", declared.Output, StringComparison.Ordinal);
        reply.Expect(401, "invalid_client");
    }

    [Fact]
    [Requirement("RFC9700-2.5-02")]
    public async Task A_client_may_sign_instead_of_sharing_a_secret()
    {
        var tokens = await server.Authorize(Clients.Asserting, "openid offline_access");
        var asserting = server.Client(Clients.Asserting);

        (await asserting.Refresh(tokens.Refresh)).Expect(200);
        Assert.True(await asserting.Finds(tokens.AccessToken));
        (await asserting.Revoke(tokens.AccessToken)).Expect(200);
        Assert.False(await asserting.Finds(tokens.AccessToken));
    }
}
