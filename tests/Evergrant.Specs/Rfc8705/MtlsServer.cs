using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Evergrant.Specs.Rfc8705;

/// <summary>A server that asks for client certificates on a port of its own, and takes them from a proxy at 127.0.0.2.</summary>
public sealed class MtlsServer : RunningServer
{
    private readonly int port = FreePort(), certificatePort = FreePort();
    private readonly X509Certificate2 certificate = ProductionServer.SelfSigned();

    /// <inheritdoc/>
    public override string Issuer => $"https://localhost:{port}";

    /// <summary>Where certificates are asked for.</summary>
    public string Aliases => $"https://localhost:{certificatePort}";

    private string ConfigFile => Path.Combine(DataFolder, "evergrant.json");

    /// <inheritdoc/>
    protected override string[] CommandOptions => ["--config", ConfigFile];

    /// <summary>The client as it acts with a certificate, at the address for it unless told otherwise; null for no certificate.</summary>
    public Client With(X509Certificate2? own, ClientDefinition definition, string? at = null) => new(At(own, at), definition, SecretOf(definition));

    /// <summary>The endpoints as they are reached with a certificate.</summary>
    public Api At(X509Certificate2? own, string? at = null) => new(NewHttp(own, null), at ?? Aliases);

    /// <summary>The client behind a proxy that has this address and sends this header.</summary>
    public Client Behind(string proxy, ClientDefinition definition, string header, string value) =>
        new(new Api(NewHttp(null, IPAddress.Parse(proxy)), Issuer), definition, SecretOf(definition), (header, value));

    /// <inheritdoc/>
    public override HttpClient NewHttp() => NewHttp(null, null);

    /// <inheritdoc/>
    protected override async Task<EvergrantProgram> Launch()
    {
        ProductionServer.WriteCertificate(DataFolder, certificate);
        await File.WriteAllTextAsync(Path.Combine(DataFolder, "authorities.pem"), Certificates.Authority.ExportCertificatePem());
        ProductionServer.WriteSettings(DataFolder, new
        {
            data = DataFolder,
            issuers = new[] { new { issuer = Issuer } },
            urls = new[] { Issuer },
            certificate = new { path = Path.Combine(DataFolder, "cert.pem"), key_path = Path.Combine(DataFolder, "key.pem") },
            trusted_proxies = new[] { "127.0.0.2" },
            mutual_tls = new { urls = new[] { Aliases }, aliases = Aliases, authorities = "authorities.pem", header = "Client-Cert" },
            postgres = new { connection = Database },
        });
        var initialised = await EvergrantProgram.Run("init", "--config", ConfigFile);
        if (initialised.ExitCode != 0) throw new InvalidOperationException($"init failed: {initialised.Errors} {initialised.Output}");
        var program = EvergrantProgram.Start("serve", "--config", ConfigFile);
        await Until(program, async () =>
        {
            try
            {
                return (await Api.Get("/.well-known/openid-configuration")).Status == 200;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        });
        return program;
    }

    private HttpClient NewHttp(X509Certificate2? own, IPAddress? from)
    {
        var ssl = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null && shown.GetCertHashString() == certificate.GetCertHashString() };
        if (own is not null) ssl.LocalCertificateSelectionCallback = (_, _, _, _, _) => own;
        return OwnAddress.NewHttp(ssl, from);
    }
}

/// <summary>Tests that share this server.</summary>
[CollectionDefinition]
public sealed class MtlsCollection : ICollectionFixture<MtlsServer>;
