using System.Text.Json;
using System.Text.Json.Nodes;
using Evergrant.Specs.Ciba;
using Evergrant.Specs.RefreshToken;
using Evergrant.Specs.Rfc8628;
using Evergrant.Specs.Rfc9126;

namespace Evergrant.Specs.Rfc9396;

/// <summary>RFC 9396: authorization_details, from the request to the API.</summary>
public sealed class Section2_Details(Server server)
{
    private AuthorizationRequest Request(string details, ClientDefinition? definition = null) =>
        new AuthorizationRequest(server.Client(definition ?? RichClients.Shop)).With("authorization_details", details).With("scope", "openid offline_access");

    private static string List(params string[] objects) => "[" + string.Join(',', objects) + "]";

    [Fact]
    [Requirement(
        "RFC9396-2-01", "RFC9396-2-02", "RFC9396-2.2-01", "RFC9396-3-01", "RFC9396-3-02", "RFC9396-3.1-01", "RFC9396-7-01", "RFC9396-9-01", "RFC9396-9.1-01", "RFC9396-9.2-01", "RFC9396-10-01", "RFC9396-11.2-01", "RFC9396-12-01", "ATTACK-420")]
    public async Task A_person_sees_what_is_asked_in_detail_and_the_API_is_told_what_was_allowed()
    {
        Assert.Equal(["account", "payment"], (await server.Api.Metadata()).Json.GetProperty("authorization_details_types_supported").EnumerateArray().Select(t => t.GetString()));
        var alice = await server.NewSignedIn(Users.Alice);
        var second = RichClients.Payment.Replace("123.50", "7.00", StringComparison.Ordinal);
        foreach (var pushed in new[] { false, true })
        {
            var request = Request(List(RichClients.Payment, RichClients.Account, second)).With("scope", "openid offline_access mail:read");
            var page = (await alice.Authorize(pushed ? await request.Pushed() : request)).Expect(PageKind.Consent);
            foreach (var text in new[] { RichClients.BankName, "Pay from your account", "123.50", "initiate, status", "Merchant <b>A</b>", "Read your mail" }) Assert.Contains(text, page.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("<b>A</b>", page.Html, StringComparison.Ordinal);
            // The second payment is left out.
            var form = page.FormWith("decision");
            page = await alice.Submit(page, form, [("decision", "allow"), ("without", "authorization_details:2")]);
            var tokens = Tokens.Of(await request.Client.Redeem(request, page.Code!));
            for (var round = 0; round < 2; round++)
            {
                Same(List(RichClients.Payment, RichClients.Account), tokens.Reply.Json.GetProperty("authorization_details"));
                Same(List(RichClients.Payment, RichClients.Account), tokens.AccessJwt.Payload.GetProperty("authorization_details"));
                Assert.Contains(RichClients.Bank, tokens.AccessJwt.Audience);
                var told = (await server.Client(RichClients.BankApi).Introspect(tokens.AccessToken)).Expect(200);
                Same(List(RichClients.Payment, RichClients.Account), told.Json.GetProperty("authorization_details"));
                // What is the bank's business is not that of the Mail API.
                told = (await server.Client(Clients.MailApi).Introspect(tokens.AccessToken)).Expect(200);
                Assert.False(told.Has("authorization_details"));
                (await server.Api.Get("/userinfo", tokens.AccessToken)).Expect(200);
                tokens = (await request.Client.Refresh(tokens.Refresh)).By("Rotated");
            }
        }
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("x")]
    [InlineData("[1]")]
    [InlineData("[{}]")]
    [InlineData("""[{"type":1}]""")]
    [InlineData("""[{"type":"unheard"}]""")]
    [InlineData("""[{"type":"payment"}]""")]
    [InlineData("""[{"type":"payment","amount":{},"creditor":1}]""")]
    [InlineData("""[{"type":"payment","amount":"1","creditor":"x"}]""")]
    [InlineData("""[{"type":"payment","amount":{},"creditor":"x","surprise":1}]""")]
    [InlineData("""[{"type":"payment","amount":{},"creditor":"x","urgent":"yes"}]""")]
    [InlineData("""[{"type":"payment","amount":{},"creditor":"x","times":"2"}]""")]
    [InlineData("""[{"type":"payment","amount":{},"creditor":"x","actions":"initiate"}]""")]
    [InlineData("""[{"type":"payment","amount":{},"creditor":"x","actions":["steal"]}]""")]
    [InlineData("""[{"type":"account","actions":[1]}]""")]
    [InlineData("""[{"type":"account","identifier":["a"]}]""")]
    [InlineData("""[{"type":"account","locations":"https://bank.example/api"}]""")]
    [InlineData("""[{"type":"account","locations":["https://evil.example"]}]""")]
    [InlineData("""[{"type":"account","datatypes":["x"]}]""")]
    [InlineData("""[{"type":"account","type":"payment"}]""")]
    [InlineData("""[{"type":"account"}],"b":[{"type":"account"}]""")]
    [Requirement("RFC9396-2-01", "RFC9396-2.2-01", "RFC9396-5-01", "RFC9396-5-02", "ATTACK-420", "ATTACK-381")]
    public async Task What_no_API_has_declared_so_is_refused(string details)
    {
        (await (await server.SignedIn()).Authorize(Request(details))).ExpectError("invalid_authorization_details");
        (await Request(details).Push()).Expect(400, "invalid_authorization_details");
        (await server.Client(RichClients.Shop).ClientCredentials(("authorization_details", details))).Expect(400, "invalid_authorization_details");
        (await server.Client(RichClients.Terminal).Call("/device_authorization", [("scope", "openid"), ("authorization_details", details)])).Expect(400, "invalid_authorization_details");
    }

    [Fact]
    [Requirement("ATTACK-381")]
    public async Task More_than_a_person_can_read_is_refused()
    {
        (await Request(List([.. Enumerable.Repeat(RichClients.Account, 17)])).Push()).Expect(400, "invalid_authorization_details");
        (await Request(List(RichClients.Account.Replace("DE02", new string('x', 5000), StringComparison.Ordinal))).Push()).Expect(400, "invalid_authorization_details");
    }

    [Fact]
    [Requirement("RFC9396-10-02", "RFC9396-5-01")]
    public async Task A_client_asks_for_the_types_that_it_may()
    {
        (await Request(List(RichClients.Payment), RichClients.Looking).Push()).Expect(400, "invalid_authorization_details");
        (await Request(List(RichClients.Account), RichClients.Looking).Push()).Expect(201);
        (await Request(List(RichClients.Account), Clients.Web).Push()).Expect(400, "invalid_authorization_details");
        var wrong = RichClients.Looking with { Id = "rar-wrong", Further = Pushing.Members(("authorization_details_types", new JsonArray("unheard"))) };
        Assert.NotEqual(0, (await server.Apply(DeclaredState.Json(server.Issuer, wrong))).ExitCode);
    }

    [Fact]
    [Requirement("RFC9396-6-01", "RFC9396-6.1-01", "RFC9396-7-01")]
    public async Task A_token_may_be_for_less_than_was_granted_and_never_for_more()
    {
        foreach (var definition in new[] { RichClients.Opaque, RichClients.Looking })
        {
            var granted = definition == RichClients.Looking ? """{"type":"account","actions":["balances","transactions"],"identifier":"DE02"}""" : RichClients.Payment;
            var less = granted.Replace(",\"transactions\"", "", StringComparison.Ordinal).Replace(",\"status\"", "", StringComparison.Ordinal);
            var request = Request(List(granted), definition);
            var page = (await (await server.SignedIn()).Authorize(request)).Expect(PageKind.Redirect);
            // A refused request consumes nothing.
            foreach (var more in new[] { List(RichClients.Payment.Replace("123", "999", StringComparison.Ordinal)), List(granted, RichClients.Account.Replace("DE02", "DE03", StringComparison.Ordinal)), "[]", """[{"type":"account"}]""" })
                (await request.Client.Redeem(request, page.Code!, ("authorization_details", more))).Expect(400, "invalid_authorization_details");
            var tokens = Tokens.Of(await request.Client.Redeem(request, page.Code!, ("authorization_details", List(less))));
            Same(List(less), tokens.Reply.Json.GetProperty("authorization_details"));
            Same(List(less), (await server.Client(RichClients.BankApi).Introspect(tokens.AccessToken)).Json.GetProperty("authorization_details"));
            (await request.Client.Refresh(tokens.Refresh, ("authorization_details", List(RichClients.Payment.Replace("123", "999", StringComparison.Ordinal))))).Expect(400, "invalid_authorization_details");
            var narrow = (await request.Client.Refresh(tokens.Refresh, ("authorization_details", List(less)))).By("Rotated");
            Same(List(less), narrow.Reply.Json.GetProperty("authorization_details"));
            var whole = (await request.Client.Refresh(narrow.Refresh)).By("Rotated");
            Same(List(granted), whole.Reply.Json.GetProperty("authorization_details"));
        }

        var plain = await server.Authorize(Clients.Web, "openid offline_access");
        (await server.Client(Clients.Web).Refresh(plain.Refresh, ("authorization_details", List(RichClients.Account)))).Expect(400, "invalid_authorization_details");
    }

    [Fact]
    [Requirement("RFC9396-3.2-01", "RFC9396-9.1-01")]
    public async Task A_resource_beside_the_details_changes_nothing_about_them()
    {
        var request = Request(List(RichClients.Account), RichClients.Looking).With("scope", "openid offline_access mail:read").With("resource", DeclaredState.Mail);
        var page = (await (await server.SignedIn()).Authorize(request)).Expect(PageKind.Redirect);
        var tokens = Tokens.Of(await request.Client.Redeem(request, page.Code!));
        Same(List(RichClients.Account), tokens.Reply.Json.GetProperty("authorization_details"));
        Assert.Equal([RichClients.Bank, DeclaredState.Mail], tokens.AccessJwt.Audience);
        // A token for one API has the details of that one.
        var mail = (await request.Client.Refresh(tokens.Refresh, ("resource", DeclaredState.Mail))).By("Rotated");
        Assert.Equal([DeclaredState.Mail], mail.AccessJwt.Audience);
        Assert.False(mail.AccessJwt.Has("authorization_details"));
    }

    [Fact]
    [Requirement("RFC9396-3-02", "RFC9396-3.1-01")]
    public async Task Each_such_request_is_asked_anew_and_whoever_wants_details_gets_no_scope_besides()
    {
        var alice = await server.NewSignedIn(Users.Alice);
        for (var round = 0; round < 2; round++)
        {
            var request = Request(List(RichClients.Account)).With("scope", null);
            var page = (await alice.Authorize(request)).Expect(PageKind.Consent);
            page = await alice.Decide(page, "allow");
            var tokens = Tokens.Of(await request.Client.Redeem(request, page.Code!));
            Assert.Empty(tokens.Scopes);
            Assert.Equal([RichClients.Bank], tokens.AccessJwt.Audience.Where(a => a != server.Issuer));
        }

        (await alice.Authorize(Request(List(RichClients.Account)).With("prompt", "none"))).ExpectError("consent_required");
        var all = (await alice.Authorize(Request(List(RichClients.Account)).With("scope", null))).Expect(PageKind.Consent);
        (await alice.Submit(all, all.FormWith("decision"), [("decision", "allow"), ("without", "authorization_details:0")])).ExpectError("access_denied");
    }

    [Fact]
    [Requirement("RFC9396-3-01", "RFC9396-6-01")]
    public async Task Clients_that_act_for_themselves_and_devices_ask_in_detail_too()
    {
        var own = Tokens.Of(await server.Client(RichClients.Shop).ClientCredentials(("authorization_details", List(RichClients.Payment)), ("scope", "mail:read"), ("resource", RichClients.Bank)));
        Same(List(RichClients.Payment), own.AccessJwt.Payload.GetProperty("authorization_details"));

        var terminal = server.Client(RichClients.Terminal);
        var begun = (await terminal.Call("/device_authorization", [("scope", "openid offline_access"), ("authorization_details", List(RichClients.Payment, RichClients.Account))])).Expect(200);
        var alice = await server.NewSignedIn(Users.Alice);
        var page = (await Device.Type(server, alice, begun.Text("user_code")!)).Expect(PageKind.Consent);
        Assert.Contains("123.50", page.Text, StringComparison.Ordinal);
        await alice.Submit(page, page.FormWith("decision"), [("decision", "allow"), ("without", "authorization_details:1")]);
        var tokens = Tokens.Of(await terminal.Token(("grant_type", DeviceClients.GrantType), ("device_code", begun.Text("device_code")!)));
        Same(List(RichClients.Payment), tokens.Reply.Json.GetProperty("authorization_details"));
    }

    [Fact]
    [Requirement("RFC9396-3-01", "RFC9396-5-01")]
    public async Task What_is_asked_over_the_back_channel_is_asked_in_detail_too()
    {
        (await CibaRequest.Ask(server, RichClients.Desk, ("authorization_details", "[{\"type\":\"unheard-of\"}]"))).Expect(400, "invalid_authorization_details");
        (await CibaRequest.Ask(server, CibaClients.CallCentre, ("authorization_details", List(RichClients.Payment)))).Expect(400, "invalid_authorization_details");
        var request = await CibaRequest.Begin(server, RichClients.Desk, ("authorization_details", List(RichClients.Payment, RichClients.Account)), ("scope", "openid offline_access"));
        var alice = await server.NewSignedIn(Users.Alice);
        var page = (await CibaRequest.Open(alice)).Expect(PageKind.Consent);
        Assert.Contains("123.50", page.Text, StringComparison.Ordinal);
        await alice.Submit(page, page.FormWith("decision"), [("decision", "allow"), ("without", "authorization_details:1")]);
        var tokens = Tokens.Of(await request.Poll());
        Same(List(RichClients.Payment), tokens.Reply.Json.GetProperty("authorization_details"));
        Same(List(RichClients.Payment), tokens.AccessJwt.Payload.GetProperty("authorization_details"));
    }

    private static void Same(string expected, JsonElement actual)
    {
        using var document = JsonDocument.Parse(expected);
        Assert.True(JsonElement.DeepEquals(document.RootElement, actual), actual.GetRawText());
    }
}
