using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Xml;
using Evergrant.Jose;
using Evergrant.Protocol;
using Evergrant.Protocol.Token;
using Evergrant.Protocol.Trust;

namespace Evergrant.AspNetCore.Saml;

/// <summary>Judges a SAML 2.0 assertion as a grant (RFC 7522 section 3). No I/O, no clock.</summary>
internal static class SamlAssertion
{
    private const string Bearer = "urn:oasis:names:tc:SAML:2.0:cm:bearer";

    /// <summary>Judges one.</summary>
    /// <param name="document">The assertion as read.</param>
    /// <param name="trusted">Its issuer.</param>
    /// <param name="keys">The issuer's keys.</param>
    /// <param name="issuer">The issuer of this server that was asked.</param>
    /// <param name="tokenEndpoint">Its token endpoint: the Recipient.</param>
    /// <param name="now">The instant.</param>
    /// <param name="judged">What it says, in the form of every assertion.</param>
    /// <returns>The error, or null.</returns>
    public static OAuthError? Judge(SamlDocument document, TrustedIssuer trusted, IEnumerable<RSA> keys, string issuer, string tokenEndpoint, DateTimeOffset now, out GrantAssertion? judged)
    {
        judged = null;
        // Item 9. Before anything that it says is believed.
        if (!document.IsSignedBy(keys)) return SamlBearerGrant.Invalid;
        XmlElement root = document.Assertion;
        if (Time(root, "IssueInstant") is not { } issued || issued > now + GrantAssertion.Leeway) return SamlBearerGrant.Invalid;
        if (trusted.MaximumAge is { } age && issued < now - age) return SamlBearerGrant.Expired;
        if (SamlDocument.Children(root, "Conditions") is not [XmlElement conditions]) return SamlBearerGrant.Invalid;
        if (ConditionFault(conditions, [issuer, tokenEndpoint, .. trusted.Audiences], now) is { } unmet) return unmet;
        // Items 3 to 5: who, and that whoever bears it may use it here.
        if (SamlDocument.Children(root, "Subject") is not [XmlElement subject] || SamlDocument.Children(subject, "NameID") is not [XmlElement nameId] || SamlDocument.TextOf(nameId) is not { } name) return SamlBearerGrant.Invalid;
        if (ConfirmationFault(subject, tokenEndpoint, now, out DateTimeOffset? confirmedUntil) is { } unconfirmed) return unconfirmed;
        // Item 6: some end it must have.
        DateTimeOffset? until = Time(conditions, "NotOnOrAfter");
        if ((confirmedUntil < until || until is null ? confirmedUntil : until) is not { } end) return SamlBearerGrant.Invalid;
        if (end - now > trusted.MaximumLifetime + GrantAssertion.Leeway) return SamlBearerGrant.Invalid;
        // Item 8: the session that it tells of may be over.
        if (SamlDocument.Children(root, "AuthnStatement").Any(s => Time(s, "SessionNotOnOrAfter") <= now - GrantAssertion.Leeway)) return SamlBearerGrant.Expired;
        judged = new GrantAssertion
        {
            Issuer = document.Issuer, Subject = name, Audience = [issuer], ExpiresAt = end, IssuedAt = issued, Identity = "saml " + document.Id, More = Attributes(root),
        };
        return null;
    }

    private static OAuthError? ConditionFault(XmlElement conditions, string[] audiences, DateTimeOffset now)
    {
        if (HasBadTime(conditions)) return SamlBearerGrant.Invalid;
        if (Time(conditions, "NotBefore") > now + GrantAssertion.Leeway) return SamlBearerGrant.Invalid;
        if (Time(conditions, "NotOnOrAfter") <= now - GrantAssertion.Leeway) return SamlBearerGrant.Expired;
        XmlElement[] all = [.. conditions.ChildNodes.OfType<XmlElement>()];
        // SAML Core section 2.5.1: a condition that is not understood is not met. OneTimeUse is kept for all.
        if (all.Any(c => c.NamespaceURI != SamlDocument.Namespace || c.LocalName is not ("AudienceRestriction" or "OneTimeUse" or "ProxyRestriction"))) return SamlBearerGrant.Invalid;
        XmlElement[] restrictions = [.. all.Where(c => c.LocalName == "AudienceRestriction")];
        // Item 2: this server is named, in each of them.
        bool ours = restrictions.Length > 0 && restrictions.All(r => SamlDocument.Children(r, "Audience").Any(a => SamlDocument.TextOf(a) is { } text && audiences.Contains(text, StringComparer.Ordinal)));
        return ours ? null : SamlBearerGrant.NotForUs;
    }

    private static OAuthError? ConfirmationFault(XmlElement subject, string tokenEndpoint, DateTimeOffset now, out DateTimeOffset? until)
    {
        until = null;
        OAuthError fault = SamlBearerGrant.Invalid;
        foreach (XmlElement confirmation in SamlDocument.Children(subject, "SubjectConfirmation"))
        {
            if (confirmation.GetAttribute("Method") != Bearer || SamlDocument.Children(confirmation, "SubjectConfirmationData") is not [XmlElement data] || HasBadTime(data)) continue;
            if (data.GetAttribute("Recipient") != tokenEndpoint)
            {
                fault = SamlBearerGrant.NotForUs;
                continue;
            }
            // A bearer confirmation has no beginning (item 5).
            if (data.HasAttribute("NotBefore")) continue;
            until = Time(data, "NotOnOrAfter");
            if (until is null || until > now - GrantAssertion.Leeway) return null;
            fault = SamlBearerGrant.Expired;
        }
        return fault;
    }

    private static Dictionary<string, JsonElement>? Attributes(XmlElement root)
    {
        Dictionary<string, JsonElement>? claims = null;
        foreach (XmlElement attribute in SamlDocument.Children(root, "AttributeStatement").SelectMany(s => SamlDocument.Children(s, "Attribute")))
        {
            // Of several values nobody could say which is meant.
            if (SamlDocument.Children(attribute, "AttributeValue") is not [XmlElement value] || SamlDocument.TextOf(value) is not { } text) continue;
            (claims ??= new(StringComparer.Ordinal)).TryAdd(attribute.GetAttribute("Name"), JsonElement.Parse(JsonSerializer.Serialize(text)));
        }
        // These say other things in a JWT.
        claims?.Remove("cnf");
        claims?.Remove("resource");
        return claims;
    }

    private static bool HasBadTime(XmlElement element) => IsBad(element, "NotBefore") || IsBad(element, "NotOnOrAfter");

    private static bool IsBad(XmlElement element, string name) => element.HasAttribute(name) && Time(element, name) is null;

    // SAML Core section 1.3.3: UTC.
    private static DateTimeOffset? Time(XmlElement element, string name) =>
        element.GetAttribute(name) is { Length: > 0 and < 40 } text && text.EndsWith('Z')
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset time) ? time : null;
}
