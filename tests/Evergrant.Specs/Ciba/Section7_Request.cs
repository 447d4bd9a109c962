using System.Security.Cryptography;
using Evergrant.Specs.OidcRpInitiatedLogout;

namespace Evergrant.Specs.Ciba;

/// <summary>CIBA Core sections 4, 7 and 13: who may ask, and for whom. One person for each test that leaves requests waiting.</summary>
[Collection(typeof(ClockCollection))]
public sealed class Section7_Request(ClockServer server)
{
    // What waits is gone then, so that nobody has too much of it.
    private Task Pass() => server.Advance(TimeSpan.FromMinutes(11));

    [Fact]
    [Requirement("CIBA-4-01", "CIBA-4-02", "CIBA-4-03", "CIBA-4-04")]
    public async Task The_metadata_says_what_is_offered()
    {
        var metadata = (await server.Api.Metadata()).Json;
        Assert.Equal(server.Issuer + "/bc-authorize", metadata.GetProperty("backchannel_authentication_endpoint").GetString());
        Assert.Equal(["poll", "ping", "push"], metadata.GetProperty("backchannel_token_delivery_modes_supported").EnumerateArray().Select(m => m.GetString()));
        Assert.Equal(["ES256", "PS256"], metadata.GetProperty("backchannel_authentication_request_signing_alg_values_supported").EnumerateArray().Select(m => m.GetString()));
        Assert.False(metadata.GetProperty("backchannel_user_code_parameter_supported").GetBoolean());
        Assert.Contains(CibaClients.GrantType, metadata.GetProperty("grant_types_supported").EnumerateArray().Select(m => m.GetString()));
    }

    [Fact]
    [Requirement("CIBA-7-01", "CIBA-7.2-02", "CIBA-7.3-01", "CIBA-7.3-02", "CIBA-7.3-03", "CIBA-7.1-09")]
    public async Task An_accepted_request_has_an_id_an_end_and_an_interval()
    {
        HashSet<string> ids = [];
        foreach (var (asked, life) in new[] { (null, 600), ("60", 60), ("5", 10), ("100000", 600) })
        {
            var begun = (await CibaRequest.Begin(server, CibaClients.CallCentre, ("requested_expiry", asked), ("foo", "bar"))).Begun;
            Assert.Equal((life, 5), (begun.Json.GetProperty("expires_in").GetInt32(), begun.Json.GetProperty("interval").GetInt32()));
            Assert.Matches("^evq_[A-Za-z0-9_-]{60,}$", begun.Text("auth_req_id"));
            Assert.True(ids.Add(begun.Text("auth_req_id")!));
        }
        Assert.Equal(405, (await server.Api.Get("/bc-authorize")).Status);
        await Pass();
    }

    [Fact]
    [Requirement("CIBA-7.1-01", "CIBA-13-02", "CIBA-13-01", "FAPI-CIBA-5.2.2-01", "ATTACK-370")]
    public async Task Clients_prove_who_they_are_and_are_registered_for_it()
    {
        (await server.Api.Post("/bc-authorize", [("client_id", "ciba-poll"), ("scope", "openid"), ("login_hint", "alice")])).Expect(401, "invalid_client");
        (await server.Api.Post("/bc-authorize", [("scope", "openid"), ("login_hint", "alice")])).Expect(401, "invalid_client");
        (await CibaRequest.Ask(server, Clients.Web, ("scope", "openid"))).Expect(400, "unauthorized_client");
        (await CibaRequest.Ask(server, Clients.Native, ("scope", "openid"))).Expect(400, "unauthorized_client");
    }

