using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Evergrant.Jose;
using Evergrant.Protocol.Binding;
using Evergrant.Protocol.Clients;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Evergrant.AspNetCore.Binding;

/// <summary>The client certificate of a request: of its own connection, or of the one to a trusted proxy, as that passes it on (RFC 8705 section 6.5).</summary>
internal sealed class ClientCertificates(EvergrantOptions options, TimeProvider clock)
{
    private readonly MutualTlsOptions? _options = options.MutualTls;

    /// <summary>Whether certificates are looked at at all.</summary>
    public bool IsOn => _options is not null;

    /// <summary>The key that the certificate proves; null for none.</summary>
    /// <param name="http">The request.</param>
    public Confirmation? KeyOf(HttpContext http)
    {
        using Lease lease = Find(http);
        return lease.Certificate is { } certificate ? ShownCertificate.ConfirmationOf(certificate) : null;
    }

    /// <summary>What the certificate says, and whether its chain leads to a trusted authority; null for none.</summary>
    /// <param name="http">The request.</param>
    /// <param name="chain">Whether the chain is asked about.</param>
    public ShownCertificate? Read(HttpContext http, bool chain)
    {
        using Lease lease = Find(http);
        return lease.Certificate is { } certificate ? ShownCertificate.Of(certificate, chain && IsTrusted(certificate)) : null;
    }

    // RFC 8705 section 7.4: the configured authorities and no other. The platform builds the chain (section 7.5); nothing is fetched for it.
    private bool IsTrusted(X509Certificate2 certificate)
    {
        if (_options!.Authorities.Count == 0) return false;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTimeIgnored = false;
        chain.ChainPolicy.VerificationTime = clock.GetUtcNow().UtcDateTime;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.2"));
        foreach (X509Certificate2 authority in _options.Authorities)
        {
            bool isRoot = authority.SubjectName.RawData.AsSpan().SequenceEqual(authority.IssuerName.RawData);
            (isRoot ? chain.ChainPolicy.CustomTrustStore : chain.ChainPolicy.ExtraStore).Add(authority);
        }
        try
        {
            return chain.Build(certificate);
        }
        catch (CryptographicException)
        {
            return false;
        }
        finally
        {
            foreach (X509ChainElement element in chain.ChainElements) element.Certificate.Dispose();
        }
    }

    private Lease Find(HttpContext http)
    {
        if (_options is null) return default;
        // The connection's own certificate belongs to the connection.
        if (http.Connection.ClientCertificate is { } own) return new Lease(own, false);
        if (_options.Header is not { } header) return default;
        StringValues values = http.Request.Headers[header];
        if (values.Count != 1 || CertificateHeader.Read(values[0]!) is not { } der) return default;
        try
        {
            return new Lease(X509CertificateLoader.LoadCertificate(der), true);
        }
        catch (CryptographicException)
        {
            return default;
        }
    }

    private readonly struct Lease(X509Certificate2? certificate, bool isOurs) : IDisposable
    {
        public X509Certificate2? Certificate => certificate;

        public void Dispose()
        {
            if (isOurs) certificate!.Dispose();
        }
    }
}
