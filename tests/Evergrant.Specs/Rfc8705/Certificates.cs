using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;

namespace Evergrant.Specs.Rfc8705;

/// <summary>Certificates of clients, and two authorities: the one that the server trusts, and another one.</summary>
public static class Certificates
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    /// <summary>The authority that the server is told to trust.</summary>
    public static X509Certificate2 Authority { get; } = MakeAuthority("CN=Specs authority");

    /// <summary>Another one, with the same name as ours.</summary>
    public static X509Certificate2 OtherAuthority { get; } = MakeAuthority("CN=Specs authority");

    /// <summary>A certificate of a client.</summary>
    public static X509Certificate2 Issue(string subject, Action<SubjectAlternativeNameBuilder>? names = null, X509Certificate2? by = null, bool expired = false)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = Request(subject, key, names);
        var serial = RandomNumberGenerator.GetBytes(8);
        using var certificate = request.Create(by ?? Authority, Now.AddDays(-2), expired ? Now.AddDays(-1) : Now.AddDays(2), serial);
        return certificate.CopyWithPrivateKey(key);
    }

    /// <summary>One that signs itself.</summary>
    public static X509Certificate2 SelfSigned(string subject, bool expired = false)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return Request(subject, key, null).CreateSelfSigned(Now.AddDays(-2), expired ? Now.AddDays(-1) : Now.AddDays(2));
    }

    /// <summary>Its public key as a JWK with the certificate in x5c.</summary>
    public static JsonObject Jwk(X509Certificate2 certificate)
    {
        using var key = certificate.GetECDsaPublicKey()!;
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        return new JsonObject
        {
            ["kty"] = "EC", ["crv"] = "P-256", ["x"] = Base64Url.EncodeToString(point.X), ["y"] = Base64Url.EncodeToString(point.Y), ["x5c"] = new JsonArray(Convert.ToBase64String(certificate.RawData)),
        };
    }

    /// <summary>RFC 8705 section 3.1.</summary>
    public static string Thumbprint(X509Certificate2 certificate) => Base64Url.EncodeToString(SHA256.HashData(certificate.RawData));

    /// <summary>The names of all kinds.</summary>
    public static Action<SubjectAlternativeNameBuilder> Names(string? dns = null, string? uri = null, string? ip = null, string? email = null) => names =>
    {
        if (dns is not null) names.AddDnsName(dns);
        if (uri is not null) names.AddUri(new Uri(uri));
        if (ip is not null) names.AddIpAddress(IPAddress.Parse(ip));
        if (email is not null) names.AddEmailAddress(email);
    };

    private static CertificateRequest Request(string subject, ECDsa key, Action<SubjectAlternativeNameBuilder>? names)
    {
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        if (names is null) return request;
        var builder = new SubjectAlternativeNameBuilder();
        names(builder);
        request.CertificateExtensions.Add(builder.Build());
        return request;
    }

    private static X509Certificate2 MakeAuthority(string subject)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(Now.AddDays(-3), Now.AddDays(3));
    }
}