    [Fact]
    [Requirement("CIBA-7.1-07", "CIBA-7.2-01", "CIBA-7.2-03", "CIBA-13-01")]
    public async Task Exactly_one_hint_names_somebody_who_can_be_asked()
    {
        (await CibaRequest.Ask(server, CibaClients.CallCentre, ("login_hint", null))).Expect(400, "invalid_request");
        (await CibaRequest.Ask(server, CibaClients.CallCentre, ("login_hint_token", "x"))).Expect(400, "invalid_request");
        (await CibaRequest.Ask(server, CibaClients.CallCentre, ("login_hint", "nobody at all"))).Expect(400, "unknown_user_id");
        var user = new User("ciba-disabled", Users.Alice.Password, "Gone");
        await server.Apply(new System.Text.Json.Nodes.JsonObject { ["users"] = new System.Text.Json.Nodes.JsonArray(user.ToJson()) }.ToJsonString());
        await server.Run("user", "disable", user.Username);
        (await CibaRequest.Ask(server, CibaClients.CallCentre, ("login_hint", user.Username))).Expect(400, "unknown_user_id");
        (await CibaRequest.Ask(server, CibaClients.CallCentre, ("login_hint", "ALICE"))).Expect(200);
        await Pass();
    }

    [Fact]
    [Requirement("CIBA-7.2-03", "CIBA-13-01", "CIBA-7.1-08", "CIBA-7.1-09")]
    public async Task What_is_wrong_is_said_by_its_name()
    {
        foreach (var (name, value, error) in new (string, string?, string)[]
        {
            ("scope", null, "invalid_scope"), ("scope", "mail:read", "invalid_scope"), ("scope", "openid unheard", "invalid_scope"), ("scope", "openid  mail:read", "invalid_scope"), ("scope", "openid files:read", "invalid_scope"),
            ("requested_expiry", "0", "invalid_request"), ("requested_expiry", "-5", "invalid_request"), ("requested_expiry", "soon", "invalid_request"),
            ("binding_message", new string('x', 65), "invalid_binding_message"), ("binding_message", "<b>", "invalid_binding_message"), ("binding_message", "a\nb", "invalid_binding_message"), ("binding_message", "\u202Eabc", "invalid_binding_message"),
            ("request", "eyJhbGciOiJub25lIn0.e30.", "invalid_request"), ("resource", "https://unknown.example", "invalid_target"), ("client_notification_token", "a b", "invalid_request"),
        }) (await CibaRequest.Ask(server, CibaClients.CallCentre, (name, value))).Expect(400, error);
        (await server.Client(CibaClients.CallCentre).Call("/bc-authorize", ("scope", "openid"), ("scope", "openid"), ("login_hint", "alice"))).Expect(400, "invalid_request");
    }

    [Fact]
    [Requirement("CIBA-14-01")]
    public async Task An_ID_token_is_a_hint_for_the_client_that_got_it_even_when_it_is_old()
    {
        var tokens = await (await CibaRequest.Begin(server, CibaClients.CallCentre)).Allowed();
        await Pass();
        (string, string?)[] hint = [("login_hint", null), ("id_token_hint", tokens.IdToken)];
        (await CibaRequest.Ask(server, CibaClients.CallCentre, hint)).Expect(200);
        (await CibaRequest.Ask(server, CibaClients.OtherCallCentre, hint)).Expect(400, "invalid_request");
        using var foreign = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        foreach (var bad in new[] { Jwt.Sign(tokens.IdJwt.Payload, "none", null), Jwt.Sign(tokens.IdJwt.Payload, "ES256", foreign), tokens.AccessToken })
            (await CibaRequest.Ask(server, CibaClients.CallCentre, ("login_hint", null), ("id_token_hint", bad))).Expect(400, "invalid_request");
        await Pass();
    }

