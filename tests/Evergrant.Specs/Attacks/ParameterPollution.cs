using System.Net;
using System.Text;
using Evergrant.Specs.Hostile;

namespace Evergrant.Specs.Attacks;

/// <summary>Parameters that come twice, in the wrong place, under another name or in another form.</summary>
public sealed class ParameterPollution(Server server)
{
    private const string FormType = "application/x-www-form-urlencoded";

    [Fact]
    [Requirement("ATTACK-035", "ATTACK-036")]
    public async Task A_repeated_parameter_of_an_authorization_request_is_refused_and_never_chooses_where_to_answer()
    {
        const string Evil = "https://evil.test/cb";
        var alice = await server.SignedIn();
        AuthorizationRequest Good() => new AuthorizationRequest(server.Client(AttackClients.App)).With("nonce", "n");
        AuthorizationRequest[] unanswerable =
        [
            Good().And("redirect_uri", Evil), Good().Without("redirect_uri").And("redirect_uri", Evil).And("redirect_uri", AttackClients.App.RedirectUri), Good().And("redirect_uri", AttackClients.App.RedirectUri),
            Good().And("client_id", AttackClients.Rival.Id), Good().And("client_id", AttackClients.App.Id), Good().And("state", "other"),
        ];
        foreach (var request in unanswerable)
        {
            Attempts.Judge(Evil, await alice.Authorize(request));
            Attempts.Judge(Evil, await alice.AuthorizeByPost(request));
        }

        foreach (var name in new[] { "scope", "code_challenge", "response_type", "nonce", "prompt", "code_challenge_method", "max_age", "claims" })
        {
            var request = Good().With("prompt", "consent").With("max_age", "100").With("claims", "{}").And(name, "other");
            var page = (await alice.Authorize(request)).ExpectError("invalid_request");
            Assert.StartsWith(AttackClients.App.RedirectUri + "?", page.Location, StringComparison.Ordinal);
            Assert.Null(page.Code);
        }

        Assert.NotNull((await alice.Authorize(Good().And("request_uri", "urn:x").And("request_uri", "urn:y"))).Error);

        // One part in the query and one in the body: only the body of a POST is read.
        var (query, body) = (Good().With("redirect_uri", Evil), Good());
        Assert.StartsWith(AttackClients.App.RedirectUri + "?code=", (await alice.Post("/authorize?" + query.Query, body.Parameters)).Location, StringComparison.Ordinal);
        Attempts.Judge(Evil, await alice.Post("/authorize?" + body.Query, query.Parameters));
        Attempts.Judge(Evil, await alice.Post("/authorize?" + Api.Encode([("redirect_uri", AttackClients.App.RedirectUri)]), Good().Without("redirect_uri").Parameters));
    }

