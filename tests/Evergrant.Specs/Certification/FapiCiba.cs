using System.Text.Json.Nodes;
using Evergrant.Specs.Attacks;
using Evergrant.Specs.Ciba;
using Evergrant.Specs.Fapi2;
using Evergrant.Specs.Rfc9126;
using Evergrant.Specs.Rfc9449;

namespace Evergrant.Specs.Certification;

/// <summary>The modules of the FAPI-CIBA plan with private_key_jwt: signed requests over the back channel, polled and pinged.</summary>
[Collection(typeof(ClockCollection))]
public sealed class FapiCiba(ClockServer server)
{
    private const string Prefix = "fapi-ciba-id1-";
    private const string Notification = "8d67dc78-7faa-4d41-aabd-67707b374255";
    private readonly DpopKey key = new();

    [Fact]
    [Module(
        "fapi-ciba-id1", Prefix + "ensure-authorization-request-with-binding-message-succeeds", Prefix + "ensure-other-scope-order-succeeds", Prefix + "ensure-requested-expiry-as-string-succeeds",
        Prefix + "ensure-client-assertion-with-iss-aud-to-token-endpoint-succeeds", Prefix + "ensure-wrong-auth-req-id-in-token-endpoint-request", Prefix + "refresh-token")]
    [Requirement("FAPI-CIBA-5.2.2-04", "FAPI-CIBA-5.2.2-08")]
    public async Task Two_clients_walk_from_a_signed_request_to_tokens_that_are_theirs_alone()
    {
        var browser = await server.NewSignedIn(Users.Alice);
        foreach (var (definition, other, expiry) in new (ClientDefinition, ClientDefinition, object)[] { (FapiClients.Ciba, FapiClients.OtherCiba, "120"), (FapiClients.OtherCiba, FapiClients.Ciba, 90) })
        {
            var begun = (await Ask(definition, ("scope", "mail:read offline_access openid"), ("binding_message", "1234"), ("requested_expiry", expiry), ("acr_values", "urn:evergrant:acr:password"))).Expect(200);
            Assert.Equal(expiry.ToString(), begun.Json.GetProperty("expires_in").GetInt32().ToString(System.Globalization.CultureInfo.InvariantCulture));
            var page = (await CibaRequest.Open(browser)).Expect(PageKind.Consent);
            Assert.Contains("1234", page.Text, StringComparison.Ordinal);
            await browser.Decide(page, "allow");
            (await Poll(other, begun)).Expect(400, "invalid_grant");
            var tokens = Tokens.Of(await Poll(definition, begun)).IsBoundTo(key);
            Assert.Equal(["mail:read", "offline_access", "openid"], tokens.Scopes);
            Assert.Equal((server.Issuer, "ES256", "urn:evergrant:acr:password"), (tokens.IdJwt.Claim("iss"), tokens.IdJwt.Algorithm, tokens.IdJwt.Claim("acr")));
            var now = await server.Now();
            Assert.Equal(tokens.IdJwt.Claim("sub"), (await key.UserInfo(server, tokens.AccessToken, ("iat", now))).Expect(200).Text("sub"));
            (await Token(other, ("grant_type", "refresh_token"), ("refresh_token", tokens.Refresh))).Expect(400, "invalid_grant");
            Tokens.Of(await Token(definition, ("grant_type", "refresh_token"), ("refresh_token", tokens.Refresh))).IsBoundTo(key);
        }
    }

    [Fact]
    [Module(Prefix + "user-rejects-authentication", Prefix + "multiple-call-to-token-endpoint", Prefix + "auth-req-id-expired")]
    public async Task Who_waits_is_told_why()
    {
        var begun = (await Ask(FapiClients.Ciba)).Expect(200);
        (await Poll(FapiClients.Ciba, begun)).Expect(400, "authorization_pending");
        (await Poll(FapiClients.Ciba, begun)).Expect(400, "slow_down");
        var browser = await server.NewSignedIn(Users.Alice);
        await browser.Decide(await CibaRequest.Open(browser), "deny");
        (await Poll(FapiClients.Ciba, begun)).Expect(400, "access_denied");
        begun = (await Ask(FapiClients.Ciba, ("requested_expiry", 10))).Expect(200);
        Assert.Equal(10, begun.Json.GetProperty("expires_in").GetInt32());
        await server.Advance(TimeSpan.FromSeconds(11));
        (await Poll(FapiClients.Ciba, begun)).Expect(400, "expired_token");
    }

