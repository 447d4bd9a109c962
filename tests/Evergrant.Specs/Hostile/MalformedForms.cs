using System.Text;

namespace Evergrant.Specs.Hostile;

/// <summary>Every endpoint that reads a form, and everything that a form must not be. Each is sent with a refresh token that works, and afterwards it still does.</summary>
public sealed class MalformedForms(Server server)
{
    private const string FormType = "application/x-www-form-urlencoded";
    private static readonly int[] Allowed = [400, 401, 403, 404, 405, 413, 415, 429];

    [Fact]
    [Requirement("ATTACK-342")]
    public async Task No_malformed_form_breaks_an_endpoint_or_writes_anything()
    {
        var client = server.Client(HostileClients.Target);
        var tokens = await server.Authorize(HostileClients.Target, "openid offline_access mail:read");
        var good = Api.Encode([("grant_type", "refresh_token"), ("refresh_token", tokens.Refresh), ("token", tokens.Refresh), ("client_id", client.Id), ("client_secret", client.Secret)]);

        foreach (var path in Surface.Forms.Concat(Surface.PageForms).Append("/userinfo"))
        {
            foreach (var (what, type, body) in Malformed(good))
            {
                var request = new HttpRequestMessage(HttpMethod.Post, server.Api.Url(path)) { Content = new ByteArrayContent(body) };
                if (type is not null) request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
                var reply = (await server.Api.Send(request)).Sound($"{path}, {what}");
                // Strangers may be sent to the sign-in page, or shown it, whatever they posted.
                var signIn = (reply.Status == 303 && path is "/account" or "/sign-out" or "/admin/explain") || (reply.Status == 200 && path == "/authorize" && reply.Body.Contains("password", StringComparison.Ordinal));
                Assert.True(Allowed.Contains(reply.Status) || signIn, $"{path}, {what}: {reply}");
                Answers.Guarded(reply.Header, $"{path}, {what}");
                Answers.NotStored(reply.Header, $"{path}, {what}");
            }
        }

        // Its policy allows no retry: had one of them spent the token, or revoked it, this would be refused.
        (await client.Refresh(tokens.Refresh)).Expect(200);
    }

    [Fact]
    public async Task The_token_endpoint_says_what_was_wrong()
    {
        var client = server.Client(HostileClients.Target);
        var tokens = await server.Authorize(HostileClients.Target, "openid offline_access");
        var good = Api.Encode([("grant_type", "refresh_token"), ("refresh_token", tokens.Refresh), ("client_id", client.Id), ("client_secret", client.Secret)]);

        foreach (var (what, type, body) in Malformed(good))
        {
            var request = new HttpRequestMessage(HttpMethod.Post, server.Api.Url("/token")) { Content = new ByteArrayContent(body) };
            if (type is not null) request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
            var reply = await server.Api.Send(request);
            Assert.True(reply.Status == (body.Length > 64 * 1024 ? 413 : 400) || (reply.Status == 415 && type != FormType), $"{what}: {reply}");
            Assert.True(reply.Error == "invalid_request", $"{what}: {reply}");
            Assert.Equal("application/json", reply.MediaType);
        }

        (await client.Refresh(tokens.Refresh)).Expect(200);
    }

    [Theory]
    [InlineData("Grant_Type=refresh_token&client_id={id}&client_secret={secret}&refresh_token={token}")]
    [InlineData("grant_type[]=refresh_token&client_id={id}&client_secret={secret}&refresh_token={token}")]
    [InlineData("grant_type[0]=refresh_token&client_id={id}&client_secret={secret}&refresh_token={token}")]
    [InlineData("grant_type[$ne]=x&client_id={id}&client_secret={secret}&refresh_token={token}")]
    [InlineData("grant_type=refresh_token;client_id={id};client_secret={secret};refresh_token={token}")]
    [InlineData("grant_type= refresh_token&client_id={id}&client_secret={secret}&refresh_token={token}")]
    [InlineData("grant_type=refresh_token&client_id={id}&client_secret={secret}&refresh_token={token}%20")]
    [InlineData("grant_type=refresh_token&client_id={id}&client_secret={secret}&refresh_token=%EF%BB%BF{token}")]
    [InlineData("grant_type=REFRESH_TOKEN&client_id={id}&client_secret={secret}&refresh_token={token}")]
    public async Task Nearly_right_is_wrong(string form)
    {
        var client = server.Client(HostileClients.Target);
        var tokens = await server.Authorize(HostileClients.Target, "openid offline_access");
        var body = form.Replace("{id}", client.Id, StringComparison.Ordinal).Replace("{secret}", client.Secret, StringComparison.Ordinal).Replace("{token}", tokens.Refresh, StringComparison.Ordinal);
        var request = new HttpRequestMessage(HttpMethod.Post, server.Api.Url("/token")) { Content = new StringContent(body, Encoding.UTF8, FormType) };

        var reply = (await server.Api.Send(request)).Sound(form);

        Assert.True(reply.Status is 400 or 401, reply.ToString());
        (await client.Refresh(tokens.Refresh)).Expect(200);
    }