    [Fact]
    [Requirement("ATTACK-037")]
    public async Task A_repeated_parameter_of_a_token_request_is_refused_and_consumes_nothing()
    {
        var app = server.Client(AttackClients.App);
        var tokens = await server.Authorize(AttackClients.App, "openid offline_access");
        var (request, code) = await server.NewCode(AttackClients.App);
        List<(string, string)> refresh = [("grant_type", "refresh_token"), ("refresh_token", tokens.Refresh)];
        List<(string, string)> redeem = [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", AttackClients.App.RedirectUri), ("code_verifier", request.Verifier)];

        foreach (var (form, extra) in new[]
        {
            (refresh, ("grant_type", "refresh_token")), (refresh, ("grant_type", "client_credentials")), (refresh, ("refresh_token", tokens.Refresh)), (refresh, ("refresh_token", "x")), (refresh, ("scope", "openid")),
            (redeem, ("code", code)), (redeem, ("code", "x")), (redeem, ("code_verifier", request.Verifier)), (redeem, ("redirect_uri", AttackClients.App.RedirectUri)), (redeem, ("grant_type", "authorization_code")),
        })
        {
            var twice = extra.Item1 == "scope" ? form.Append(extra).Append(extra) : form.Append(extra);
            (await app.Token([.. twice])).Expect(400, "invalid_request");
            (await app.Token([.. twice.Reverse()])).Expect(400, "invalid_request");
        }

        (await app.Token([.. refresh, ("client_id", app.Id), ("client_id", app.Id)])).Expect(400, "invalid_request");
        (await app.Token([.. refresh, ("client_id", app.Id), ("client_id", AttackClients.Rival.Id)])).Expect(400, "invalid_request");
        (await server.Api.Post("/token", [.. refresh, ("client_id", app.Id), ("client_secret", app.Secret), ("client_secret", "x")])).Expect(400, "invalid_request");

        // No retry is allowed to this client: had anything been used, these would fail.
        (await app.Refresh(tokens.Refresh)).Expect(200);
        (await app.Redeem(request, code)).Expect(200);
    }

    [Fact]
    [Requirement("ATTACK-038")]
    public async Task What_stands_in_the_address_of_the_token_endpoint_is_not_read_and_not_written_down()
    {
        var app = server.Client(AttackClients.App);
        var tokens = await server.Authorize(AttackClients.App, "openid offline_access");
        var (request, code) = await server.NewCode(AttackClients.App);
        (string, string)[] refresh = [("grant_type", "refresh_token"), ("refresh_token", tokens.Refresh), ("client_id", app.Id), ("client_secret", app.Secret)];
        (string, string)[] redeem = [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", AttackClients.App.RedirectUri), ("code_verifier", request.Verifier), ("client_id", app.Id), ("client_secret", app.Secret)];

        foreach (var form in new[] { refresh, redeem })
        {
            Refused(await server.Api.Post("/token?" + Api.Encode(form), []));
            Refused(await server.Api.Post("/token?" + Api.Encode(form), [("x", "y")]));
            // Each parameter in the address, all others where they belong.
            foreach (var moved in form) Refused(await server.Api.Post("/token?" + Api.Encode([moved]), form.Where(one => one != moved)));
        }

        (await app.Refresh(tokens.Refresh)).Expect(200);
        (await app.Redeem(request, code)).Expect(200);
        foreach (var secret in new[] { tokens.Refresh, code, app.Secret, request.Verifier }) Assert.DoesNotContain(secret, server.Output, StringComparison.Ordinal);

        static void Refused(Reply reply) => Assert.True(reply.Status is 400 or 401 && reply.Error is "invalid_request" or "invalid_client" or "invalid_grant" && !reply.Has("access_token"), reply.ToString());
    }

    [Fact]
    [Requirement("ATTACK-039", "ATTACK-040")]
    public async Task Two_ways_to_authenticate_and_two_names_are_refused()
    {
        var app = server.Client(AttackClients.App);
        var rival = server.Client(AttackClients.Rival);
        var tokens = await server.Authorize(AttackClients.App, "openid offline_access");
        (string, string)[] form = [("grant_type", "refresh_token"), ("refresh_token", tokens.Refresh)];
        var basic = Api.Basic(app.Id, app.Secret);

        (await server.Api.Post("/token", [.. form, ("client_secret", "other")], basic)).Expect(400, "invalid_request");
        (await server.Api.Post("/token", [.. form, ("client_id", rival.Id), ("client_secret", rival.Secret)], basic)).Expect(400, "invalid_request");
        (await server.Api.Post("/token", [.. form, .. server.Client(Clients.Asserting).Assertion()], basic)).Expect(401, "invalid_client");
        (await server.Api.Post("/token", [.. form, ("client_id", app.Id), ("client_secret", app.Secret), .. server.Client(Clients.Asserting).Assertion()])).Expect(401, "invalid_client");

        // Two names: neither is believed.
        foreach (var path in new[] { "/token", "/revoke", "/introspect" })
        {
            (await server.Api.Post(path, [.. form, ("token", tokens.Refresh), ("client_id", rival.Id)], basic)).Expect(400, "invalid_request");
            (await server.Api.Post(path, [.. form, ("token", tokens.Refresh), ("client_id", app.Id)], Api.Basic(rival.Id, rival.Secret))).Expect(400, "invalid_request");
            (await server.Api.Post(path, [.. form, ("token", tokens.Refresh), ("client_id", AttackClients.Page.Id)], basic)).Expect(400, "invalid_request");
        }

        // The same credentials twice are one (docs/decisions/0005).
        (await server.Api.Post("/token", [.. form, ("client_id", app.Id), ("client_secret", app.Secret)], basic)).Expect(200);
    }

    [Fact]
    [Requirement("ATTACK-041", "ATTACK-042", "ATTACK-045")]
    public async Task A_name_that_is_nearly_right_is_unknown_and_a_value_that_is_empty_is_absent()
    {
        var app = server.Client(AttackClients.App);
        var tokens = await server.Authorize(AttackClients.App, "openid offline_access");
        (string, string)[] credentials = [("client_id", app.Id), ("client_secret", app.Secret)];
        foreach (var suffix in new[] { "[]", "[0]", "[$ne]", "[__proto__]", ".x", " ", "%00" })
        {
            Missing(await server.Api.Post("/token", [("grant_type" + suffix, "refresh_token"), ("refresh_token", tokens.Refresh), .. credentials]));
            Missing(await server.Api.Post("/token", [("grant_type", "refresh_token"), ("refresh_token" + suffix, tokens.Refresh), .. credentials]));
            (await server.Api.Post("/token", [("grant_type", "refresh_token"), ("refresh_token", tokens.Refresh), ("client_id" + suffix, app.Id), ("client_secret", app.Secret)])).Expect(401, "invalid_client");
        }

        Missing(await server.Api.Post("/token", [("GRANT_TYPE", "refresh_token"), ("refresh_token", tokens.Refresh), .. credentials]));
        Missing(await server.Api.Post("/token", [("Grant_Type", "refresh_token"), ("refresh_token", tokens.Refresh), .. credentials]));
        Missing(await app.Token(("grant_type", "authorization_code"), ("Code", "x")));
        (await server.Api.Post("/token", [("grant_type", "refresh_token"), ("refresh_token", tokens.Refresh), ("Client_ID", app.Id), ("Client_Secret", app.Secret)])).Expect(401, "invalid_client");
        foreach (var empty in new[] { "grant_type", "refresh_token" }) Missing(await app.Token([("grant_type", "refresh_token"), ("refresh_token", tokens.Refresh), .. Array.Empty<(string, string)>()], empty));
        Missing(await app.Token(("grant_type", "authorization_code"), ("code", "")));
        (await server.Api.Post("/token", [("grant_type", "refresh_token"), ("refresh_token", tokens.Refresh), ("client_id", ""), ("client_secret", app.Secret)])).Expect(401, "invalid_client");
        (await server.Api.Post("/token", [("grant_type", "refresh_token"), ("refresh_token", tokens.Refresh), ("client_id", app.Id), ("client_secret", "")])).Expect(401, "invalid_client");
        var sent = await server.Api.PostJson("/token", $$"""{"grant_type":"refresh_token","refresh_token":"{{tokens.Refresh}}","client_id":"{{app.Id}}","client_secret":"{{app.Secret}}"}""");
        Assert.True(sent.Status is 400 or 415 && sent.Error == "invalid_request", sent.ToString());
        Assert.Equal(tokens.Scopes, Tokens.Of(await app.Refresh(tokens.Refresh, ("scope", ""))).Scopes);

        var alice = await server.SignedIn();
        AuthorizationRequest Good() => new(server.Client(AttackClients.App));
        Attempts.Judge("", await alice.Authorize(Good().With("client_id", "")));
        Attempts.Judge("", await alice.Authorize(Good().With("redirect_uri", "")));
        foreach (var array in new[] { "redirect_uri[$ne]", "redirect_uri[]", "Redirect_Uri" }) Attempts.Judge("https://app.example/cb", await alice.Authorize(Good().Without("redirect_uri").With(array, AttackClients.App.RedirectUri)));
        Attempts.Judge("", await alice.Authorize(Good().Without("client_id").With("client_id[0]", AttackClients.App.Id)));
        Assert.Null((await alice.Authorize(Good().With("state", "")))["state"]);
        Assert.Null((await alice.Authorize(Good().Without("state").With("state[]", "x")))["state"]);
        Assert.NotNull((await alice.Authorize(Good().With("scope", "").With("redirect_uri", AttackClients.App.RedirectUri))).Code);
        (await alice.Authorize(Good().With("response_type", ""))).ExpectError("invalid_request");

        static void Missing(Reply reply) => reply.Expect(400, "invalid_request");
    }

    [Fact]
    [Requirement("ATTACK-043", "ATTACK-044")]
    public async Task Octets_mean_what_they_say_in_UTF8_and_the_ampersand_alone_separates()
    {
        var app = server.Client(AttackClients.App);
        var tokens = await server.Authorize(AttackClients.App, "openid offline_access");
        var credentials = $"client_id={app.Id}&client_secret={app.Secret}&";
        var good = $"{credentials}grant_type=refresh_token&refresh_token={tokens.Refresh}";
        List<(string What, string Type, byte[] Body)> broken =
        [
            ("invalid UTF-8", FormType, Text(good + "&x=%ff")), ("raw invalid UTF-8", FormType, [.. Text(good + "&x="), 0xff]), ("overlong", FormType, Text(good + "&x=%c0%ae")), ("a lone surrogate", FormType, Text(good + "&x=%ed%a0%80")),
            ("NUL in a value", FormType, Text(good + "%00")), ("NUL in a name", FormType, Text(good + "&sc%00ope=x")), ("a raw NUL", FormType, Text(good + "\0")), ("UTF-16", FormType + "; charset=utf-16", Encoding.Unicode.GetBytes(good)),
            ("UTF-16 with a mark", FormType + "; charset=utf-16", [0xff, 0xfe, .. Encoding.Unicode.GetBytes(good)]), ("UTF-7", FormType + "; charset=utf-7", Text(good.Replace("=", "+AD0-", StringComparison.Ordinal))),
            ("UTF-7 for the grant type", FormType + "; charset=utf-7", Text(good.Replace("grant_type", "+AGcAcgBhAG4AdABfAHQAeQBwAGU-", StringComparison.Ordinal))), ("semicolons", FormType, Text(good.Replace('&', ';'))),
            ("a semicolon before the token", FormType, Text($"{credentials}grant_type=refresh_token;refresh_token={tokens.Refresh}")),
        ];
        foreach (var (what, type, body) in broken)
        {
            var request = new HttpRequestMessage(HttpMethod.Post, server.Api.Url("/token")) { Content = new ByteArrayContent(body) };
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
            var reply = (await server.Api.Send(request)).Sound(what);
            // Names too long for any client share one count of failures, and others try them as well.
            Assert.True(reply.Status is 400 or 401 or 415 or 429 && reply.Error is "invalid_request" or "invalid_client" or "unsupported_grant_type", $"{what}: {reply}");
        }

        (await app.Refresh(tokens.Refresh + "\0")).Expect(400, "invalid_request");
        (await app.Refresh(tokens.Refresh)).Expect(200);

        // A plus and %20 are both a space; a semicolon is a character.
        var alice = await server.SignedIn();
        var query = new AuthorizationRequest(server.Client(AttackClients.App)).Without("scope", "state").Query;
        var plus = await alice.Get($"/authorize?{query}&scope=openid+mail:read&state=a;redirect_uri=https://evil.test/;client_id=x");
        Assert.Equal("a;redirect_uri=https://evil.test/;client_id=x", plus["state"]);
        Assert.StartsWith("https://app.example/cb?", plus.Location, StringComparison.Ordinal);
        Assert.NotNull(plus.Code);
        Assert.NotNull((await alice.Get($"/authorize?{query}&scope=openid%20mail:read")).Code);
        Attempts.Judge("", await alice.Get($"/authorize?{query.Replace('&', ';')}"));

        static byte[] Text(string text) => Encoding.Latin1.GetBytes(text);
    }

    [Fact]
    [Requirement("ATTACK-046", "ATTACK-380")]
    public async Task Many_parameters_and_long_names_cost_little_and_are_refused()
    {
        var app = server.Client(AttackClients.App);
        var tokens = await server.Authorize(AttackClients.App, "openid offline_access");
        var good = $"client_id={app.Id}&client_secret={app.Secret}&grant_type=refresh_token&refresh_token={tokens.Refresh}";
        string[] bodies = [string.Join('&', Enumerable.Range(0, 10_000).Select(n => $"{n}=1")) + "&" + good, good + "&" + new string('n', 64 * 1024) + "=1", new string('n', 60 * 1024) + "=1", string.Join('&', Enumerable.Range(0, 65).Select(n => $"p{n}=1")) + "&" + good];
        foreach (var body in bodies)
        {
            var watch = System.Diagnostics.Stopwatch.StartNew();
            var reply = await server.Api.Send(new HttpRequestMessage(HttpMethod.Post, server.Api.Url("/token")) { Content = new StringContent(body, Encoding.UTF8, FormType) });
            Assert.True(reply.Status is 400 or 401 or 413, reply.ToString());
            // Wall clock, on a machine that does other things as well.
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"{watch.Elapsed}");
        }

        // Others write to the log at the same time: what counts is that nothing of these requests is in it.
        foreach (var part in new[] { new string('n', 100), "9998=1", "p63=1" }) Assert.DoesNotContain(part, server.Output, StringComparison.Ordinal);

        (await app.Refresh(tokens.Refresh)).Expect(200);
        Assert.Equal(400, (await (await server.SignedIn()).Get("/authorize?" + new AuthorizationRequest(app).Query + "&" + string.Join('&', Enumerable.Range(0, 64).Select(n => $"p{n}=1")))).Status);
    }

    [Fact]
    [Requirement("ATTACK-047", "ATTACK-103")]
    public async Task Only_the_methods_of_an_endpoint_are_served_whatever_a_header_says()
    {
        var app = server.Client(AttackClients.App);
        var tokens = await server.Authorize(AttackClients.App, "openid offline_access");
        var form = Api.Encode([("grant_type", "refresh_token"), ("refresh_token", tokens.Refresh), ("token", tokens.Refresh), ("client_id", app.Id), ("client_secret", app.Secret)]);
        string[] overriding = ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "_method"];
        foreach (var path in new[] { "/token", "/revoke", "/introspect", "/device_authorization" })
        {
            foreach (var method in new[] { "GET", "HEAD", "PUT", "DELETE", "PATCH" })
            {
                var request = new HttpRequestMessage(new HttpMethod(method), server.Api.Url(path + "?_method=POST&" + form));
                if (method is not ("GET" or "HEAD")) request.Content = new StringContent(form, Encoding.UTF8, FormType);
                foreach (var header in overriding) request.Headers.TryAddWithoutValidation(header, "POST");
                var reply = (await server.Api.Send(request)).Sound($"{method} {path}");
                Assert.True(reply.Status == 405, $"{method} {path}: {reply}");
                Assert.Contains("POST", reply.Header("Allow"), StringComparison.Ordinal);
            }
        }

        foreach (var method in new[] { "PUT", "DELETE", "TRACE", "TRACK" })
        {
            foreach (var path in Surface.Paths)
            {
                var answer = (await server.Raw(method, path, "X-HTTP-Method-Override: POST\r\nContent-Length: 0\r\n")).Sound($"{method} {path}");
                Assert.True(answer.Status is 405 or 404, $"{method} {path}: {answer.Status}");
                if (answer.Status == 405) Assert.NotNull(answer.Header("Allow"));
            }
        }

        Assert.True((await server.Raw("CONNECT", $"localhost:{server.Port()}")).Status is 400 or 404 or 405);
        // An access token buys no other one.
        var bearer = new HttpRequestMessage(HttpMethod.Post, server.Api.Url("/token")) { Content = Api.Form([("grant_type", "refresh_token")]) };
        bearer.Headers.TryAddWithoutValidation("Authorization", "Bearer " + tokens.AccessToken);
        (await server.Api.Send(bearer)).Expect(401, "invalid_client");
        foreach (var grant in new[] { "access_token", "bearer", "urn:ietf:params:oauth:grant-type:access_token" }) (await app.Token(("grant_type", grant), ("access_token", tokens.AccessToken))).Expect(400, "unsupported_grant_type");
        // A header cannot make of a POST anything else either.
        var overridden = new HttpRequestMessage(HttpMethod.Post, server.Api.Url("/token")) { Content = new StringContent(form, Encoding.UTF8, FormType) };
        foreach (var header in overriding) overridden.Headers.TryAddWithoutValidation(header, "DELETE");
        (await server.Api.Send(overridden)).Expect(200);
    }