    [Fact]
    [Module(Prefix + "ensure-authorization-request-with-potentially-bad-binding-message", Prefix + "ensure-authorization-request-with-multiple-hints-fails", Prefix + "ensure-unsigned-backchannel-authorization-request-fails")]
    [Requirement("FAPI-CIBA-5.2.2-02", "FAPI-CIBA-5.2.2-06")]
    public async Task A_request_is_signed_names_one_person_and_says_what_it_is_about()
    {
        (await Ask(FapiClients.Ciba, ("binding_message", null))).Expect(400, "invalid_request");
        foreach (var message in new[] { new string('1', 300), "1234 \ud83d\udc4d\ud83c\udfff and \u534e \uff5e", "<b>1234</b>" }) (await Ask(FapiClients.Ciba, ("binding_message", message))).Expect(400, "invalid_binding_message");
        (await Ask(FapiClients.Ciba, ("binding_message", "Überweisung 1234 华"))).Expect(200);
        Assert.Contains("Überweisung 1234 华", (await CibaRequest.Open(await server.NewSignedIn(Users.Alice))).Text, StringComparison.Ordinal);
        (await Ask(FapiClients.Ciba, ("login_hint_token", "x"))).Expect(400, "invalid_request");
        var now = await server.Now();
        (await server.Api.Post("/bc-authorize", [("scope", "openid"), ("login_hint", "alice"), ("binding_message", "1234"), .. Assertion(FapiClients.Ciba, now)])).Expect(400, "invalid_request");
        await server.Advance(TimeSpan.FromMinutes(11));
    }

    [Fact]
    [Module(
        Prefix + "ensure-request-object-missing-aud-fails", Prefix + "ensure-request-object-bad-aud-fails", Prefix + "ensure-request-object-missing-iss-fails", Prefix + "ensure-request-object-bad-iss-fails",
        Prefix + "ensure-request-object-missing-exp-fails", Prefix + "ensure-request-object-expired-exp-fails", Prefix + "ensure-request-object-exp-is-70-minutes-in-future-fails", Prefix + "ensure-request-object-missing-iat-fails",
        Prefix + "ensure-request-object-missing-nbf-fails", Prefix + "ensure-request-object-nbf-is-10-minutes-in-future-fails", Prefix + "ensure-request-object-nbf-is-70-minutes-in-past-fails", Prefix + "ensure-request-object-missing-jti-fails",
        Prefix + "ensure-request-object-signature-algorithm-is-none-fails", Prefix + "ensure-request-object-signature-algorithm-is-bad-fails", Prefix + "ensure-request-object-signature-algorithm-is-RS256-fails",
        Prefix + "ensure-request-object-signed-by-other-client-fails")]
    [Requirement("FAPI-CIBA-5.2.2-09", "FAPI-CIBA-7.10-01")]
    public async Task A_signed_request_is_its_clients_for_this_server_and_for_about_now()
    {
        var now = await server.Now();
        foreach (var claim in new[] { "aud", "iss", "exp", "iat", "nbf", "jti" }) (await Ask(FapiClients.Ciba, (claim, null))).Expect(400, "invalid_request");
        foreach (var wrong in new (string, object?)[][]
        {
            [("aud", "https://other.example")], [("iss", FapiClients.OtherCiba.Id)], [("exp", now - 300)], [("exp", now + 4200)], [("nbf", now + 600), ("exp", now + 900)], [("nbf", now - 4200)], [("nbf", now - 4200), ("exp", now - 600)],
        })
            (await Ask(FapiClients.Ciba, wrong)).Expect(400, "invalid_request");
        var good = Sign(FapiClients.Ciba, now);
        foreach (var text in new[]
        {
            Sign(FapiClients.Ciba, now, "none"), Sign(FapiClients.Ciba, now, "RS256"), Altering.At(good, good.LastIndexOf('.') + 10),
            Jwt.Sign(Claims(FapiClients.Ciba, now), "ES256", FapiClients.OtherCiba.Key, "ec"), Sign(FapiClients.OtherCiba, now),
        })
            (await Send(FapiClients.Ciba, text, now)).Expect(400, "invalid_request");
        (await Send(FapiClients.Ciba, good, now)).Expect(200);
        await server.Advance(TimeSpan.FromMinutes(11));
    }

    [Fact]
    [Module(
        Prefix + "ensure-without-client-assertion-in-token-endpoint-request", Prefix + "ensure-without-client-assertion-in-backchannel-authorization-request",
        Prefix + "ensure-client-assertion-signature-algorithm-in-backchannel-authorization-request-is-RS256-fails", Prefix + "ensure-client-assertion-signature-algorithm-in-token-endpoint-request-is-RS256-fails")]
    [Requirement("FAPI-CIBA-5.2.2-01", "FAPI-CIBA-7.10-01")]
    public async Task A_client_proves_itself_at_both_endpoints()
    {
        var now = await server.Now();
        var begun = (await Ask(FapiClients.Ciba)).Expect(200);
        foreach (var shown in new[] { [("client_id", FapiClients.Ciba.Id)], Assertion(FapiClients.Ciba, now, "RS256") })
        {
            (await server.Api.Post("/bc-authorize", [("request", Sign(FapiClients.Ciba, now)), .. shown])).Expect(401, "invalid_client");
            (await server.Api.Post("/token", [("grant_type", CibaClients.GrantType), ("auth_req_id", begun.Text("auth_req_id")!), .. shown], headers: [key.ForToken(server, ("iat", now))])).Expect(401, "invalid_client");
        }
        await server.Advance(TimeSpan.FromMinutes(11));
    }

