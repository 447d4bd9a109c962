using System.Net;

namespace Evergrant.Protocol.Clients;

/// <summary>By what of its certificate a client is known (RFC 8705 section 2.1.2).</summary>
public enum CertificateSubjectKind
{
    /// <summary>tls_client_auth_subject_dn.</summary>
    DistinguishedName,

    /// <summary>tls_client_auth_san_dns.</summary>
    Dns,

    /// <summary>tls_client_auth_san_uri.</summary>
    Uri,

    /// <summary>tls_client_auth_san_ip.</summary>
    Address,

    /// <summary>tls_client_auth_san_email.</summary>
    Email,
}

/// <summary>What a client's certificate has to say of its subject.</summary>
/// <param name="Kind">Where it says so.</param>
/// <param name="Value">What.</param>
public sealed record CertificateSubject(CertificateSubjectKind Kind, string Value)
{
    /// <summary>Members of client metadata.</summary>
    public static IReadOnlyList<(string Member, CertificateSubjectKind Kind)> Members { get; } =
    [
        ("tls_client_auth_subject_dn", CertificateSubjectKind.DistinguishedName), ("tls_client_auth_san_dns", CertificateSubjectKind.Dns), ("tls_client_auth_san_uri", CertificateSubjectKind.Uri),
        ("tls_client_auth_san_ip", CertificateSubjectKind.Address), ("tls_client_auth_san_email", CertificateSubjectKind.Email),
    ];

    /// <summary>RFC 8705 section 2.1.2: exactly one of five.</summary>
    internal static CertificateSubject? Read(JsonMembers read, ClientAuthenticationMethod method)
    {
        var given = new List<CertificateSubject>();
        foreach ((string member, CertificateSubjectKind kind) in Members)
        {
            if (read.Text(member) is not { } value) continue;
            given.Add(new CertificateSubject(kind, value));
            if (given[^1].Fault() is { } fault) read.Fault(member, fault);
            if (method != ClientAuthenticationMethod.TlsClientAuth) read.Fault(member, "goes with tls_client_auth only");
        }
        if (method == ClientAuthenticationMethod.TlsClientAuth && given.Count != 1) read.Fault("tls_client_auth_subject_dn", "or exactly one of the four tls_client_auth_san members is needed for tls_client_auth (RFC 8705 section 2.1.2)");
        return given.Count == 1 ? given[0] : null;
    }

    /// <summary>What is wrong with the value; null when nothing is.</summary>
    public string? Fault() => Kind switch
    {
        CertificateSubjectKind.DistinguishedName when DistinguishedName.Parse(Value) is null => "is not a distinguished name like CN=client,O=Example,C=CH (RFC 4514)",
        CertificateSubjectKind.Address when !IPAddress.TryParse(Value, out _) => "is not an IP address",
        CertificateSubjectKind.Uri when !System.Uri.TryCreate(Value, UriKind.Absolute, out _) => "is not an absolute URI",
        CertificateSubjectKind.Email when !Value.Contains('@') => "is not an email address",
        _ => null,
    };

    /// <summary>Whether a certificate says so. One of several names of a kind suffices; they are compared as wholes, and asterisks mean nothing.</summary>
    /// <param name="certificate">The certificate.</param>
    public bool IsOf(ShownCertificate certificate) => Kind switch
    {
        CertificateSubjectKind.DistinguishedName => certificate.Subject is { } subject && subject.Equals(DistinguishedName.Parse(Value)),
        CertificateSubjectKind.Dns => certificate.DnsNames.Contains(Value, StringComparer.OrdinalIgnoreCase),
        CertificateSubjectKind.Uri => certificate.Uris.Contains(Value, StringComparer.Ordinal),
        CertificateSubjectKind.Address => IPAddress.TryParse(Value, out IPAddress? address) && certificate.Addresses.Contains(address),
        _ => certificate.Emails.Any(e => IsSameEmail(e, Value)),
    };

    // RFC 5280 section 7.5: the host without regard to case.
    private static bool IsSameEmail(string one, string other)
    {
        int at = one.LastIndexOf('@');
        return at >= 0 && at == other.LastIndexOf('@') && one[..at] == other[..at] && one[at..].Equals(other[at..], StringComparison.OrdinalIgnoreCase);
    }
}