    [Fact]
    [Requirement("ATTACK-048")]
    public async Task A_body_that_is_called_anything_but_a_form_is_not_processed()
    {
        var app = server.Client(AttackClients.App);
        var tokens = await server.Authorize(AttackClients.App, "openid offline_access");
        var form = Api.Encode([("grant_type", "refresh_token"), ("refresh_token", tokens.Refresh)]);
        const string Boundary = "xyz";
        string Part(string name, string value) => $"--{Boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n";
        foreach (var (type, body) in new (string?, string)[]
        {
            ($"multipart/form-data; boundary={Boundary}", Part("grant_type", "refresh_token") + Part("refresh_token", tokens.Refresh) + $"--{Boundary}--\r\n"), ("text/plain", form), ("application/json", form),
            ("application/json", $$"""{"grant_type":"refresh_token","refresh_token":"{{tokens.Refresh}}"}"""), (null, form), ("application/x-www-form-urlencodedx", form), ("x/y, application/x-www-form-urlencoded", form), ("", form),
        })
        {
            var request = new HttpRequestMessage(HttpMethod.Post, server.Api.Url("/token")) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
            if (type is not null) request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
            request.Headers.TryAddWithoutValidation("Authorization", Api.Basic(app.Id, app.Secret));
            var reply = await server.Api.Send(request);
            Assert.True(reply.Status is 400 or 415 && reply.Error == "invalid_request", $"{type}: {reply}");
        }

        (await app.Refresh(tokens.Refresh)).Expect(200);
    }
}

file static class EmptyParameters
{
    /// <summary>A token request in which the value of one parameter is empty.</summary>
    public static Task<Reply> Token(this Client client, IEnumerable<(string Name, string Value)> form, string empty) =>
        client.Token([.. form.Select(one => (one.Name, one.Name == empty ? "" : one.Value))]);
}
