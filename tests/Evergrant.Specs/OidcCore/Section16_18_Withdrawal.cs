namespace Evergrant.Specs.OidcCore;

/// <summary>OpenID Connect Core section 16.18: users take back what they allowed.</summary>
public sealed class Section16_18_Withdrawal(Server server)
{
    [Fact]
    [Requirement("OIDC-CORE-16.18-03")]
    public async Task On_the_account_page_a_user_ends_what_an_application_was_given()
    {
        var person = new User("leaver", "correct horse battery staple 6", "Lea Ver");
        var applied = await server.Apply(new System.Text.Json.Nodes.JsonObject { ["users"] = new System.Text.Json.Nodes.JsonArray(person.ToJson()) }.ToJsonString());
        Assert.True(applied.ExitCode == 0, applied.Errors);
        var browser = await server.NewSignedIn(person);
        var asking = server.Client(OidcClients.Asking);
        var tokens = await server.Authorize(OidcClients.Asking, "openid offline_access", browser);

        var page = await browser.Get("/account");
        var form = page.Forms.First(one => one.Method == "post" && one.Fields.Any(field => field.Value == OidcClients.Asking.Id));
        var button = form.Fields.FirstOrDefault(field => field.Type == "submit" && field.Name.Length > 0);
        await browser.Submit(page, form, button is null ? [] : [(button.Name, button.Value)]);

        (await asking.Refresh(tokens.Refresh)).Expect(400, "invalid_grant");
        (await server.Api.Get("/userinfo", tokens.AccessToken)).Expect(401);
        (await browser.Authorize(new AuthorizationRequest(asking).With("scope", "openid offline_access"))).Expect(PageKind.Consent);
    }
}
