using System.Text.Json.Nodes;
using Evergrant.Specs.Rfc7521;

namespace Evergrant.Specs.Rfc7522;

/// <summary>RFC 7522: a SAML 2.0 assertion for an access token.</summary>
[Collection(typeof(GrantsCollection))]
public sealed class Section3_Assertions(GrantsServer server)
{
    /// <summary>The grant_type value.</summary>
    public const string SamlBearer = "urn:ietf:params:oauth:grant-type:saml2-bearer";

    /// <summary>Brings assertions. Its policy would give it refresh tokens.</summary>
    public static ClientDefinition Web { get; } = new("saml-web")
    {
        GrantTypes = [SamlBearer, "refresh_token"], ResponseTypes = [], RedirectUris = [], Introspect = true,
        Policy = new Dictionary<string, JsonNode> { ["refresh_tokens"] = "always", ["refresh_token_grants"] = new JsonArray(SamlBearer) },
    };

    private static SamlIdp Idp => SamlIdp.Company;

    private Task<Reply> Present(string xml, params (string Name, string Value)[] more) => server.Client(Web).Token([("grant_type", SamlBearer), ("assertion", SamlIdp.Encoded(xml)), .. more]);

    private async Task<Reply> With(string part, string value)
    {
        var parts = SamlIdp.Parts(server.Issuer);
        parts[part] = value;
        return await Present(Idp.Sign(parts));
    }

    private async Task Refused(string why, Reply reply) => Assert.Equal(why, await RefreshToken.Families.Why(server, reply.Expect(400, "invalid_grant")));

    [Fact]
    [Requirement("RFC7522-2.1-01", "RFC7522-3-01", "RFC7521-4.1-03")]
    public async Task An_assertion_about_a_user_becomes_a_token_and_no_refresh_token()
    {
        var tokens = Tokens.Of(await Present(Idp.Sign(SamlIdp.Parts(server.Issuer)), ("scope", "openid mail:read offline_access")));
        Assert.Null(tokens.RefreshToken);
        Assert.Equal(["mail:read", "openid"], tokens.Scopes);
        (await server.Api.Get("/userinfo", tokens.AccessToken)).Expect(200);
        Assert.True(await server.Client(Web).Finds(tokens.AccessToken));
        (await server.Client(Web).Revoke(tokens.AccessToken)).Expect(200);
        Assert.False(await server.Client(Web).Finds(tokens.AccessToken));
        (await server.Client(BearerClients.Web).Token(("grant_type", SamlBearer), ("assertion", "x"))).Expect(400, "unauthorized_client");
        (await server.Client(Web).Token(("grant_type", SamlBearer))).Expect(400, "invalid_request");
    }

    [Fact]
    [Requirement("RFC7522-3-01", "RFC7522-3.1-01", "RFC7521-5.2-03")]
    public async Task It_names_this_server_as_audience_and_its_token_endpoint_as_recipient()
    {
        Tokens.Of(await With("conditions", SamlIdp.Conditions(null, SamlIdp.At(300), server.Issuer + "/token")));
        await Refused("AssertionAudienceWrong", await With("conditions", SamlIdp.Conditions(null, SamlIdp.At(300), "https://elsewhere.example")));
        await Refused("AssertionAudienceWrong", await With("conditions", $"<saml:Conditions NotOnOrAfter=\"{SamlIdp.At(300)}\"></saml:Conditions>"));
        await Refused("AssertionAudienceWrong", await With("conditions", SamlIdp.Conditions(
            null, SamlIdp.At(300), server.Issuer, "<saml:AudienceRestriction><saml:Audience>https://elsewhere.example</saml:Audience></saml:AudienceRestriction>")));
        await Refused("AssertionAudienceWrong", await With("confirmation", SamlIdp.Confirmation(server.Issuer, SamlIdp.At(300))));
        await Refused("AssertionInvalid", await With("conditions", ""));
        await Refused("AssertionInvalid", await With("conditions", SamlIdp.Conditions(null, SamlIdp.At(300), server.Issuer, "<saml:Condition></saml:Condition>")));
    }

