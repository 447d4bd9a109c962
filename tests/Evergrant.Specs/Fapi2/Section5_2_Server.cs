using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using System.Text.Json.Nodes;
using Evergrant.Specs.Certification;
using Evergrant.Specs.Rfc9449;

namespace Evergrant.Specs.Fapi2;

/// <summary>FAPI 2.0 Security Profile sections 5.2 and 5.4, and FAPI-CIBA section 7: a server whose profile is FAPI's, as it is seen from outside.</summary>
public sealed class Section5_2_Server(FapiServer server) : IClassFixture<FapiServer>
{
    private static readonly string[] Algorithms = ["PS256", "ES256"];

    [Fact]
    [Module("fapi2-security-profile-final-discovery-end-point-verification", In = Plans.Fapi)]
    [Module("fapi-ciba-id1-discovery-end-point-verification")]
    [Requirement("FAPI2-SP-5.3.2.1-01", "FAPI2-SP-5.3.2.1-06", "FAPI2-SP-5.4.1-02", "FAPI2-SP-5.4.1-03", "FAPI-CIBA-5.2.2-03")]
    public async Task The_metadata_promise_nothing_that_the_profile_forbids()
    {
        var metadata = (await server.Api.Discovery()).Json;
        Assert.True(System.Text.Json.JsonElement.DeepEquals(metadata, (await server.Api.Metadata()).Json));
        IReadOnlyList<string> List(string member) => [.. metadata.GetProperty(member).EnumerateArray().Select(value => value.GetString()!)];
        Assert.Equal(server.Issuer, metadata.GetProperty("issuer").GetString());
        Assert.Equal(["code"], List("response_types_supported"));
        Assert.Equal(["S256"], List("code_challenge_methods_supported"));
        Assert.Equal(["private_key_jwt"], List("token_endpoint_auth_methods_supported"));
        foreach (var member in metadata.EnumerateObject().Where(member => member.Name.EndsWith("_signing_alg_values_supported", StringComparison.Ordinal)))
        {
            Assert.NotEmpty(List(member.Name));
            Assert.Empty(List(member.Name).Except(Algorithms));
        }
        foreach (var member in new[] { "dpop_signing_alg_values_supported", "authorization_signing_alg_values_supported", "request_object_signing_alg_values_supported", "backchannel_authentication_request_signing_alg_values_supported" })
            Assert.Contains("ES256", List(member));
        foreach (var member in new[] { "require_pushed_authorization_requests", "require_signed_request_object", "authorization_response_iss_parameter_supported" }) Assert.True(metadata.GetProperty(member).GetBoolean(), member);
        Assert.Contains("jwt", List("response_modes_supported"));
        Assert.Empty(List("grant_types_supported").Intersect(["implicit", "password"]));
        Assert.StartsWith(server.Issuer + "/", metadata.GetProperty("pushed_authorization_request_endpoint").GetString(), StringComparison.Ordinal);

        Assert.Equal(["poll", "ping"], List("backchannel_token_delivery_modes_supported"));
        Assert.StartsWith(server.Issuer + "/", metadata.GetProperty("backchannel_authentication_endpoint").GetString(), StringComparison.Ordinal);
        Assert.Contains(Specs.Ciba.CibaClients.GrantType, List("grant_types_supported"));
        Assert.False(metadata.GetProperty("backchannel_user_code_parameter_supported").GetBoolean());
    }

