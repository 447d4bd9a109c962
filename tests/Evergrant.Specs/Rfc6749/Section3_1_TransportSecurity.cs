using System.Net.Sockets;
using System.Text;

namespace Evergrant.Specs.Rfc6749;

/// <summary>RFC 6749 section 3.1: outside development nothing is served without TLS.</summary>
[Collection(typeof(ProductionCollection))]
public sealed class Section3_1_TransportSecurity(ProductionServer server)
{
    [Fact]
    [Requirement("RFC6749-3.1-04")]
    public async Task The_whole_flow_works_over_TLS()
    {
        var tokens = await server.Authorize(Clients.Web, "openid offline_access mail:read");

        Assert.Equal(server.Issuer, tokens.IdJwt.Claim("iss"));
        Tokens.Of(await server.Client(Clients.Web).Refresh(tokens.Refresh));
        (await server.Api.Get("/userinfo", tokens.AccessToken)).Expect(200);
    }

    [Theory]
    [InlineData("/authorize?response_type=code&client_id=web")]
    [InlineData("/sign-in")]
    [InlineData("/token")]
    [InlineData("/.well-known/openid-configuration")]
    [Requirement("RFC6749-3.1-04", "ATTACK-328")]
    public async Task Plain_HTTP_on_the_TLS_port_yields_nothing(string path)
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync("localhost", server.Port);
        await using var stream = connection.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost:{server.Port}\r\nConnection: close\r\n\r\n"));

        var answer = await ReadAll(stream);

        Assert.DoesNotContain("HTTP/1.1 200", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("HTTP/1.1 30", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("<html", answer, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("Location:", answer, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    [Requirement("RFC6749-3.1-04", "RFC8414-2-01", "OAUTH21-1.5-01")]
    public async Task An_http_issuer_does_not_start()
    {
        var refusal = await Refusals.Of(settings => settings["issuers"] = Refusals.Issuers("http://auth.example"));

        Assert.NotEqual(0, refusal.ExitCode);
        Assert.Contains("http://auth.example", refusal.Output + refusal.Errors, StringComparison.Ordinal);
    }

    [Fact]
    [Requirement("RFC6749-3.1-04")]
    public async Task A_plain_listener_without_a_proxy_does_not_start()
    {
        var refusal = await Refusals.Of(settings => settings["urls"] = new System.Text.Json.Nodes.JsonArray("http://localhost:8080"));

        Assert.NotEqual(0, refusal.ExitCode);
    }

    [Fact]
    [Requirement("RFC6749-3.1-04", "RFC9700-4.13-01", "ATTACK-328", "ATTACK-312")]
    public async Task A_plain_listener_serves_only_what_a_trusted_proxy_received_over_TLS()
    {
        await using var plain = new PlainListener();
        await plain.Start();
        var api = new Api(plain.NewHttp(), plain.Address);
        foreach (var path in new[] { "/authorize?response_type=code&client_id=web", "/sign-in", "/token" })
        {
            var bare = await api.Get(path);
            var spoofed = new HttpRequestMessage(HttpMethod.Get, plain.Address + path);
            spoofed.Headers.TryAddWithoutValidation("X-Forwarded-Proto", "https");
            var claimed = await api.Send(spoofed);
            Assert.All([bare, claimed], reply => Assert.True(reply.Status >= 400 && reply.Header("Location") is null && !reply.Body.Contains("password", StringComparison.Ordinal), reply.ToString()));
        }
    }

    private static async Task<string> ReadAll(NetworkStream stream)
    {
        var buffer = new byte[4096];
        var text = new StringBuilder();
        try
        {
            int read;
            while ((read = await stream.ReadAsync(buffer)) > 0) text.Append(Encoding.Latin1.GetString(buffer, 0, read));
        }
        catch (IOException)
        {
            // A connection that is reset has yielded nothing more.
        }

        return text.ToString();
    }
}
