using System.Security.Cryptography.X509Certificates;

namespace Evergrant.AspNetCore;

/// <summary>Settings of mutual TLS (RFC 8705).</summary>
/// <remarks>The host asks for client certificates and accepts any: self-signed ones too, for it is the registration that says which are good.</remarks>
public sealed class MutualTlsOptions
{
    /// <summary>Where clients show certificates, if not at the issuers' own addresses: scheme, host and port, e.g. https://mtls.id.example. Below it are the same paths. Becomes mtls_endpoint_aliases; null for none.</summary>
    public string? Aliases { get; init; }

    /// <summary>The certificates that issue those of tls_client_auth clients, roots and intermediates; no other is trusted, those of the machine neither.</summary>
    public X509Certificate2Collection Authorities { get; init; } = [];

    /// <summary>Name of the header in which a trusted proxy passes the certificate on; null for none. The host takes the header away from requests that come from anybody else.</summary>
    public string? Header { get; init; }
}