    [Fact]
    [Module("fapi2-security-profile-final-ensure-holder-of-key-required", In = Plans.Fapi)]
    [Module("fapi-ciba-id1-ensure-mtls-holder-of-key-required")]
    [Requirement(
        "FAPI2-SP-5.2.1-01", "FAPI2-SP-5.2.1-02", "FAPI2-SP-5.2.1-03", "FAPI2-SP-5.2.2-01", "FAPI2-SP-5.2.3-01", "FAPI2-SP-5.2.3-02", "FAPI2-SP-5.2.3-03", "FAPI2-SP-5.4.2-01", "FAPI2-AM-7.4-01", "FAPI-CIBA-7.9-01")]
    public async Task Everything_goes_over_TLS_of_today_with_the_suites_that_are_recommended()
    {
        foreach (var member in (await server.Api.Discovery()).Json.EnumerateObject().Where(member => member.Name.EndsWith("_endpoint", StringComparison.Ordinal) || member.Name == "jwks_uri"))
            Assert.StartsWith("https://", member.Value.GetString(), StringComparison.Ordinal);
        Assert.Equal(SslProtocols.Tls13, await Handshake(SslProtocols.Tls13));
#pragma warning disable SYSLIB0039, CA5397 // The versions that must be refused.
        foreach (var old in new[] { SslProtocols.Tls, SslProtocols.Tls11 }) Assert.Null(await Handshake(old));
#pragma warning restore SYSLIB0039, CA5397 // The rule holds again.
        using var plain = new TcpClient();
        await plain.ConnectAsync("localhost", server.Port);
        await plain.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"GET /jwks HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        using var answer = new StreamReader(plain.GetStream(), Encoding.Latin1);
        Assert.DoesNotContain("\"keys\"", await End(answer), StringComparison.Ordinal);
        // And outbound: what is fetched is fetched over TLS.
        var http = FapiServer.Unnamed with { Id = "fapi-http", Jwks = null, Further = new Dictionary<string, JsonNode> { ["jwks_uri"] = "http://fapi.example/jwks" } };
        Assert.NotEqual(0, (await server.Apply(DeclaredState.Json(server.Issuer, http))).ExitCode);

        var request = new HttpRequestMessage(HttpMethod.Get, server.Api.Url("/authorize?client_id=fapi-unnamed"));
        request.Headers.TryAddWithoutValidation("Origin", "https://fapi.example");
        var page = await server.Api.Send(request);
        Assert.Null(page.Header("Access-Control-Allow-Origin"));
        Assert.Equal("max-age=63072000; includeSubDomains", page.Header("Strict-Transport-Security"));

        // Windows knows suites for the whole machine only, on either side.
        if (OperatingSystem.IsWindows()) return;
        foreach (var good in new[] { TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 }) Assert.Equal(SslProtocols.Tls12, await Handshake(SslProtocols.Tls12, good));
        foreach (var bad in new[]
        {
            TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8,
        })
            Assert.Null(await Handshake(SslProtocols.Tls12, bad));
    }

    [Fact]
    [Module("fapi2-security-profile-final-ensure-holder-of-key-required", In = Plans.Fapi)]
    [Requirement("FAPI2-SP-5.3.2.1-04", "FAPI2-SP-5.4.2-02", "FAPI2-SP-5.4.2-03", "FAPI2-SP-5.4.1-04", "FAPI2-SP-5.4.1-05", "FAPI2-MS-5.5.1-01")]
    public async Task A_client_that_names_no_profile_has_the_servers_and_all_its_tokens_are_signed_so()
    {
        var key = new DpopKey();
        var request = new AuthorizationRequest(server.Client(FapiServer.Unnamed)).With(("scope", "openid offline_access mail:read"), ("response_mode", "jwt"));
        var page = (await server.SignIn(request)).Expect(PageKind.Redirect);
        var code = page.Told("code")!;
        (await request.Client.Redeem(request, code)).Expect(400, "invalid_dpop_proof");
        (await request.Client.With(new DpopKey("RS256"), server).Redeem(request, code)).Expect(400, "invalid_dpop_proof");
        var tokens = Tokens.Of(await request.Client.With(key, server).Redeem(request, code)).IsBoundTo(key);
        (await key.UserInfo(server, tokens.AccessToken)).Expect(200);
        var introspected = await request.Client.Sending(("Accept", "application/token-introspection+jwt")).Introspect(tokens.AccessToken);
        foreach (var jwt in new[] { tokens.IdJwt, tokens.AccessJwt, Jwt.Parse(page["response"]!), Jwt.Parse(introspected.Expect(200).Body) })
        {
            Assert.Contains(jwt.Algorithm, Algorithms);
            Assert.True(jwt.VerifiesWith((await server.Api.Jwks()).Json));
            foreach (var header in new[] { "x5u", "jku", "jwk", "x5c" }) Assert.False(jwt.Header.TryGetProperty(header, out _), header);
        }
        var keys = (await server.Api.Jwks()).Json.GetProperty("keys").EnumerateArray().ToList();
        Assert.Equal(keys.Count, keys.Select(one => one.GetProperty("kid").GetString()).Distinct().Count());
        foreach (var one in keys)
        {
            if (one.GetProperty("kty").GetString() == "RSA") Assert.True(one.GetProperty("n").GetString()!.Length * 6 >= 2048);
            else Assert.Contains(one.GetProperty("crv").GetString(), new[] { "P-256", "P-384", "P-521" });
        }
    }

    private static async Task<string> End(StreamReader reader)
    {
        try
        {
            return await reader.ReadToEndAsync();
        }
        catch (IOException)
        {
            return "";
        }
    }

    private async Task<SslProtocols?> Handshake(SslProtocols protocols, TlsCipherSuite? suite = null)
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync("localhost", server.Port);
        await using var tls = new SslStream(connection.GetStream(), false, (_, certificate, _, _) => certificate is not null);
        try
        {
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", EnabledSslProtocols = protocols, CipherSuitesPolicy = suite is { } one && !OperatingSystem.IsWindows() ? new CipherSuitesPolicy([one]) : null });
            return tls.SslProtocol;
        }
        catch (Exception refused) when (refused is AuthenticationException or IOException)
        {
            return null;
        }
    }
}