    [Fact]
    [Module(
        Prefix + "ping-backchannel-notification-endpoint-response-has-body", Prefix + "ping-backchannel-notification-endpoint-response-401", Prefix + "ping-backchannel-notification-endpoint-response-403",
        Prefix + "ping-with-mtls-ciba-notification-endpoint-response-401-and-require-server-does-not-retry", Prefix + "ping-backchannel-notification-endpoint-return-redirect-request")]
    [Requirement("FAPI-CIBA-5.2.2-05")]
    public async Task However_a_notification_is_answered_the_client_may_fetch_its_tokens()
    {
        await using var receiver = new NotificationReceiver();
        var browser = await server.NewSignedIn(Users.Alice);
        foreach (var status in new[] { 200, 401, 403, 302 })
        {
            var id = $"fapi-ciba-ping-{status}";
            var endpoint = receiver.Endpoint(id, status);
            var definition = FapiClients.Ciba with { Id = id, Further = Pushing.Members(("profile", "fapi2"), ("backchannel_token_delivery_mode", "ping"), ("backchannel_client_notification_endpoint", endpoint)) };
            await server.Declare(definition);
            var begun = (await Ask(definition, ("client_notification_token", Notification))).Expect(200);
            await browser.Decide(await CibaRequest.Open(browser), "allow");
            var (authorization, body) = await receiver.Next();
            Assert.Equal(("Bearer " + Notification, begun.Text("auth_req_id")), (authorization, body.GetProperty("auth_req_id").GetString()));
            Tokens.Of(await Poll(definition, begun)).IsBoundTo(key);
            if (status is 401 or 403) await server.Printed($"for client {id} was given up");
            Assert.Equal(1, receiver.Hits(endpoint));
        }
        Assert.Equal(0, receiver.Elsewhere);
    }

    [Fact]
    [Requirement("FAPI-CIBA-5.2.2-03", "FAPI-CIBA-5.2.2-01", "FAPI-CIBA-7.10-01")]
    public Task What_the_profile_forbids_is_not_registered()
    {
        ClientDefinition With(params (string, JsonNode)[] members) => FapiClients.Ciba with { Id = "fapi-ciba-x", Further = Pushing.Members([("profile", "fapi2"), .. members]) };
        return server.NotRegistered(
        [
            With(("backchannel_token_delivery_mode", "push"), ("backchannel_client_notification_endpoint", "https://fapi.example/cb")) with { GrantTypes = ["refresh_token"] },
            With(("backchannel_token_delivery_mode", "poll"), ("backchannel_authentication_request_signing_alg", "RS256")),
            With(("backchannel_token_delivery_mode", "poll")) with { Method = "client_secret_basic" }, With(("backchannel_token_delivery_mode", "poll")) with { Method = "none", Type = "native" },
        ]);
    }

    private IReadOnlyList<(string, string)> Assertion(ClientDefinition definition, long now, string algorithm = "ES256") => server.Client(definition).Assertion(algorithm, ("iat", now), ("exp", now + 60));

    private Dictionary<string, object> Claims(ClientDefinition definition, long now, params (string Name, object? Value)[] changes) => CibaObject.Claims(definition, server.Issuer, now, changes);

    private string Sign(ClientDefinition definition, long now, string algorithm = "ES256") =>
        Jwt.Sign(Claims(definition, now), algorithm, algorithm switch { "ES256" => definition.Key ?? ClientKeys.Ec, "none" => null, _ => ClientKeys.Rsa }, algorithm == "ES256" ? "ec" : "rsa");

    private Task<Reply> Send(ClientDefinition definition, string text, long now) => server.Api.Post("/bc-authorize", [("request", text), .. Assertion(definition, now)]);

    private async Task<Reply> Ask(ClientDefinition definition, params (string Name, object? Value)[] changes)
    {
        var now = await server.Now();
        return await Send(definition, Jwt.Sign(Claims(definition, now, changes), "ES256", definition.Key ?? ClientKeys.Ec, "ec"), now);
    }

    private Task<Reply> Poll(ClientDefinition definition, Reply begun) => Token(definition, ("grant_type", CibaClients.GrantType), ("auth_req_id", begun.Text("auth_req_id")!));

    private async Task<Reply> Token(ClientDefinition definition, params (string, string)[] form)
    {
        var now = await server.Now();
        return await server.Api.Post("/token", [.. form, .. Assertion(definition, now)], headers: [key.ForToken(server, ("iat", now))]);
    }
}
