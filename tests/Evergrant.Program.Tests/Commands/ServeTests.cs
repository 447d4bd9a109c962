using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Evergrant.Program.Tests.Harness;
using Evergrant.Tests;
using Xunit;

namespace Evergrant.Program.Tests.Commands;

public sealed class ServeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly int _port = RunningProgram.FreePort();
    private readonly HttpClient _http;
    private string _certificate = "";

    public ServeTests() => _http = new HttpClient(new SocketsHttpHandler
    {
        AllowAutoRedirect = false, SslOptions = { RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString(HashAlgorithmName.SHA256) == _certificate },
    });

    private string Issuer => $"https://localhost:{_port}";

    public void Dispose()
    {
        _http.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Settings_with_faults_end_with_two_and_one_message()
    {
        string config = _folder.Write("evergrant.json", """{ "data": "data", "issuers": [ { "issuer": "http://localhost" } ], "colour": "red" }""");
        Said said = await RunningProgram.Run("serve", "--config", config);
        Assert.Equal(2, said.ExitCode);
        Assert.Empty(said.Output);
        Assert.Contains("colour: no such setting (evergrant.json line 1)", said.Error, StringComparison.Ordinal);
        Assert.Contains("issuers[0].issuer: http://localhost is not https", said.Error, StringComparison.Ordinal);
        Assert.Contains("certificate.path: is missing", said.Error, StringComparison.Ordinal);
        Assert.Contains("root.key: is not there", said.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", said.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.At("data")));
    }

    [Fact]
    [Requirement("ATTACK-405", "ATTACK-404")]
    public async Task Missing_or_open_keys_are_refused_and_never_made()
    {
        string config = WriteSettings();
        Said missing = await RunningProgram.Run("serve", "--config", config);
        Assert.Equal(2, missing.ExitCode);
        Assert.Contains("evergrant init", missing.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await RunningProgram.Run("init", "--config", config)).ExitCode);
        File.SetUnixFileMode(_folder.At("data/root.key"), (UnixFileMode)0b110_100_100);
        Said open = await RunningProgram.Run("serve", "--config", config);
        Assert.Equal(2, open.ExitCode);
        Assert.Contains("others may read it", open.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_issuers_share_the_server_and_the_host_header_chooses_none()
    {
        _folder.Write("state.json", $$"""{ "clients": [ { "issuer": "{{Issuer}}/tenant", "client_id": "spa", "application_type": "browser", "redirect_uris": ["https://spa.example/cb"] } ], "scopes": [ { "name": "declared" } ] }""");
        string config = WriteSettings("\"apply\": \"state.json\"");
        Assert.Equal(0, (await RunningProgram.Run("init", "--config", config)).ExitCode);
        await using RunningProgram program = await RunningProgram.Start(Listens, "serve", "--config", config);
        foreach (string issuer in (string[])[Issuer, Issuer + "/tenant"])
        {
            using JsonDocument metadata = JsonDocument.Parse(await _http.GetStringAsync(issuer + "/.well-known/openid-configuration"));
            Assert.Equal(issuer, metadata.RootElement.GetProperty("issuer").GetString());
            Assert.Contains("declared", metadata.RootElement.GetProperty("scopes_supported").ToString(), StringComparison.Ordinal);
        }
        using var foreign = new HttpRequestMessage(HttpMethod.Get, Issuer + "/.well-known/openid-configuration") { Headers = { Host = "evil.example" } };
        Assert.Equal(HttpStatusCode.BadRequest, (await _http.SendAsync(foreign)).StatusCode);

        // Nothing of development mode is there.
        Assert.Equal(HttpStatusCode.NotFound, (await _http.PostAsync(Issuer + "/dev/clock", JsonContent())).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _http.GetAsync(Issuer + "/playground")).StatusCode);
        Assert.False(File.Exists(_folder.At("data/dev.json")));
        Assert.Contains("spa", (await RunningProgram.Run("client", "list", "--config", config)).Output, StringComparison.Ordinal);
        Said loopback = await RunningProgram.Run("client", "add", "loop", "--redirect-uri", "http://localhost/cb", "--config", config);
        Assert.Equal(2, loopback.ExitCode);
        Assert.Equal(0, await program.Stop("TERM"));
    }

    [Fact]
    public async Task A_declared_client_whose_secret_nobody_would_be_told_is_refused_at_start()
    {
        _folder.Write("state.json", $$"""{ "clients": [ { "issuer": "{{Issuer}}", "client_id": "web", "redirect_uris": ["https://web.example/cb"] } ] }""");
        string config = WriteSettings("\"apply\": \"state.json\"");
        Assert.Equal(0, (await RunningProgram.Run("init", "--config", config)).ExitCode);
        Said refused = await RunningProgram.Run("serve", "--config", config);
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("evergrant apply -f", refused.Error, StringComparison.Ordinal);
        Said applied = await RunningProgram.Run("apply", "-f", _folder.At("state.json"), "--yes", "--config", config);
        Assert.Contains("client_secret evs_", applied.Output, StringComparison.Ordinal);
        await using RunningProgram program = await RunningProgram.Start(Listens, "serve", "--config", config);
        Assert.Equal(0, await program.Stop("TERM"));
    }

    [Fact]
    [Requirement("ATTACK-405")]
    public async Task A_root_key_of_another_store_is_refused_and_found_by_the_doctor()
    {
        string config = WriteSettings();
        await RunningProgram.Run("init", "--config", config);
        Assert.Equal(0, (await RunningProgram.Run("key", "list", "--config", config)).ExitCode);
        File.Delete(_folder.At("data/root.key"));
        await RunningProgram.Run("init", "--config", config);
        Said said = await RunningProgram.Run("serve", "--config", config);
        Assert.Equal(2, said.ExitCode);
        Assert.Contains("is not the root key of this store", said.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", said.Error, StringComparison.Ordinal);
        Said doctor = await RunningProgram.Run("doctor", "--config", config);
        Assert.Equal(1, doctor.ExitCode);
        Assert.Contains("is not the root key of this store", doctor.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_doctor_finds_what_is_wrong()
    {
        string config = WriteSettings();
        await RunningProgram.Run("init", "--config", config);
        // A client of development mode in a production folder, a scope that is gone, an open file, an issuer that the certificate does not name.
        Assert.Equal(0, (await RunningProgram.RunWith($$"""{ "scopes": [ { "name": "gone" } ], "clients": [ { "issuer": "{{Issuer}}", "client_id": "c", "scope": "gone", "redirect_uris": ["https://c.example/cb"], "require_pkce": false } ] }""", "apply", "-f", "-", "--yes", "--config", config)).ExitCode);
        Assert.Equal(0, (await RunningProgram.RunWith("""{ "scopes": [], "prune": true }""", "apply", "-f", "-", "--yes", "--config", config)).ExitCode);
        File.SetUnixFileMode(_folder.At("data"), (UnixFileMode)0b111_101_101);
        File.WriteAllText(config, File.ReadAllText(config).Replace(Issuer + "\"", "https://elsewhere.example\"", StringComparison.Ordinal).Replace($"\"urls\": [\"https://elsewhere.example\"]", $"\"urls\": [\"{Issuer}\"]", StringComparison.Ordinal));
        Said said = await RunningProgram.Run("doctor", "--json", "--config", config);
        Assert.Equal(1, said.ExitCode);
        foreach (string text in (string[])["others may enter", "the certificate is not for elsewhere.example", "nobody can sign in", "is registered at " + Issuer])
        {
            Assert.Contains(text, said.Output, StringComparison.Ordinal);
        }
        File.WriteAllText(config, File.ReadAllText(config).Replace("https://elsewhere.example\"", Issuer + "\"", StringComparison.Ordinal));
        Said other = await RunningProgram.Run("doctor", "--config", config);
        Assert.Contains("c has the scope gone, which is declared no more", other.Output, StringComparison.Ordinal);
        Assert.Contains("c may leave out PKCE", other.Output, StringComparison.Ordinal);

        File.WriteAllText(config, "{}");
        Said faulty = await RunningProgram.Run("doctor", "--config", config);
        Assert.Equal(1, faulty.ExitCode);
        Assert.Contains("fault    settings: data: is missing", faulty.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Init_writes_settings_that_serve_takes_and_changes_nothing_the_second_time()
    {
        string data = _folder.At("fresh");
        Said first = await RunningProgram.Run("init", "--data", data, "--issuer", "https://id.example");
        Assert.Equal(0, first.ExitCode);
        string key = File.ReadAllText(Path.Combine(data, "root.key"));
        Assert.Equal(0, (await RunningProgram.Run("init", "--data", data, "--issuer", "https://other.example")).ExitCode);
        Assert.Equal(key, File.ReadAllText(Path.Combine(data, "root.key")));
        Assert.Contains("https://id.example", File.ReadAllText(Path.Combine(data, "evergrant.json")), StringComparison.Ordinal);
        Assert.Equal(0, (await RunningProgram.Run("doctor", "--data", data)).ExitCode);
        Said plain = await RunningProgram.Run("init", "--data", _folder.At("x"), "--issuer", "http://id.example");
        Assert.Equal((2, "evergrant: --issuer: http://id.example is not https; only development mode (evergrant start) serves http"), (plain.ExitCode, plain.Error.Trim()));
        Assert.False(File.Exists(_folder.At("x/evergrant.json")));
        Assert.Equal(2, (await RunningProgram.Run("client", "list", "--data", _folder.At("nowhere"))).ExitCode);
    }

    private static StringContent JsonContent() => new("""{"advance":"01:00:00"}""", System.Text.Encoding.UTF8, "application/json");

    private async Task<bool> Listens()
    {
        try
        {
            return (await _http.GetAsync(Issuer + "/health/ready")).StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private string WriteSettings(string? further = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));
        _certificate = certificate.GetCertHashString(HashAlgorithmName.SHA256);
        _folder.Write("cert.pem", certificate.ExportCertificatePem());
        File.SetUnixFileMode(_folder.Write("key.pem", key.ExportPkcs8PrivateKeyPem()), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return _folder.Write("evergrant.json", $$"""
            { "data": "data",
              "issuers": [ { "issuer": "{{Issuer}}" }, { "issuer": "{{Issuer}}/tenant" } ],
              "urls": ["{{Issuer}}"],
              "certificate": { "path": "cert.pem", "key_path": "key.pem" }{{(further is null ? "" : ", " + further)}} }
            """);
    }
}
