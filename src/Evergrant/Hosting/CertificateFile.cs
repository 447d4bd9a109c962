using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Evergrant.Hosting;

/// <summary>The certificate of the https addresses, read again when its file changes: a renewal needs no restart.</summary>
/// <remarks>Safe for concurrent use. A file that cannot be used, half-written say, leaves the present certificate in place until it can.</remarks>
internal sealed class CertificateFile
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(30);
    private readonly string _path;
    private readonly string _keyPath;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private SslServerAuthenticationOptions _options;
    private SslServerAuthenticationOptions _asking;
    private DateTime _written;
    private DateTimeOffset _lookAt;

    /// <summary>Reads the certificate.</summary>
    /// <param name="path">PEM file with the certificate and its intermediates.</param>
    /// <param name="keyPath">PEM file with its key.</param>
    /// <param name="time">Tells when to look again.</param>
    public CertificateFile(string path, string keyPath, TimeProvider time)
    {
        (_path, _keyPath, _time) = (path, keyPath, time);
        _written = WrittenAt();
        _lookAt = time.GetUtcNow() + LookEvery;
        _options = Read(path, keyPath);
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
            _options = Read(_path, _keyPath);
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
        ClientCertificateRequired = true,
        // A session that was begun here would be taken up at the other addresses, which know of no certificate, and broken off there.
        AllowTlsResume = false,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
#pragma warning disable CA5359 // It is a client's certificate, and self-signed ones are good where they are registered: what it is worth is decided where it is used.
        RemoteCertificateValidationCallback = static (_, _, _, _) => true,
#pragma warning restore CA5359 // The rule holds again.
    };

    private static SslServerAuthenticationOptions Read(string path, string keyPath)
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(path);
        return new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(X509Certificate2.CreateFromPemFile(path, keyPath), chain, offline: true),
            ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
        };
    }
}
