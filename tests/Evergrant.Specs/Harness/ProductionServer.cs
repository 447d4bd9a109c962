using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Xunit;

namespace Evergrant.Specs.Harness;

/// <summary>A server started by <c>evergrant serve</c>: https with a certificate made here, and three issuers.</summary>
public class ProductionServer : RunningServer
{
    /// <summary>Values of <c>pushed_requests</c> and <c>signed_requests</c>; null for what holds when they are not set.</summary>
    protected virtual string? DemandedRequests => null;

    /// <summary>Value of <c>self_registration</c>; null for what holds when it is not set.</summary>
    protected virtual string? SelfRegistration => null;

    /// <summary>Value of <c>session_management</c>; null for what holds when it is not set.</summary>
    protected virtual string? SessionManagement => "on";

    /// <summary>Value of <c>profile</c>; null for what holds when it is not set.</summary>
    protected virtual string? Profile => null;

    private readonly int port = FreePort();
    private readonly X509Certificate2 certificate = SelfSigned();

    /// <inheritdoc/>
    public override string Issuer => $"https://localhost:{port}";

    /// <summary>The second issuer, with a path.</summary>
    public string TenantIssuer => Issuer + "/tenant";

    /// <summary>The third issuer, whose path ends in a slash.</summary>
    public string SlashIssuer => Issuer + "/slash/";

    /// <summary>The port on which TLS is spoken.</summary>
    public int Port => port;

    /// <summary>The endpoints of the second issuer.</summary>
    public Api Tenant => new(NewHttp(), TenantIssuer);

    /// <summary>The endpoints of the third issuer.</summary>
    public Api Slash => new(NewHttp(), SlashIssuer);

    /// <summary>Declares a client of the second issuer.</summary>
    public async Task<Client> TenantClient(ClientDefinition definition)
    {
        await DeclareAt(TenantIssuer, definition);
        return new Client(Tenant, definition, SecretOf(definition));
    }

    private string ConfigFile => Path.Combine(DataFolder, "evergrant.json");

    /// <inheritdoc/>
    protected override string[] CommandOptions => ["--config", ConfigFile];

    /// <inheritdoc/>
    public override HttpClient NewHttp() =>
        OwnAddress.NewHttp(new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null && shown.GetCertHashString() == certificate.GetCertHashString(),
        });

    /// <summary>Writes a settings file of the given content beside this server's certificate, in a folder of its own, and gives its path.</summary>
    public static string WriteSettings(string folder, object settings)
    {
        Directory.CreateDirectory(folder);
        var file = Path.Combine(folder, "evergrant.json");
        File.WriteAllText(file, JsonSerializer.Serialize(settings));
        return file;
    }

    /// <summary>Writes a certificate and its key for localhost as <c>cert.pem</c> and <c>key.pem</c>.</summary>
    public static void WriteCertificate(string folder, X509Certificate2 certificate)
    {
        using var key = certificate.GetECDsaPrivateKey()!;
        File.WriteAllText(Path.Combine(folder, "cert.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, "key.pem"), key.ExportPkcs8PrivateKeyPem());
        if (OperatingSystem.IsWindows()) return;
        File.SetUnixFileMode(Path.Combine(folder, "key.pem"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    /// <summary>A certificate for localhost that signs itself.</summary>
    public static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));
    }

    /// <inheritdoc/>
    protected override async Task<EvergrantProgram> Launch()
    {
        WriteCertificate(DataFolder, certificate);
        WriteSettings(DataFolder, new
        {
            data = DataFolder,
            issuers = new[] { new { issuer = Issuer }, new { issuer = TenantIssuer }, new { issuer = SlashIssuer } },
            urls = new[] { Issuer },
            certificate = new { path = Path.Combine(DataFolder, "cert.pem"), key_path = Path.Combine(DataFolder, "key.pem") },
            trusted_proxies = Array.Empty<string>(),
            postgres = new { connection = Database },
            self_registration = SelfRegistration,
            session_management = SessionManagement,
            pushed_requests = DemandedRequests,
            signed_requests = DemandedRequests,
            profile = Profile,
        });
        var initialised = await EvergrantProgram.Run("init", "--config", ConfigFile);
        if (initialised.ExitCode != 0) throw new InvalidOperationException($"init failed: {initialised.Errors} {initialised.Output}");
        var program = EvergrantProgram.Start("serve", "--config", ConfigFile);
        await Until(program, Listens);
        return program;
    }

    private async Task<bool> Listens()
    {
        try
        {
            return (await Api.Get("/.well-known/openid-configuration")).Status == 200;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}

/// <summary>Tests that share the production server.</summary>
[CollectionDefinition]
public sealed class ProductionCollection : ICollectionFixture<ProductionServer>;
