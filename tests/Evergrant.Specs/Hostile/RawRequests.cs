using System.Text;

namespace Evergrant.Specs.Hostile;

/// <summary>Requests that are no good HTTP, byte by byte.</summary>
public sealed class RawRequests(Server server)
{
    private int Port => new Uri(server.Issuer).Port;

    private string Host => $"localhost:{Port}";

    [Theory]
    [InlineData("no HTTP at all\n\n")]
    [InlineData("GET /token\n\n")]
    [InlineData("GET  /token HTTP/1.1\nHost: {host}\n\n")]
    [InlineData("GET /token HTTP/1.1 x\nHost: {host}\n\n")]
    [InlineData("GET /token HTTP/9.9\nHost: {host}\n\n")]
    [InlineData("G\0T /token HTTP/1.1\nHost: {host}\n\n")]
    [InlineData("GET /to\0ken HTTP/1.1\nHost: {host}\n\n")]
    [InlineData("GET /token HTTP/1.1\n\n")]
    [InlineData("GET /token HTTP/1.1\nHost: {host}\nHost: {host}\n\n")]
    [InlineData("GET /token HTTP/1.1\nHost: a b\n\n")]
    [InlineData("GET /token HTTP/1.1\nHost: {host}\nBad Header: x\n\n")]
    [InlineData("GET /token HTTP/1.1\nHost: {host}\nX: a\0b\n\n")]
    [InlineData("GET /token HTTP/1.1\nHost: {host}\n folded: x\n\n")]
    [InlineData("GET /token HTTP/1.1\nHost: {host}\nNoColon\n\n")]
    [InlineData("POST /token HTTP/1.1\nHost: {host}\nContent-Length: -1\n\n")]
    [InlineData("POST /token HTTP/1.1\nHost: {host}\nContent-Length: 5\nContent-Length: 6\n\nabcde")]
    [InlineData("POST /token HTTP/1.1\nHost: {host}\nContent-Length: 99999999999999999999\n\n")]
    [InlineData("POST /token HTTP/1.1\nHost: {host}\nTransfer-Encoding: gzip\n\n")]
    public async Task What_is_no_request_is_refused_without_a_word(string request)
    {
        var answer = (await RawExchange.Send(Port, request.Replace("{host}", Host, StringComparison.Ordinal))).Sound(request);

        Assert.True(answer.Status is 0 or 400 or 501 or 505, $"{answer.Status}");
        Assert.Equal("", answer.Body);
    }