    [Fact]
    [Requirement("RFC7522-3-02", "RFC7522-3.1-01", "RFC7521-5.2-04")]
    public async Task It_is_confirmed_for_its_bearer_and_good_in_its_time()
    {
        await Refused("AssertionInvalid", await With("confirmation", ""));
        await Refused("AssertionInvalid", await With("confirmation", SamlIdp.Confirmation(server.Issuer + "/token", SamlIdp.At(300), "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key")));
        await Refused("AssertionExpired", await With("confirmation", SamlIdp.Confirmation(server.Issuer + "/token", SamlIdp.At(-61))));
        await Refused("AssertionExpired", await With("conditions", SamlIdp.Conditions(null, SamlIdp.At(-61), server.Issuer)));
        await Refused("AssertionInvalid", await With("conditions", SamlIdp.Conditions(SamlIdp.At(300), SamlIdp.At(600), server.Issuer)));
        await Refused("AssertionInvalid", await With("conditions", SamlIdp.Conditions(null, "tomorrow", server.Issuer)));
        await Refused("AssertionInvalid", await With("confirmation", SamlIdp.Confirmation(server.Issuer + "/token", SamlIdp.At(86_400)).Replace("NotOnOrAfter", "Address", StringComparison.Ordinal).Replace("Address", "NotBefore", StringComparison.Ordinal)));
        await Refused("AssertionInvalid", await With("issued", SamlIdp.At(300)));
        await Refused("AssertionExpired", await With("more", $"<saml:AuthnStatement AuthnInstant=\"{SamlIdp.At(-99)}\" SessionNotOnOrAfter=\"{SamlIdp.At(-61)}\"></saml:AuthnStatement>"));
        // Either end will do, one is needed, and neither may be far away.
        Tokens.Of(await With("conditions", SamlIdp.Conditions(null, null, server.Issuer)));
        Tokens.Of(await With("confirmation", SamlIdp.Confirmation(server.Issuer + "/token", null)));
        var endless = SamlIdp.Parts(server.Issuer);
        (endless["conditions"], endless["confirmation"]) = (SamlIdp.Conditions(null, null, server.Issuer), SamlIdp.Confirmation(server.Issuer + "/token", null));
        await Refused("AssertionInvalid", await Present(Idp.Sign(endless)));
        (endless["conditions"], endless["confirmation"]) = (SamlIdp.Conditions(null, SamlIdp.At(90_000), server.Issuer), SamlIdp.Confirmation(server.Issuer + "/token", SamlIdp.At(90_000)));
        await Refused("AssertionInvalid", await Present(Idp.Sign(endless)));
    }

    [Fact]
    [Requirement("RFC7522-3-03", "RFC7521-5.2-05", "ATTACK-257")]
    public async Task It_is_signed_as_a_whole_with_a_declared_key()
    {
        var parts = SamlIdp.Parts(server.Issuer);
        string good = Idp.Sign(parts);
        await Refused("AssertionInvalid", await Present(SamlIdp.Xml(parts)));
        await Refused("AssertionInvalid", await Present(good.Replace(">alice<", ">bob<", StringComparison.Ordinal)));
        await Refused("AssertionInvalid", await Present(good.Replace(SamlIdp.At(300)[..10], SamlIdp.At(86_400 * 3)[..10], StringComparison.Ordinal)));
        using var other = new SamlIdp();
        await Refused("AssertionInvalid", await Present(other.Sign(parts)));
        // SHA-1 binds nothing any more.
        await Refused("AssertionInvalid", await Present(Idp.Sign(parts, "sha1")));
        // A transform could leave out what matters.
        const string enveloped = "<ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"></ds:Transform>";
        foreach (string transforms in new[]
        {
            "", enveloped + "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\"><ds:XPath>self::text()</ds:XPath></ds:Transform>",
            enveloped + "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xslt-19991116\"></ds:Transform>", enveloped + "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#WithComments\"></ds:Transform>",
        }) await Refused("AssertionInvalid", await Present(SamlIdp.Xml(parts, Idp.Signature(parts["id"], SamlIdp.Xml(parts), transforms: transforms))));
        Tokens.Of(await Present(good));
    }

