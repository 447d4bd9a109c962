using System.IO.Compression;
using System.Net.Sockets;
using System.Text;
using Evergrant.Specs.Hostile;

namespace Evergrant.Specs.Attacks;

/// <summary>Requests that are HTTP in name only: hosts, paths, framing, bodies.</summary>
public sealed class Http(Server server)
{
    private string Host => $"localhost:{server.Port()}";

    [Fact]
    [Requirement("ATTACK-309", "ATTACK-310", "ATTACK-312")]
    public async Task Neither_Host_nor_what_is_said_of_the_way_changes_an_address()
    {
        var query = new AuthorizationRequest(server.Client(AttackClients.App)).With("prompt", "none").Query;
        foreach (var path in new[] { "/.well-known/openid-configuration", "/authorize?" + query, "/token", "/sign-in", "/jwks" })
        {
            foreach (var host in new[] { "evil.test", "evil.test:" + server.Port(), "localhost.evil.test", "user@localhost", "localhost:80@evil.test", "localhost evil.test", "localhost,evil.test", "[::ffff:127.0.0.1", "", "localhost/evil" })
            {
                var answer = (await RawExchange.Send(server.Port(), $"GET {path} HTTP/1.1\nHost: {host}\nConnection: close\n\n")).Sound(host);
                Assert.True(answer.Status == 400, $"{host} {path}: {answer.Status}");
                Assert.DoesNotContain("evil", answer.Body + answer.Header("Location"), StringComparison.Ordinal);
            }

            Assert.Equal(400, (await RawExchange.Send(server.Port(), $"GET {path} HTTP/1.1\nHost: {Host}\nHost: evil.test\nConnection: close\n\n")).Status);
            Assert.Equal(400, (await RawExchange.Send(server.Port(), $"GET http://evil.test{path} HTTP/1.1\nHost: {Host}\nConnection: close\n\n")).Status);
            var plain = await RawExchange.Send(server.Port(), $"GET {path} HTTP/1.1\nHost: {Host}\nConnection: close\n\n");
            foreach (var claim in new[] { "X-Forwarded-Host: evil.test", "X-Forwarded-Proto: https", "X-Forwarded-Prefix: /evil", "X-Forwarded-For: 203.0.113.9", "Forwarded: for=203.0.113.9;host=evil.test;proto=https", "X-Real-IP: 203.0.113.9", "X-Original-URL: /admin/explain", "X-Rewrite-URL: /admin/explain", "X-Original-Host: evil.test" })
            {
                var claimed = await RawExchange.Send(server.Port(), $"GET {path} HTTP/1.1\nHost: {Host}\n{claim}\nConnection: close\n\n");
                Assert.Equal(plain.Status, claimed.Status);
                Assert.DoesNotContain("evil", claimed.Body + claimed.Header("Location"), StringComparison.Ordinal);
                if (path.StartsWith("/.well", StringComparison.Ordinal) || path == "/jwks") Assert.Equal(plain.Body, claimed.Body);
                Assert.DoesNotContain(claimed.Headers, header => header.Name.Equals("Set-Cookie", StringComparison.OrdinalIgnoreCase) && header.Value.Contains("secure", StringComparison.OrdinalIgnoreCase));
            }
        }
    }

