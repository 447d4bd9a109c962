using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.Xml;
using System.Xml;

namespace Evergrant.AspNetCore.Saml;

/// <summary>The XML of a SAML 2.0 assertion, read so that nothing in it can mean two things: what is verified is what is evaluated, and there is nothing else.</summary>
/// <remarks>Refused are: a DTD; comments and processing instructions, which canonicalization drops from what is signed; a second assertion, encrypted or not, anywhere; a second signature; an ID
/// that occurs twice; a signature over anything but the whole assertion; transforms but enveloped-signature and exclusive canonicalization; SHA-1, and keys from the message.</remarks>
internal sealed class SamlDocument
{
    /// <summary>Namespace of assertions.</summary>
    public const string Namespace = "urn:oasis:names:tc:SAML:2.0:assertion";

    private const int LongestText = 48 * 1024;
    private const int DeepestElement = 32;

    private static readonly string[] SignatureMethods =
        ["http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384", "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512"];

    private static readonly string[] DigestMethods = ["http://www.w3.org/2001/04/xmlenc#sha256", "http://www.w3.org/2001/04/xmldsig-more#sha384", "http://www.w3.org/2001/04/xmlenc#sha512"];

    private readonly XmlDocument _document;
    private readonly XmlElement _signature;

    private SamlDocument(XmlDocument document, XmlElement signature, string id, string issuer)
    {
        (_document, _signature) = (document, signature);
        (Id, Issuer) = (id, issuer);
    }

    /// <summary>The assertion: the root element, and the one that a good signature is over.</summary>
    public XmlElement Assertion => _document.DocumentElement!;

    /// <summary>Its ID.</summary>
    public string Id { get; }

    /// <summary>Its Issuer, not yet believed.</summary>
    public string Issuer { get; }

    /// <summary>Reads an assertion in base64url (RFC 7522 section 2.1).</summary>
    /// <returns>Null when it is refused.</returns>
    public static SamlDocument? Read(string base64)
    {
        if (base64.Length > LongestText * 4 / 3 || Decode(base64) is not { } bytes) return null;
        var document = new XmlDocument { PreserveWhitespace = true, XmlResolver = null };
        try
        {
            using var reader = XmlReader.Create(new MemoryStream(bytes), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = LongestText });
            document.Load(reader);
        }
        catch (XmlException)
        {
            return null;
        }
        if (document.DocumentElement is not { LocalName: "Assertion", NamespaceURI: Namespace } root || root.GetAttribute("Version") != "2.0" || root.GetAttribute("ID") is not { Length: > 0 and <= 255 } id) return null;
        if (!XmlReader.IsName(id) || !IsPlain(document, 0, out int signatures) || signatures != 1) return null;
        if (root.SelectNodes("descendant-or-self::*[@ID or @Id or @id]")!.Cast<XmlElement>().Any(e => e != root && (e.GetAttribute("ID") == id || e.GetAttribute("Id") == id || e.GetAttribute("id") == id))) return null;
        if (Children(root, "Signature", SignedXml.XmlDsigNamespaceUrl) is not [XmlElement signature] || !SignsTheWhole(signature, id)) return null;
        return Children(root, "Issuer") is [XmlElement issuer] && TextOf(issuer) is { } name ? new SamlDocument(document, signature, id, name) : null;
    }

    /// <summary>Whether the signature is right under one of the keys. Keys and certificates in the message are not looked at.</summary>
    public bool IsSignedBy(IEnumerable<RSA> keys)
    {
        try
        {
            foreach (RSA key in keys)
            {
                var signed = new OfRoot(_document);
                signed.LoadXml(_signature);
                if (signed.CheckSignature(key)) return true;
            }
        }
        catch (Exception e) when (e is CryptographicException or XmlException or FormatException or InvalidOperationException or ArgumentException)
        {
            // Whatever the reader of signatures cannot read is no signature.
        }
        return false;
    }

    /// <summary>Child elements of a name.</summary>
    public static XmlElement[] Children(XmlElement parent, string name, string space = Namespace) =>
        [.. parent.ChildNodes.OfType<XmlElement>().Where(e => e.LocalName == name && e.NamespaceURI == space)];

    /// <summary>The text of an element that has nothing else in it; null when it is empty or has.</summary>
    public static string? TextOf(XmlElement element) =>
        element.ChildNodes.Cast<XmlNode>().All(n => n.NodeType is XmlNodeType.Text or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace) && element.InnerText.Trim() is { Length: > 0 } text ? text : null;

    private static byte[]? Decode(string base64)
    {
        try
        {
            return Base64Url.DecodeFromChars(base64.TrimEnd('=').Replace('+', '-').Replace('/', '_'));
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static bool IsPlain(XmlNode node, int depth, out int signatures)
    {
        signatures = 0;
        if (depth > DeepestElement) return false;
        foreach (XmlNode child in node.ChildNodes)
        {
            switch (child.NodeType)
            {
                case XmlNodeType.Element:
                    if (depth > 0 && child.LocalName is "Assertion" or "EncryptedAssertion" or "EncryptedID" or "EncryptedAttribute") return false;
                    if (child is { LocalName: "Signature", NamespaceURI: SignedXml.XmlDsigNamespaceUrl }) signatures++;
                    if (!IsPlain(child, depth + 1, out int inner)) return false;
                    signatures += inner;
                    break;
                case XmlNodeType.Text or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace or XmlNodeType.XmlDeclaration:
                    break;
                default:
                    return false;
            }
        }
        return true;
    }

    private static bool SignsTheWhole(XmlElement signature, string id)
    {
        const string space = SignedXml.XmlDsigNamespaceUrl;
        if (Children(signature, "SignedInfo", space) is not [XmlElement info] || Children(signature, "Object", space).Length > 0) return false;
        if (AlgorithmOf(info, "CanonicalizationMethod") != SignedXml.XmlDsigExcC14NTransformUrl || !SignatureMethods.Contains(AlgorithmOf(info, "SignatureMethod"))) return false;
        if (Children(info, "Reference", space) is not [XmlElement reference] || reference.GetAttribute("URI") != "#" + id || !DigestMethods.Contains(AlgorithmOf(reference, "DigestMethod"))) return false;
        if (Children(reference, "Transforms", space) is not [XmlElement transforms]) return false;
        string[] algorithms = [.. transforms.ChildNodes.OfType<XmlElement>().Select(t => t.GetAttribute("Algorithm"))];
        return algorithms is [SignedXml.XmlDsigEnvelopedSignatureTransformUrl] or [SignedXml.XmlDsigEnvelopedSignatureTransformUrl, SignedXml.XmlDsigExcC14NTransformUrl];
    }

    private static string? AlgorithmOf(XmlElement parent, string name) => Children(parent, name, SignedXml.XmlDsigNamespaceUrl) is [XmlElement method] ? method.GetAttribute("Algorithm") : null;

    // The reference leads to the root element or nowhere, whatever other elements call themselves.
    private sealed class OfRoot(XmlDocument document) : SignedXml(document)
    {
        public override XmlElement? GetIdElement(XmlDocument? document, string idValue) =>
            document?.DocumentElement is { } root && root.GetAttribute("ID") == idValue ? root : null;
    }
}