    [Fact]
    public async Task Credentials_in_the_address_are_not_read()
    {
        var client = server.Client(HostileClients.Target);
        var tokens = await server.Authorize(HostileClients.Target, "openid offline_access");
        var query = Api.Encode([("grant_type", "refresh_token"), ("refresh_token", tokens.Refresh), ("client_id", client.Id), ("client_secret", client.Secret)]);

        var reply = (await server.Api.Post("/token?" + query, [])).Sound("query");
        Assert.True(reply.Status is 400 or 401, reply.ToString());
        (await server.Api.Get("/userinfo?access_token=" + tokens.AccessToken)).Expect(401);
        (await client.Refresh(tokens.Refresh)).Expect(200);
        Assert.DoesNotContain(client.Secret, server.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(tokens.Refresh, server.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Malformed_queries_of_the_authorization_endpoint_redirect_nobody()
    {
        var good = new AuthorizationRequest(server.Client(Clients.Web)).Query;
        string[] queries =
        [
            good + "&client_id=web", good + "&redirect_uri=https%3A%2F%2Fevil.example", "redirect_uri=https%3A%2F%2Fevil.example&" + good, good + "&nonce=%", good + "&nonce=%zz", good + "&nonce=%00",
            good + "&nonce=%ff%fe", good + "&nonce=%c0%af", good + "&nonce=%ed%a0%80", string.Join('&', Enumerable.Range(0, 200).Select(n => $"p{n}=1")) + "&" + good, "", "=", "&&&", "client_id", "%",
        ];
        foreach (var browser in new[] { await server.SignedIn(), server.NewBrowser() })
        {
            foreach (var query in queries)
            {
                var page = (await browser.Send(new HttpRequestMessage(HttpMethod.Get, new Uri(server.Api.Url("/authorize?" + query), new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true })))).Sound(query);
                Assert.True(page.Status == 400 && page.Location is null && page.Code is null, $"{query}: {page}");
                Assert.DoesNotContain("evil.example", page.Html, StringComparison.Ordinal);
            }
        }
    }

    private static IEnumerable<(string What, string? Type, byte[] Body)> Malformed(string good)
    {
        yield return ("JSON", "application/json", "{\"grant_type\":\"refresh_token\"}"u8.ToArray());
        yield return ("broken JSON", "application/json", "{\"a\":"u8.ToArray());
        yield return ("deep JSON", "application/json", Encoding.ASCII.GetBytes(new string('[', 20_000)));
        yield return ("a form called JSON", "application/json", Text(good));
        yield return ("a form called text", "text/plain", Text(good));
        yield return ("a form called XML", "application/xml", Text(good));
        yield return ("a form without a type", null, Text(good));
        yield return ("a type that is none", "; charset", Text(good));
        yield return ("multipart without a boundary", "multipart/form-data", Text(good));
        yield return ("multipart", "multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"grant_type\"\r\n\r\nrefresh_token\r\n--x--\r\n"u8.ToArray());
        yield return ("a lone percent sign", FormType, Text(good + "&x=%"));
        yield return ("a broken escape", FormType, Text(good + "&x=%zz"));
        yield return ("half an escape", FormType, Text(good + "&x=%4"));
        yield return ("an escaped NUL", FormType, Text(good + "&x=a%00b"));
        yield return ("a NUL", FormType, Text(good + "&x=a\0b"));
        yield return ("a NUL in a name", FormType, Text(good + "&x%00=a"));
        yield return ("bytes that are not UTF-8", FormType, [.. Text(good + "&x="), 0xff, 0xfe]);
        yield return ("escapes that are not UTF-8", FormType, Text(good + "&x=%ff%fe"));
        yield return ("overlong UTF-8", FormType, Text(good + "&x=%c0%af"));
        yield return ("a surrogate", FormType, Text(good + "&x=%ed%a0%80"));
        yield return ("UTF-16", FormType + "; charset=utf-16", Encoding.Unicode.GetBytes(good));
        yield return ("a parameter twice", FormType, Text(good + "&client_id=hostile"));
        yield return ("another value besides", FormType, Text("refresh_token=x&token=x&ticket=x&ticket=y&username=a&username=b&" + good));
        yield return ("two hundred parameters", FormType, Text(good + string.Concat(Enumerable.Range(0, 200).Select(n => $"&p{n}=1"))));
        yield return ("ten thousand parameters", FormType, Text(string.Join('&', Enumerable.Range(0, 10_000).Select(n => $"{n}=1")) + "&" + good));
        yield return ("a body too large", FormType, Text(good + "&x=" + new string('x', 70_000)));
        yield return ("a body far too large", FormType, Text(good + "&x=" + new string('x', 900_000)));
    }

    private static byte[] Text(string text) => Encoding.Latin1.GetBytes(text);
}
