using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;

namespace Evergrant.Specs.Rfc7522;

/// <summary>An identity provider that speaks SAML. It writes XML in canonical form, so that what is signed is the text itself.</summary>
public sealed class SamlIdp : IDisposable
{
    private const string Dsig = "http://www.w3.org/2000/09/xmldsig#";
    private readonly RSA key = RSA.Create(2048);

    /// <summary>The one that is trusted.</summary>
    public static SamlIdp Company { get; } = new();

    /// <summary>The Issuer of its assertions.</summary>
    public const string Name = "https://saml-idp.example/metadata";

    /// <summary>How it is declared.</summary>
    public JsonObject Declared(string issuer, params string[] clients)
    {
        var request = new CertificateRequest("CN=saml", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(1));
        return new JsonObject
        {
            ["issuer"] = issuer, ["iss"] = Name, ["uses"] = new JsonArray("saml2_bearer"), ["subject"] = "username", ["clients"] = new JsonArray([.. clients.Select(c => JsonValue.Create(c))]),
            ["certificates"] = new JsonArray(certificate.ExportCertificatePem()),
        };
    }

    /// <summary>An instant as SAML writes it, so many seconds from now.</summary>
    public static string At(int seconds) => TimeProvider.System.GetUtcNow().AddSeconds(seconds).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>The parts of an assertion in order, right for a server; tests change them.</summary>
    public static Dictionary<string, string> Parts(string issuer, string nameId = "alice") => new()
    {
        ["id"] = "_" + Guid.NewGuid().ToString("N"),
        ["issued"] = At(0),
        ["issuer"] = $"<saml:Issuer>{Name}</saml:Issuer>",
        ["name"] = $"<saml:NameID>{nameId}</saml:NameID>",
        ["confirmation"] = Confirmation(issuer + "/token", At(300)),
        ["conditions"] = Conditions(At(-60), At(300), issuer),
        ["more"] = $"<saml:AuthnStatement AuthnInstant=\"{At(-10)}\"></saml:AuthnStatement>",
    };

    /// <summary>A bearer confirmation.</summary>
    public static string Confirmation(string recipient, string? end, string method = "urn:oasis:names:tc:SAML:2.0:cm:bearer") =>
        $"<saml:SubjectConfirmation Method=\"{method}\"><saml:SubjectConfirmationData{(end is null ? "" : $" NotOnOrAfter=\"{end}\"")} Recipient=\"{recipient}\"></saml:SubjectConfirmationData></saml:SubjectConfirmation>";

    /// <summary>Conditions with an audience.</summary>
    public static string Conditions(string? start, string? end, string audience, string more = "") =>
        $"<saml:Conditions{(start is null ? "" : $" NotBefore=\"{start}\"")}{(end is null ? "" : $" NotOnOrAfter=\"{end}\"")}><saml:AudienceRestriction><saml:Audience>{audience}</saml:Audience></saml:AudienceRestriction>{more}</saml:Conditions>";

    /// <summary>The XML of the parts, with a place for the signature.</summary>
    public static string Xml(IReadOnlyDictionary<string, string> parts, string signature = "") =>
        $"<saml:Assertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"{parts["id"]}\" IssueInstant=\"{parts["issued"]}\" Version=\"2.0\">{parts["issuer"]}{signature}"
        + $"<saml:Subject>{parts["name"]}{parts["confirmation"]}</saml:Subject>{parts["conditions"]}{parts["more"]}</saml:Assertion>";

    /// <summary>The signature over a canonical text.</summary>
    public string Signature(string id, string canonical, string hash = "sha256", string? transforms = null)
    {
        var algorithm = hash == "sha1" ? HashAlgorithmName.SHA1 : HashAlgorithmName.SHA256;
        var (signatureMethod, digestMethod) = hash == "sha1" ? (Dsig + "rsa-sha1", Dsig + "sha1") : ("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "http://www.w3.org/2001/04/xmlenc#sha256");
        var digest = Convert.ToBase64String(CryptographicOperations.HashData(algorithm, Encoding.UTF8.GetBytes(canonical)));
        transforms ??= $"<ds:Transform Algorithm=\"{Dsig}enveloped-signature\"></ds:Transform><ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"></ds:Transform>";
        string Info(string space) =>
            $"<ds:SignedInfo{space}><ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"></ds:CanonicalizationMethod><ds:SignatureMethod Algorithm=\"{signatureMethod}\"></ds:SignatureMethod>"
            + $"<ds:Reference URI=\"#{id}\"><ds:Transforms>{transforms}</ds:Transforms><ds:DigestMethod Algorithm=\"{digestMethod}\"></ds:DigestMethod><ds:DigestValue>{digest}</ds:DigestValue></ds:Reference></ds:SignedInfo>";
        var value = Convert.ToBase64String(key.SignData(Encoding.UTF8.GetBytes(Info($" xmlns:ds=\"{Dsig}\"")), algorithm, RSASignaturePadding.Pkcs1));
        return $"<ds:Signature xmlns:ds=\"{Dsig}\">{Info("")}<ds:SignatureValue>{value}</ds:SignatureValue></ds:Signature>";
    }

    /// <summary>The signed XML of the parts.</summary>
    public string Sign(IReadOnlyDictionary<string, string> parts, string hash = "sha256") => Xml(parts, Signature(parts["id"], Xml(parts), hash));

    /// <summary>XML as the assertion parameter carries it.</summary>
    public static string Encoded(string xml) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(xml));

    /// <inheritdoc/>
    public void Dispose() => key.Dispose();
}