    [Fact]
    [Requirement("RFC7522-3-03", "ATTACK-257")]
    public async Task A_good_signature_elsewhere_in_the_document_lends_itself_to_nothing()
    {
        var (good, evil) = (SamlIdp.Parts(server.Issuer, "bob"), SamlIdp.Parts(server.Issuer));
        string signed = Idp.Sign(good), signature = Idp.Signature(good["id"], SamlIdp.Xml(good));
        evil["issuer"] += signature;
        foreach (string wrapped in new[]
        {
            // The signature of the one in the other; with the same ID; with the original inside, in several places.
            SamlIdp.Xml(evil),
            SamlIdp.Xml(Changed(evil, ("id", good["id"]))),
            SamlIdp.Xml(Changed(evil, ("more", "<saml:Advice>" + signed + "</saml:Advice>"))),
            SamlIdp.Xml(Changed(evil, ("id", good["id"]), ("more", "<saml:Advice>" + SamlIdp.Xml(good) + "</saml:Advice>"))),
            SamlIdp.Xml(Changed(SamlIdp.Parts(server.Issuer), ("more", "<x>" + signed + "</x>"))),
            SamlIdp.Xml(Changed(SamlIdp.Parts(server.Issuer), ("issuer", $"<saml:Issuer>{SamlIdp.Name}</saml:Issuer>" + signature.Replace("</ds:Signature>", "<ds:Object>" + SamlIdp.Xml(good) + "</ds:Object></ds:Signature>", StringComparison.Ordinal)))),
            "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\">" + SamlIdp.Xml(evil) + signed + "</samlp:Response>",
            "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\">" + signed + "</samlp:Response>",
            SamlIdp.Xml(Changed(good, ("issuer", good["issuer"] + signature + signature))),
        }) await Refused("AssertionInvalid", await Present(wrapped));
    }

    [Fact]
    [Requirement("RFC7522-3.1-01", "ATTACK-257")]
    public async Task Nothing_in_the_document_can_be_read_in_two_ways()
    {
        var parts = SamlIdp.Parts(server.Issuer);
        // Canonicalization leaves comments out, so that the digest is that of the text without them.
        string split = SamlIdp.Xml(parts, Idp.Signature(parts["id"], SamlIdp.Xml(parts))).Replace(">alice<", ">ali<!-- x -->ce<", StringComparison.Ordinal);
        await Refused("AssertionInvalid", await Present(split));
        string good = Idp.Sign(parts);
        foreach (string hostile in new[]
        {
            "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>" + good, "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;\">]>" + good.Replace(">alice<", ">&b;<", StringComparison.Ordinal),
            "<?xml-stylesheet href=\"http://127.0.0.1/\"?>" + good, good + "<x/>", good[..^3], "", "x", "<x/>", new string('<', 5_000), string.Concat(Enumerable.Repeat("<a>", 3_000)),
            good.Replace("Version=\"2.0\"", "Version=\"1.1\"", StringComparison.Ordinal),
        }) Assert.Contains((await Present(hostile)).Error, new[] { "invalid_grant", "invalid_request" });
        (await server.Client(Web).Token(("grant_type", SamlBearer), ("assertion", "%%%"))).Expect(400, "invalid_grant");
        Tokens.Of(await Present(good));
    }

    [Fact]
    [Requirement("RFC7521-8.2-01", "RFC7522-3.1-01")]
    public async Task It_counts_once_and_speaks_of_somebody_who_is_known()
    {
        string once = Idp.Sign(SamlIdp.Parts(server.Issuer));
        Tokens.Of(await Present(once));
        await Refused("AssertionReplayed", await Present(once));
        await Refused("AssertionSubjectUnknown", await With("name", "<saml:NameID>nobody</saml:NameID>"));
        await Refused("AssertionInvalid", await With("name", ""));
        await Refused("AssertionInvalid", await With("name", "<saml:NameID>ali<x></x>ce</saml:NameID>"));
        await Refused("AssertionIssuerUntrusted", await With("issuer", "<saml:Issuer>https://elsewhere.example</saml:Issuer>"));
        await Refused("AssertionIssuerUntrusted", await With("issuer", $"<saml:Issuer>{ForeignIssuer.Company.Name}</saml:Issuer>"));
    }

    private static Dictionary<string, string> Changed(Dictionary<string, string> parts, params (string Name, string Value)[] changes)
    {
        var changed = new Dictionary<string, string>(parts);
        foreach (var (name, value) in changes) changed[name] = value;
        return changed;
    }
}