    [Theory]
    [InlineData("/%")]
    [InlineData("/token%zz")]
    [InlineData("/%00")]
    [InlineData("/token%00")]
    [InlineData("/%c0%af")]
    [InlineData("/%ff%fe")]
    [InlineData("/..%2f..%2fetc%2fpasswd")]
    [InlineData("/../../etc/passwd")]
    [InlineData("/.evergrant/../token")]
    [InlineData("//token")]
    [InlineData("/token/")]
    [InlineData("/TOKEN")]
    [InlineData("/token;x=1")]
    [InlineData("/playground/..%2f..%2fdev.json")]
    [InlineData("/dev.json")]
    [InlineData("http://evil.example/token")]
    [InlineData("*")]
    [InlineData("/.well-known/openid-configuration/..")]
    public async Task A_strange_path_leads_nowhere(string path)
    {
        var answer = (await RawExchange.Send(Port, $"GET {path} HTTP/1.1\nHost: {Host}\nConnection: close\n\n")).Sound(path);

        Assert.True(answer.Status is 400 or 404 or 405, $"{path}: {answer.Status}");
        Assert.DoesNotContain("root:", answer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("client_secret", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    [Requirement("ATTACK-324")]
    public async Task Headers_and_addresses_have_limits()
    {
        (string Request, int[] Statuses)[] cases =
        [
            ($"GET /jwks HTTP/1.1\nHost: {Host}\nX-Long: {new string('x', 20_000)}\n\n", [431]),
            ($"GET /jwks HTTP/1.1\nHost: {Host}\n{string.Concat(Enumerable.Range(0, 100).Select(n => $"X-{n}: 1\n"))}\n", [431]),
            ($"GET /authorize?state={new string('x', 20_000)} HTTP/1.1\nHost: {Host}\n\n", [414]),
            ($"GET /{new string('x', 20_000)} HTTP/1.1\nHost: {Host}\n\n", [414]),
            ($"POST /token HTTP/1.1\nHost: {Host}\nContent-Type: application/x-www-form-urlencoded\nContent-Length: 10000000\n\n", [413]),
            ($"POST /token HTTP/1.1\nHost: {Host}\nAuthorization: Basic {new string('A', 12_000)}\nContent-Type: application/x-www-form-urlencoded\nContent-Length: 3\nConnection: close\n\na=b", [400, 401]),
        ];

        foreach (var (request, statuses) in cases)
        {
            var answer = (await RawExchange.Send(Port, request)).Sound(request[..40]);
            Assert.True(statuses.Contains(answer.Status), $"{request[..60]}: {answer.Status}");
        }
    }

    [Fact]
    public async Task A_chunked_form_is_a_form_and_a_broken_one_is_none()
    {
        var client = server.Client(HostileClients.Target);
        var form = Api.Encode([("grant_type", "refresh_token"), ("refresh_token", "x"), ("client_id", client.Id), ("client_secret", client.Secret)]);
        var head = $"POST /token HTTP/1.1\nHost: {Host}\nContent-Type: application/x-www-form-urlencoded\nTransfer-Encoding: chunked\nConnection: close\n\n";

        var whole = await RawExchange.Send(Port, head + string.Concat(form.Chunk(7).Select(part => $"{part.Length:x}\n{new string(part)}\n")) + "0\n\n");
        var broken = await RawExchange.Send(Port, head + "zz\nabc\n0\n\n");
        var large = await RawExchange.Send(Port, head + string.Concat(Enumerable.Repeat($"4000\n{new string('a', 0x4000)}\n", 6)) + "0\n\n");
        var both = await RawExchange.Send(Port, head.Replace("Transfer-Encoding", "Content-Length: 3\nTransfer-Encoding", StringComparison.Ordinal) + $"{form.Length:x}\n{form}\n0\n\n");

        Assert.Equal(400, whole.Sound("whole").Status);
        Assert.Contains("invalid_grant", whole.Body, StringComparison.Ordinal);
        Assert.Equal(400, broken.Sound("broken").Status);
        Assert.Equal(413, large.Sound("large").Status);
        Assert.True(both.Sound("both").Status is 400, $"{both.Status}");
    }

    [Theory]
    [InlineData("TRACE")]
    [InlineData("CONNECT")]
    [InlineData("PROPFIND")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("PATCH")]
    [InlineData("LONGANDUNHEARDOF")]
    public async Task Other_methods_are_not_served_anywhere(string method)
    {
        foreach (var path in Surface.Paths)
        {
            var target = method == "CONNECT" ? Host : path;
            var answer = (await RawExchange.Send(Port, $"{method} {target} HTTP/1.1\nHost: {Host}\nX-Secret: echo-me\nContent-Length: 0\nConnection: close\n\n")).Sound($"{method} {path}");
            Assert.True(answer.Status is 400 or 404 or 405 or 501, $"{method} {path}: {answer.Status}");
            Assert.DoesNotContain("echo-me", answer.Body, StringComparison.Ordinal);
            if (answer.Status == 405 && method != "CONNECT") Assert.NotNull(answer.Header("Allow"));
        }
    }

    [Fact]
    [Requirement("ATTACK-309")]
    public async Task The_Host_header_chooses_nothing()
    {
        foreach (var host in new[] { "evil.example", "localhost.evil.example", "evil.example:" + Port, "localhost:1@evil.example", "[::1", "" })
        {
            var answer = (await RawExchange.Send(Port, $"GET /.well-known/openid-configuration HTTP/1.1\nHost: {host}\nConnection: close\n\n")).Sound(host);
            Assert.True(answer.Status is 400, $"{host}: {answer.Status}");
            Assert.DoesNotContain("evil", answer.Body, StringComparison.Ordinal);
        }

        foreach (var line in new[] { $"Host: 127.0.0.1:{Port}", $"Host: {Host}\nX-Forwarded-Host: evil.example", $"Host: {Host}\nForwarded: host=evil.example", $"Host: localhost" })
        {
            var answer = (await RawExchange.Send(Port, $"GET /.well-known/openid-configuration HTTP/1.1\n{line}\nConnection: close\n\n")).Sound(line);
            Assert.Equal(200, answer.Status);
            Assert.Contains($"\"issuer\":\"{server.Issuer}\"", answer.Body.Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
            Assert.DoesNotContain("evil", answer.Body, StringComparison.Ordinal);
            Assert.DoesNotContain("127.0.0.1", answer.Body, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_second_request_hidden_in_a_body_is_not_answered()
    {
        var smuggled = $"GET /jwks HTTP/1.1\r\nHost: {Host}\r\n\r\n";
        var request = $"POST /token HTTP/1.1\r\nHost: {Host}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {Encoding.Latin1.GetByteCount(smuggled)}\r\nConnection: close\r\n\r\n{smuggled}";

        var answer = (await RawExchange.Send(Port, Encoding.Latin1.GetBytes(request))).Sound("smuggled");

        Assert.InRange(answer.Status, 400, 401);
        Assert.DoesNotContain("\"keys\"", answer.Body, StringComparison.Ordinal);
    }
}
