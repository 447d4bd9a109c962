using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.Xml;
using System.Text;
using System.Xml;
using Evergrant.AspNetCore.Saml;
using Evergrant.Jose;
using Evergrant.Protocol.Trust;

namespace Evergrant.Fuzz.Parsers;

/// <summary>SAML assertions: changed after they were signed, which must never make them say something else, and signed with whatever is in them.</summary>
internal static class SamlTargets
{
    private const string Server = "https://as.example", Endpoint = Server + "/token", Idp = "https://idp.example";
    private static readonly DateTimeOffset Now = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly RSA Key = RSA.Create(2048);
    private static readonly TrustedIssuer Trusted = new() { Issuer = Server, Name = Idp, Uses = [AssertionUse.Saml2Bearer] };

    // What may be inside: subject, times, audience, a session, an attribute.
    private const string Content =
        """<saml:Subject><saml:NameID>alice</saml:NameID><saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData Recipient="https://as.example/token" NotOnOrAfter="2020-01-01T00:05:00Z"/></saml:SubjectConfirmation></saml:Subject>"""
        + """<saml:Conditions NotOnOrAfter="2020-01-01T00:05:00Z"><saml:AudienceRestriction><saml:Audience>https://as.example</saml:Audience></saml:AudienceRestriction></saml:Conditions>"""
        + """<saml:AuthnStatement AuthnInstant="2020-01-01T00:00:00Z" SessionNotOnOrAfter="2020-01-01T08:00:00Z"/><saml:AttributeStatement><saml:Attribute Name="role"><saml:AttributeValue>clerk</saml:AttributeValue></saml:Attribute></saml:AttributeStatement>""";

    private static readonly string Good = Sign(Content)!;
    private static readonly string Meaning = Say(Good) ?? throw new InvalidOperationException("The assertion that all others are made of is not accepted.");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ParserTarget> All { get; } =
    [
        new("saml-document", ParserTargets.Seeds(Good), xml => SamlDocument.Read(Base64Url.EncodeToString(xml.Span)) is { } document ? 1 + document.Assertion.ChildNodes.Count : 0),
        new("saml-base64", ParserTargets.Seeds(Base64Url.EncodeToString(Encoding.UTF8.GetBytes(Good))), ParserTargets.Text(text => SamlDocument.Read(text) is null ? 0 : 1)),
        new("signature-saml", ParserTargets.Seeds(Good), Changed),
        new("signed-saml", ParserTargets.Seeds(Content), content => Sign(Encoding.UTF8.GetString(content.Span)) is not { } xml ? 0 : Say(xml) is { } said ? 1 + said.Length : 1),
    ];

    // Attributes in another order or other quotes are the same document to whoever signs; what it says is not another one.
    private static int Changed(ReadOnlyMemory<byte> xml)
    {
        string? said = Say(Encoding.UTF8.GetString(xml.Span));
        return said is null ? 0 : said == Meaning ? 1 : throw new BrokenPropertyException("an assertion that was changed after it was signed passes");
    }

    private static string? Say(string xml)
    {
        if (SamlDocument.Read(Base64Url.EncodeToString(Encoding.UTF8.GetBytes(xml))) is not { } document) return null;
        if (SamlAssertion.Judge(document, Trusted, [Key], Server, Endpoint, Now, out GrantAssertion? judged) is not null) return null;
        string claims = string.Join(' ', (judged!.More ?? new Dictionary<string, System.Text.Json.JsonElement>()).OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => c.Key + "=" + c.Value.GetRawText()));
        return string.Create(CultureInfo.InvariantCulture, $"{judged.Issuer} {judged.Subject} {judged.Identity} {judged.IssuedAt:O} {judged.ExpiresAt:O} {claims}");
    }

    // Null when it is no XML at all: nobody can sign that.
    private static string? Sign(string content)
    {
        var document = new XmlDocument { PreserveWhitespace = true, XmlResolver = null };
        try
        {
            string whole = $"""<saml:Assertion xmlns:saml="{SamlDocument.Namespace}" Version="2.0" ID="_1" IssueInstant="2020-01-01T00:00:00Z"><saml:Issuer>{Idp}</saml:Issuer>{content}</saml:Assertion>""";
            using var reader = XmlReader.Create(new StringReader(whole), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
            document.Load(reader);
            var signed = new SignedXml(document) { SigningKey = Key };
            signed.SignedInfo!.CanonicalizationMethod = SignedXml.XmlDsigExcC14NTransformUrl;
            var reference = new Reference("#_1") { DigestMethod = "http://www.w3.org/2001/04/xmlenc#sha256" };
            reference.AddTransform(new XmlDsigEnvelopedSignatureTransform());
            reference.AddTransform(new XmlDsigExcC14NTransform());
            signed.AddReference(reference);
            signed.ComputeSignature();
            document.DocumentElement!.InsertAfter(document.ImportNode(signed.GetXml(), deep: true), document.DocumentElement.FirstChild);
            return document.OuterXml;
        }
        catch (Exception e) when (e is XmlException or CryptographicException)
        {
            return null;
        }
    }
}
