using System.Text.Json.Nodes;

namespace Evergrant.Specs.Rfc8705;

/// <summary>RFC 8705 section 6.5: certificates that a proxy passes on; and the settings.</summary>
[Collection(typeof(MtlsCollection))]
public sealed class Section6_Proxies(MtlsServer server)
{
    private const string Proxy = "127.0.0.2";

    private static string Der => Convert.ToBase64String(MtlsClients.Own.RawData);

    private static string Pem => MtlsClients.Own.ExportCertificatePem();

    /// <summary>The header as proxies write it.</summary>
    public static TheoryData<string> Forms => [$":{Der}:", Der, Uri.EscapeDataString(Pem), Pem.ReplaceLineEndings(" "), $"Hash=abc;Cert=\"{Uri.EscapeDataString(Pem)}\";Subject=\"CN=mtls-self\""];

    [Theory, MemberData(nameof(Forms))]
    [Requirement("RFC8705-2.2-01", "ATTACK-199")]
    public async Task A_certificate_is_believed_from_a_trusted_proxy_and_from_nobody_else(string value)
    {
        Tokens.Of(await server.Behind(Proxy, MtlsClients.SelfSigned, "Client-Cert", value).ClientCredentials());
        (await server.Behind("127.0.0.3", MtlsClients.SelfSigned, "Client-Cert", value).ClientCredentials()).Expect(401, "invalid_client");
        (await server.With(null, MtlsClients.SelfSigned).Sending(("Client-Cert", value)).ClientCredentials()).Expect(401, "invalid_client");
    }

    [Theory]
    [Requirement("ATTACK-199")]
    [InlineData("X-Client-Cert")]
    [InlineData("X-SSL-Cert")]
    [InlineData("X-Forwarded-Client-Cert")]
    [InlineData("ssl-client-cert")]
    [InlineData("X-ARR-ClientCert")]
    public async Task Another_header_means_nothing_from_anybody(string header) => (await server.Behind(Proxy, MtlsClients.SelfSigned, header, Der).ClientCredentials()).Expect(401, "invalid_client");

    [Theory]
    [InlineData("x")]
    [InlineData("::")]
    [InlineData(":AAAA:")]
    [InlineData("%")]
    [InlineData("-----BEGIN CERTIFICATE-----")]
    [InlineData("Cert=\"AAAA\",Cert=\"AAAA\"")]
    [InlineData("Cert=\"")]
    public async Task What_is_no_certificate_is_none(string value) => (await server.Behind(Proxy, MtlsClients.SelfSigned, "Client-Cert", value).ClientCredentials()).Expect(401, "invalid_client");

    [Fact]
    public async Task Of_several_certificates_none_counts()
    {
        (await server.Behind(Proxy, MtlsClients.SelfSigned, "Client-Cert", Der).Sending(("Client-Cert", Der)).ClientCredentials()).Expect(401, "invalid_client");
        (await server.Behind(Proxy, MtlsClients.SelfSigned, "Client-Cert", $"Cert=\"{Uri.EscapeDataString(Pem)}\",Cert=\"{Uri.EscapeDataString(Pem)}\"").ClientCredentials()).Expect(401, "invalid_client");
    }

    [Fact]
    public async Task Settings_that_cannot_work_are_named_at_the_start()
    {
        var refused = await Refusals.Of(settings => settings["mutual_tls"] = new JsonObject { ["header"] = "Authorization", ["aliases"] = "http://x", ["authorities"] = "nowhere.pem", ["urls"] = new JsonArray("http://localhost:0") });
        Assert.NotEqual(0, refused.ExitCode);
        foreach (var setting in (string[])["mutual_tls.header", "mutual_tls.aliases", "mutual_tls.authorities", "mutual_tls.urls[0]"]) Assert.Contains(setting, refused.Output, StringComparison.Ordinal);
        refused = await Refusals.Of(settings => settings["mutual_tls"] = new JsonObject { ["aliases"] = "https://x.example" });
        Assert.Contains("mutual_tls.aliases", refused.Output, StringComparison.Ordinal);
    }
}
