using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Evergrant.Jose;

namespace Evergrant.Protocol.Clients;

/// <summary>A client certificate as it was shown at the TLS handshake, whose private key the handshake has proven; nothing in it is believed yet.</summary>
public sealed record ShownCertificate
{
    private const string SubjectAlternativeName = "2.5.29.17";

    /// <summary>The binding to it (RFC 8705 section 3.1).</summary>
    public required Confirmation Confirmation { get; init; }

    /// <summary>Subject; null when it has none that can be read.</summary>
    public DistinguishedName? Subject { get; init; }

    /// <summary>DNS names of the subject.</summary>
    public IReadOnlyList<string> DnsNames { get; init; } = [];

    /// <summary>URIs of the subject.</summary>
    public IReadOnlyList<string> Uris { get; init; } = [];

    /// <summary>Email addresses of the subject.</summary>
    public IReadOnlyList<string> Emails { get; init; } = [];

    /// <summary>IP addresses of the subject.</summary>
    public IReadOnlyList<IPAddress> Addresses { get; init; } = [];

    /// <summary>Start of its time.</summary>
    public DateTimeOffset NotBefore { get; init; }

    /// <summary>End of its time.</summary>
    public DateTimeOffset NotAfter { get; init; }

    /// <summary>Whether its chain leads to an authority that the server is told to trust.</summary>
    public bool IsTrusted { get; init; }

    /// <summary>Whether an instant is within its time.</summary>
    /// <param name="now">The instant.</param>
    public bool IsInTime(DateTimeOffset now) => NotBefore <= now && now <= NotAfter;

    /// <summary>Reads one.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="isTrusted">Whether its chain holds.</param>
    public static ShownCertificate Of(X509Certificate2 certificate, bool isTrusted)
    {
        var names = new ShownCertificate
        {
            Confirmation = ConfirmationOf(certificate),
            Subject = DistinguishedName.Parse(certificate.SubjectName.RawData),
            NotBefore = certificate.NotBefore.ToUniversalTime(),
            NotAfter = certificate.NotAfter.ToUniversalTime(),
            IsTrusted = isTrusted,
        };
        return certificate.Extensions.FirstOrDefault(e => e.Oid?.Value == SubjectAlternativeName) is { } extension ? names.With(extension.RawData) : names;
    }

    /// <summary>The binding to a certificate: SHA-256 of its DER, in base64url.</summary>
    /// <param name="certificate">The certificate.</param>
    public static Confirmation ConfirmationOf(X509Certificate2 certificate) =>
        new(Confirmation.Certificate, CanonicalBase64Url.Encode(SHA256.HashData(certificate.RawDataMemory.Span)));

    // RFC 5280 section 4.2.1.6: GeneralNames.
    private ShownCertificate With(byte[] extension)
    {
        List<string> dns = [], uris = [], emails = [];
        List<IPAddress> addresses = [];
        try
        {
            AsnReader sequence = new AsnReader(extension, AsnEncodingRules.DER).ReadSequence();
            while (sequence.HasData)
            {
                Asn1Tag tag = sequence.PeekTag();
                switch (tag.TagClass == TagClass.ContextSpecific ? tag.TagValue : -1)
                {
                    case 1: emails.Add(sequence.ReadCharacterString(UniversalTagNumber.IA5String, tag)); break;
                    case 2: dns.Add(sequence.ReadCharacterString(UniversalTagNumber.IA5String, tag)); break;
                    case 6: uris.Add(sequence.ReadCharacterString(UniversalTagNumber.IA5String, tag)); break;
                    case 7: addresses.Add(new IPAddress(sequence.ReadOctetString(tag))); break;
                    default: sequence.ReadEncodedValue(); break;
                }
            }
        }
        catch (Exception e) when (e is AsnContentException or ArgumentException)
        {
            // Half a list of names is none.
            return this;
        }
        return this with { DnsNames = dns, Uris = uris, Emails = emails, Addresses = addresses };
    }
}