    [Fact]
    [Requirement("CIBA-13-01", "CIBA-7.2-01")]
    public async Task A_hint_token_is_signed_by_the_client_and_does_not_last()
    {
        string Token(object? sub, int life, string aud) => Jwt.Sign(new { iss = "ciba-hinting", aud, sub, exp = Now() + life }, "ES256", ClientKeys.Ec, "ec");
        Task<Reply> Ask(string token) => server.Api.Post("/bc-authorize",
            [("scope", "openid"), ("login_hint_token", token), .. server.Client(CibaClients.Hinting).Assertion("ES256", ("iat", Now()), ("exp", Now() + 60))]);
        (await Ask(Token("alice", 60, server.Issuer))).Expect(200);
        (await Ask(Token("alice", -7200, server.Issuer))).Expect(400, "expired_login_hint_token");
        (await Ask(Token("nobody at all", 60, server.Issuer))).Expect(400, "unknown_user_id");
        (await Ask(Token("alice", 60, "https://other.example"))).Expect(400, "invalid_request");
        (await Ask("nonsense")).Expect(400, "invalid_request");
        await Pass();

        long Now() => DateTimeOffset.Parse(server.Api.PostJson("/dev/clock", """{"advance":"00:00:00.001"}""").Result.Text("now")!, System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeSeconds();
    }

    [Fact]
    [Requirement("CIBA-7.1.1-01", "CIBA-7.1.1-02", "CIBA-7.1.1-03", "CIBA-7.1.1-04", "CIBA-7.1.1-05", "CIBA-4-08", "FAPI-CIBA-5.2.2-06", "FAPI-CIBA-5.2.2-09", "FAPI-CIBA-7.10-01")]
    public async Task A_signed_request_says_everything_itself_once()
    {
        var now = DateTimeOffset.Parse((await server.Api.PostJson("/dev/clock", """{"advance":"00:00:00.001"}""")).Text("now")!, System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeSeconds();
        string Sign(string algorithm = "ES256", params (string Name, object? Value)[] changes)
        {
            var claims = new Dictionary<string, object>
            {
                ["iss"] = "ciba-signing", ["aud"] = server.Issuer, ["exp"] = now + 300, ["iat"] = now, ["nbf"] = now, ["jti"] = Pkce.Random(16), ["scope"] = "openid", ["login_hint"] = "alice", ["requested_expiry"] = 60,
            };
            foreach (var (name, value) in changes)
            {
                claims.Remove(name);
                if (value is not null) claims[name] = value;
            }
            return Jwt.Sign(claims, algorithm, algorithm switch { "ES256" => ClientKeys.Ec, "none" => null, "HS256" => new byte[32], _ => ClientKeys.Rsa }, algorithm == "ES256" ? "ec" : "rsa");
        }
        Task<Reply> Ask(string request, params (string Name, string Value)[] more)
        {
            var client = server.Client(CibaClients.Signing);
            return server.Api.Post("/bc-authorize", [("request", request), .. more, .. client.Assertion("ES256", ("iat", now), ("exp", now + 60))]);
        }

        var good = Sign();
        Assert.Equal(60, (await Ask(good)).Expect(200).Json.GetProperty("expires_in").GetInt32());
        (await Ask(good)).Expect(400, "invalid_request");
        Assert.Equal(45, (await Ask(Sign(changes: ("requested_expiry", "45")))).Expect(200).Json.GetProperty("expires_in").GetInt32());
        foreach (var claim in new[] { "iss", "aud", "exp", "iat", "nbf", "jti" }) (await Ask(Sign(changes: (claim, null)))).Expect(400, "invalid_request");
        foreach (var (claim, value) in new (string, object)[] { ("iss", "ciba-poll"), ("aud", "https://other.example"), ("exp", now - 60), ("nbf", now + 120), ("exp", now + 4200) })
            (await Ask(Sign(changes: (claim, value)))).Expect(400, "invalid_request");
        foreach (var algorithm in new[] { "none", "HS256", "RS256", "PS256" }) (await Ask(Sign(algorithm))).Expect(400, "invalid_request");
        (await Ask(Sign(), ("scope", "openid"))).Expect(400, "invalid_request");
        (await Ask("eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ.AA.AA.AA.AA")).Expect(400, "invalid_request");
        (await Ask(Sign(changes: ("login_hint", null)))).Expect(400, "invalid_request");
        await Pass();
    }

    [Fact]
    [Requirement("CIBA-7.1-02")]
    public async Task A_client_of_the_old_kind_may_name_this_endpoint_in_its_assertion()
    {
        var old = CibaClients.Hinting with { Id = "ciba-old", Further = LogoutClients.Members(("backchannel_token_delivery_mode", "poll"), ("legacy_assertion_audience", true)) };
        await server.Declare(old);
        var now = DateTimeOffset.Parse((await server.Api.PostJson("/dev/clock", """{"advance":"00:00:00.001"}""")).Text("now")!, System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeSeconds();
        Task<Reply> Ask(ClientDefinition definition, string aud) => server.Api.Post("/bc-authorize",
            [("scope", "openid"), ("login_hint", "bob"), .. server.Client(definition).Assertion("ES256", ("aud", aud), ("iat", now), ("exp", now + 60))]);
        foreach (var aud in new[] { server.Issuer, server.Issuer + "/token", server.Issuer + "/bc-authorize" }) (await Ask(old, aud)).Expect(200);
        (await Ask(old, server.Issuer + "/par")).Expect(401, "invalid_client");
        (await Ask(CibaClients.Hinting, server.Issuer + "/bc-authorize")).Expect(401, "invalid_client");
        await Pass();
    }

    [Fact]
    [Requirement("CIBA-13-03")]
    public async Task Nobody_is_flooded_with_requests()
    {
        await Pass();
        for (var i = 0; i < 5; i++) (await CibaRequest.Ask(server, CibaClients.CallCentre, ("login_hint", "bob"))).Expect(200);
        (await CibaRequest.Ask(server, CibaClients.CallCentre, ("login_hint", "bob"))).Expect(403, "access_denied");
        await Pass();
        (await CibaRequest.Ask(server, CibaClients.CallCentre, ("login_hint", "bob"))).Expect(200);
        await Pass();
    }

    [Fact]
    [Requirement("CIBA-4-05", "CIBA-4-06", "CIBA-4-07", "CIBA-4-08", "CIBA-4-09", "FAPI-CIBA-5.2.2-01")]
    public async Task A_registration_that_does_not_fit_together_is_refused()
    {
        var poll = CibaClients.CallCentre with { Id = "ciba-badly" };
        foreach (var (fault, definition) in new (string, ClientDefinition)[]
        {
            ("backchannel_token_delivery_mode", poll with { Further = null }), ("backchannel_token_delivery_mode", poll with { Further = Mode("shout") }), ("grant_types", poll with { GrantTypes = [] }),
            ("token_endpoint_auth_method", poll with { Method = "none", Type = "native" }), ("backchannel_client_notification_endpoint", poll with { Further = Mode("ping") }),
            ("backchannel_client_notification_endpoint", poll with { Further = Mode("ping", ("backchannel_client_notification_endpoint", "http://ciba.example/cb")) }),
            ("backchannel_client_notification_endpoint", poll with { GrantTypes = [], Further = Mode("push") }),
            ("backchannel_authentication_request_signing_alg", poll with { Further = Mode("poll", ("backchannel_authentication_request_signing_alg", "RS256")) }), ("jwks_uri", poll with { SubjectType = "pairwise" }),
        })
        {
            var refused = await server.Apply(DeclaredState.Json(server.Issuer, definition));
            Assert.True(refused.ExitCode != 0 && (refused.Errors + refused.Output).Contains(fault, StringComparison.Ordinal), fault + ": " + refused.Errors + refused.Output);
        }
    }

    private static IReadOnlyDictionary<string, System.Text.Json.Nodes.JsonNode> Mode(string mode, params (string Name, System.Text.Json.Nodes.JsonNode Value)[] more) =>
        LogoutClients.Members([("backchannel_token_delivery_mode", mode), .. more]);
}
