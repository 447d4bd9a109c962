using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Evergrant.Hosting;

/// <summary>The certificate of the https addresses, read again when its file changes: a renewal needs no restart.</summary>
/// <remarks>Safe for concurrent use. A file that cannot be used, half-written say, leaves the present certificate in place until it can.</remarks>
internal sealed class CertificateFile
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(30);

    // RFC 9325 section 4.2 for TLS 1.2; all suites of TLS 1.3.
    private static readonly TlsCipherSuite[] Recommended =
    [
        TlsCipherSuite.TLS_AES_128_GCM_SHA256, TlsCipherSuite.TLS_AES_256_GCM_SHA384, TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
    ];

    private readonly string _path;
    private readonly string _keyPath;
    private readonly CipherSuitesPolicy? _suites;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private SslServerAuthenticationOptions _options;
    private SslServerAuthenticationOptions _asking;
    private DateTime _written;
    private DateTimeOffset _lookAt;

    /// <summary>Reads the certificate.</summary>
    /// <param name="path">PEM file with the certificate and its intermediates.</param>
    /// <param name="keyPath">PEM file with its key.</param>
    /// <param name="strict">Whether TLS 1.2 uses only the cipher suites that BCP 195 recommends (FAPI 2.0 Security Profile section 5.2); otherwise the operating system says which.</param>
    /// <param name="time">Tells when to look again.</param>
    public CertificateFile(string path, string keyPath, bool strict, TimeProvider time)
    {
        (_path, _keyPath, _time) = (path, keyPath, time);
        // Windows knows suites for the whole machine only.
        if (strict && !OperatingSystem.IsWindows()) _suites = new CipherSuitesPolicy(Recommended);
        _written = WrittenAt();
        _lookAt = time.GetUtcNow() + LookEvery;
        _options = Read();
        _asking = Asking(_options);
    }

    /// <summary>Answers a handshake.</summary>
    public ValueTask<SslServerAuthenticationOptions> Answer(TlsHandshakeCallbackContext context) => new(Present().Plain);

    /// <summary>Answers a handshake, and asks for a client certificate. Any will do, or none: what it is worth is decided where it is used.</summary>
    public ValueTask<SslServerAuthenticationOptions> AnswerAsking(TlsHandshakeCallbackContext context) => new(Present().Asking);

    private (SslServerAuthenticationOptions Plain, SslServerAuthenticationOptions Asking) Present()
    {
        DateTimeOffset now = _time.GetUtcNow();
        lock (_lock)
        {
            if (now >= _lookAt)
            {
                _lookAt = now + LookEvery;
                LookAgain();
            }
            return (_options, _asking);
        }
    }

    private void LookAgain()
    {
        try
        {
            if (WrittenAt() is var written && written == _written) return;
            _options = Read();
            _asking = Asking(_options);
            _written = written;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            // The certificate in use stays; doctor tells when it runs out.
        }
    }

    private DateTime WrittenAt()
    {
        DateTime certificate = File.GetLastWriteTimeUtc(_path), key = File.GetLastWriteTimeUtc(_keyPath);
        return certificate > key ? certificate : key;
    }

    private static SslServerAuthenticationOptions Asking(SslServerAuthenticationOptions plain) => new()
    {
        ServerCertificateContext = plain.ServerCertificateContext,
        ApplicationProtocols = plain.ApplicationProtocols,
        EnabledSslProtocols = plain.EnabledSslProtocols,
        CipherSuitesPolicy = plain.CipherSuitesPolicy,
        ClientCertificateRequired = true,
        // A session that was begun here would be taken up at the other addresses, which know of no certificate, and broken off there.
        AllowTlsResume = false,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
#pragma warning disable CA5359 // It is a client's certificate, and self-signed ones are good where they are registered: what it is worth is decided where it is used.
        RemoteCertificateValidationCallback = static (_, _, _, _) => true,
#pragma warning restore CA5359 // The rule holds again.
    };

    private SslServerAuthenticationOptions Read()
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(_path);
        return new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(X509Certificate2.CreateFromPemFile(_path, _keyPath), chain, offline: true),
            ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            CipherSuitesPolicy = _suites,
        };
    }
}