    [Fact]
    [Requirement("ATTACK-313", "ATTACK-339")]
    public async Task No_spelling_of_a_path_gets_around_its_guard()
    {
        var alice = await server.SignedIn();
        foreach (var path in new[]
        {
            "/admin/explain;x", "/admin;x/explain", "/%61dmin/explain", "//admin/explain", "/admin//explain", "/admin/./explain", "/admin/explain/.", "/Admin/Explain", "/ADMIN/EXPLAIN", "/admin%2fexplain", "/admin%2f..%2fexplain", "/token/%2e%2e/admin/explain", "/token/../admin/explain", "/admin/explain/", "/admin/explain.",
            "/admin/explain%00", "/admin/explain%20", "/admin/explain.css", "/admin\\explain", "/sign-in/..;/admin/explain", "/account/x.css", "/account.css", "/account/.js", "/authorize/.js", "/authorize/x.png", "/sign-in/a.css", "/userinfo/x.css", "/account%2fx.css", "/account;x.css", "/account/%2e.css", "/token.json",
        })
        {
            foreach (var request in new[] { (Browser?)null, alice })
            {
                int status;
                string? location, caching;
                if (request is null)
                {
                    var raw = (await server.Raw("GET", path)).Sound(path);
                    (status, location, caching) = (raw.Status, raw.Header("Location"), raw.Header("Cache-Control"));
                }
                else
                {
                    var page = await request.Send(new HttpRequestMessage(HttpMethod.Get, new Uri(server.Issuer + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true })));
                    (status, location, caching) = (page.Status, page.Location, page.Header("Cache-Control"));
                    // Alice is no operator: the page itself says so.
                    Assert.DoesNotContain("form_token", page.Html.Contains("explain", StringComparison.OrdinalIgnoreCase) ? page.Html : "", StringComparison.Ordinal);
                }

                Assert.True(status is 404 or 400 or 403 or 405 || (status == 303 && location!.Contains("/sign-in", StringComparison.Ordinal)), $"{path}: {status} {location}");
                Assert.True(caching is null || caching.Contains("no-store", StringComparison.Ordinal), $"{path}: {caching}");
            }
        }
    }

    [Fact]
    [Requirement("ATTACK-314", "ATTACK-315")]
    public async Task Where_one_request_ends_is_never_in_doubt()
    {
        const string Smuggled = "GET /jwks HTTP/1.1\r\nHost: x\r\n\r\n";
        var post = $"POST /token HTTP/1.1\r\nHost: {Host}\r\nContent-Type: application/x-www-form-urlencoded\r\n";
        foreach (var (what, bytes) in new[]
        {
            ("CL and TE", post + $"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{Smuggled}"), ("TE and CL", post + $"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n5\r\nabcde\r\n0\r\n\r\n{Smuggled}"), ("TE twice", post + $"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n{Smuggled}"),
            ("TE that is none", post + $"Transfer-Encoding: xchunked\r\nContent-Length: 3\r\n\r\na=b{Smuggled}"), ("TE with a space", post + $"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n{Smuggled}"), ("TE with a tab", post + $"Transfer-Encoding:\tchunked, identity\r\n\r\n0\r\n\r\n{Smuggled}"), ("two lengths", post + $"Content-Length: 3\r\nContent-Length: 30\r\n\r\na=b{Smuggled}"),
            ("two lengths in one", post + $"Content-Length: 3, 30\r\n\r\na=b{Smuggled}"), ("a sign", post + $"Content-Length: +3\r\n\r\na=b{Smuggled}"), ("hexadecimal", post + $"Content-Length: 0x3\r\n\r\na=b{Smuggled}"), ("a folded header", post + $"X: a\r\n Content-Length: 3\r\n\r\na=b{Smuggled}"), ("bare line ends", (post + $"Content-Length: 3\r\n\r\n").Replace("\r\n", "\r", StringComparison.Ordinal) + "a=b"),
            ("a negative chunk", post + $"Transfer-Encoding: chunked\r\n\r\n-1\r\nabc\r\n0\r\n\r\n{Smuggled}"), ("a huge chunk", post + $"Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nabc\r\n0\r\n\r\n{Smuggled}"), ("a chunk without its end", post + $"Transfer-Encoding: chunked\r\n\r\n3\r\nabcX0\r\n\r\n{Smuggled}"), ("an extension with a line feed", post + $"Transfer-Encoding: chunked\r\n\r\n3;x\nabc\r\n0\r\n\r\n{Smuggled}"),
            ("an extension with a return", post + $"Transfer-Encoding: chunked\r\n\r\n3;x\rabc\r\n0\r\n\r\n{Smuggled}"), ("HTTP/1.0 with TE", post.Replace("HTTP/1.1", "HTTP/1.0", StringComparison.Ordinal) + $"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n{Smuggled}"), ("NUL in a header", post + $"X: a\0b\r\nContent-Length: 3\r\n\r\na=b{Smuggled}"),
        })
        {
            var text = await Whole(bytes);
            Assert.DoesNotContain("\"keys\"", text, StringComparison.Ordinal);
            var answers = text.Split("HTTP/1.").Length - 1;
            Assert.True(answers <= 1, $"{what}: {answers} answers");
            if (answers == 1) Assert.True(text.StartsWith("HTTP/1.1 4", StringComparison.Ordinal) || text.StartsWith("HTTP/1.1 5", StringComparison.Ordinal), $"{what}: {text[..Math.Min(20, text.Length)]}");
        }
    }

    [Fact]
    [Requirement("ATTACK-323", "ATTACK-324", "ATTACK-342")]
    public async Task Every_body_address_and_header_has_its_limit()
    {
        string[] paths = ["/token", "/revoke", "/introspect", "/device_authorization", "/userinfo", "/authorize", "/consent", "/device", "/device/answer", "/sign-in", "/sign-out", "/account", "/select-account", "/admin/explain"];
        // All at once: after its answer the server waits a while for the rest of a body.
        await Task.WhenAll(from path in paths from size in new[] { 64 * 1024 + 1, 1 << 20, 30_000_000 } select Declared(path, size));
        async Task Declared(string path, int size)
        {
            var declared = (await server.Raw("POST", path, $"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {size}\r\n")).Sound(path);
            Assert.True(declared.Status == 413 || (declared.Status is 400 or 401 or 403 && path is "/consent" or "/device" or "/device/answer" or "/userinfo"), $"{path} {size}: {declared.Status}");
        }

        // Without an end.
        var endless = await Whole($"POST /token HTTP/1.1\r\nHost: {Host}\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n" + string.Concat(Enumerable.Repeat($"4000\r\n{new string('a', 0x4000)}\r\n", 6)));
        Assert.True(endless.Length == 0 || endless.StartsWith("HTTP/1.1 413", StringComparison.Ordinal), endless);
        foreach (var headers in new[] { $"X: {new string('x', 32_768)}\r\n", string.Concat(Enumerable.Range(0, 1_000).Select(n => $"X-{n}: y\r\n")), $"Cookie: a={new string('c', 16_384)}\r\n" }) Assert.Equal(431, (await server.Raw("GET", "/sign-in", headers)).Sound("headers").Status);
        Assert.Equal(414, (await server.Raw("GET", "/authorize?" + new string('q', 16_384))).Sound("address").Status);
        foreach (var (path, status) in new[] { ("/nowhere", 404), ("/token", 405), ("/userinfo", 401) }) Assert.Equal(status, (await server.Raw("GET", path)).Sound(path).Status);
    }

    [Fact]
    [Requirement("ATTACK-325", "ATTACK-332", "ATTACK-326")]
    public async Task Nothing_is_packed_or_unpacked_and_no_part_is_served()
    {
        var app = server.Client(AttackClients.App);
        var tokens = await server.Authorize(AttackClients.App, "openid offline_access");
        var form = Encoding.ASCII.GetBytes(Api.Encode([("grant_type", "refresh_token"), ("refresh_token", tokens.Refresh)]) + "&x=" + new string('x', 1_000_000));
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true)) await gzip.WriteAsync(form);
        foreach (var encoding in new[] { "gzip", "br", "deflate", "gzip, gzip", "identity" })
        {
            foreach (var path in new[] { "/token", "/introspect", "/revoke", "/sign-in", "/consent", "/authorize", "/device" })
            {
                var request = new HttpRequestMessage(HttpMethod.Post, server.Api.Url(path)) { Content = new ByteArrayContent(packed.ToArray()) };
                request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/x-www-form-urlencoded");
                request.Content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
                request.Headers.TryAddWithoutValidation("Authorization", Api.Basic(app.Id, app.Secret));
                var reply = (await server.Api.Send(request)).Sound(path);
                Assert.True(reply.Status is 400 or 415, $"{path} {encoding}: {reply}");
            }
        }

        (await app.Refresh(tokens.Refresh)).Expect(200);
        var alice = await server.SignedIn();
        foreach (var path in new[] { "/account", "/sign-in", "/sign-out", "/jwks", "/.well-known/openid-configuration", "/authorize?" + new AuthorizationRequest(server.Client(AttackClients.App)).With("response_mode", "form_post").Query })
        {
            var request = new HttpRequestMessage(HttpMethod.Get, server.Api.Url(path));
            request.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip, br, deflate, zstd");
            request.Headers.TryAddWithoutValidation("Range", "bytes=" + string.Join(',', Enumerable.Range(0, 1_000).Select(n => $"{n}-{n + 1}")));
            var page = await alice.Send(request);
            Assert.Equal(200, page.Status);
            Assert.Null(page.Header("Content-Encoding"));
            Assert.Null(page.Header("Content-Range"));
        }

        var any = new HttpRequestMessage(HttpMethod.Get, server.Api.Url("/jwks"));
        any.Headers.TryAddWithoutValidation("If-None-Match", "*");
        Assert.Contains((await server.Api.Send(any)).Status, new[] { 200, 304 });
    }

    [Fact]
    [Requirement("ATTACK-327", "ATTACK-331", "ATTACK-318")]
    public async Task Other_methods_and_protocols_tell_nothing()
    {
        var options = (await server.Raw("OPTIONS", "*")).Sound("OPTIONS *");
        Assert.True(options.Status is 200 or 204 or 400 or 404 or 405, $"{options.Status}");
        foreach (var path in Surface.Paths)
        {
            foreach (var method in new[] { "TRACE", "TRACK" })
            {
                var answer = (await server.Raw(method, path, "X-Secret: echo-me\r\nCookie: a=echo-me\r\nContent-Length: 0\r\n")).Sound(path);
                Assert.True(answer.Status is 405 or 404, $"{method} {path}: {answer.Status}");
                Assert.DoesNotContain("echo-me", answer.Body, StringComparison.Ordinal);
            }

            foreach (var upgrade in new[] { "Upgrade: websocket\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n", "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n", "Upgrade: TLS/1.0\r\n" })
            {
                // No Connection: close here; the header names the upgrade.
                var text = await Whole($"GET {path} HTTP/1.1\r\nHost: {Host}\r\n{upgrade}Connection: Upgrade, close\r\n\r\n");
                Assert.False(text.StartsWith("HTTP/1.1 101", StringComparison.Ordinal), path);
            }

            Assert.Null((await server.Raw("GET", path)).Header("Alt-Svc"));
        }
    }

    [Fact]
    [Requirement("ATTACK-330")]
    public async Task Of_a_thousand_requests_on_one_connection_each_is_judged_alone()
    {
        var alices = (await server.Authorize(AttackClients.App, "openid profile")).AccessToken;
        var bobs = (await server.Authorize(AttackClients.App, "openid profile", await server.SignedIn(Users.Bob))).AccessToken;
        var names = new[] { Users.Alice.Name, Users.Bob.Name, null };
        var requests = new StringBuilder();
        for (var n = 0; n < 1_000; n++)
        {
            var bearer = (n % 3) switch { 0 => alices, 1 => bobs, _ => null };
            requests.Append($"GET /userinfo HTTP/1.1\r\nHost: {Host}\r\n{(bearer is null ? "" : $"Authorization: Bearer {bearer}\r\n")}{(n == 999 ? "Connection: close\r\n" : "")}\r\n");
        }

        var answers = (await Whole(requests.ToString(), closes: true)).Split("HTTP/1.1 ").Skip(1).ToList();
        Assert.Equal(1_000, answers.Count);
        for (var n = 0; n < answers.Count; n++)
        {
            var expected = names[n % 3];
            Assert.StartsWith(expected is null ? "401" : "200", answers[n], StringComparison.Ordinal);
            foreach (var name in names.Where(name => name is not null)) Assert.Equal(name == expected, answers[n].Contains(name!, StringComparison.Ordinal));
        }
    }

    private async Task<string> Whole(string bytes, bool closes = false)
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync("localhost", server.Port());
        await using var stream = connection.GetStream();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var answer = new MemoryStream();
        var reading = stream.CopyToAsync(answer, patience.Token);
        try
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(bytes), patience.Token);
            if (!closes) connection.Client.Shutdown(SocketShutdown.Send);
            await reading;
        }
        catch (IOException)
        {
            // Reset while bytes were under way: what came before counts.
        }

        return Encoding.Latin1.GetString(answer.ToArray());
    }
}
