using System.Security.Cryptography.X509Certificates;

namespace Evergrant.Specs.Rfc8705;

/// <summary>RFC 8705 section 2: clients that authenticate with a certificate.</summary>
[Collection(typeof(MtlsCollection))]
public sealed class Section2_ClientAuthentication(MtlsServer server)
{
    private static readonly X509Certificate2 Named = Certificates.Issue("CN=mtls-dn, OU=\"Payments, retail\", O=Example, C=CH");
    private static readonly X509Certificate2 Everything = Certificates.Issue("CN=everything", Certificates.Names("Client.MTLS.example", "spiffe://mtls.example/client", "2001:0db8:0000::0001", "client@MTLS.example"));

    private async Task<Tokens> Enters(X509Certificate2 certificate, ClientDefinition definition) => Tokens.Of(await server.With(certificate, definition).ClientCredentials());

    private async Task Stays(X509Certificate2? certificate, ClientDefinition definition) => (await server.With(certificate, definition).ClientCredentials()).Expect(401, "invalid_client");

    [Fact]
    [Requirement("RFC8705-2.1-01", "RFC8705-2.1.2-02", "FAPI2-SP-5.3.2.1-06")]
    public async Task A_client_is_known_by_its_subject_however_that_is_spelled()
    {
        await Enters(Named, MtlsClients.ByName);
        await Enters(Named, MtlsClients.ByOtherSpelling);
        foreach (var definition in (ClientDefinition[])[MtlsClients.ByDns, MtlsClients.ByUri, MtlsClients.ByAddress, MtlsClients.ByEmail]) await Enters(Everything, definition);
    }

    [Theory]
    [Requirement("RFC8705-2.1-01", "ATTACK-200")]
    [InlineData("CN=MTLS-DN, OU=\"Payments, retail\", O=Example, C=CH")]
    [InlineData("CN=mtls-dn, O=Example, C=CH")]
    [InlineData("C=CH, O=Example, OU=\"Payments, retail\", CN=mtls-dn")]
    [InlineData("CN=mtls-dn, OU=retail, OU=Payments, O=Example, C=CH")]
    [InlineData("CN=more, CN=mtls-dn, OU=\"Payments, retail\", O=Example, C=CH")]
    public async Task Another_subject_is_another_client(string subject) => await Stays(Certificates.Issue(subject), MtlsClients.ByName);

    [Fact]
    [Requirement("RFC8705-2.1-01", "RFC8705-7.4-01", "RFC8705-7.5-01", "ATTACK-200")]
    public async Task What_a_trusted_authority_has_not_issued_is_worth_nothing()
    {
        const string Subject = "CN=mtls-dn, OU=\"Payments, retail\", O=Example, C=CH";
        await Stays(Certificates.Issue(Subject, by: Certificates.OtherAuthority), MtlsClients.ByName);
        await Stays(Certificates.SelfSigned(Subject), MtlsClients.ByName);
        await Stays(Certificates.Issue(Subject, expired: true), MtlsClients.ByName);
        // An authority's certificate that has the right name and is no authority here.
        await Stays(Certificates.Issue("CN=more", by: Certificates.OtherAuthority), MtlsClients.ByName);
    }

    [Fact]
    [Requirement("RFC8705-2.1-01", "ATTACK-200")]
    public async Task Other_alternative_names_are_other_clients()
    {
        var several = Certificates.Issue("CN=client.mtls.example", names =>
        {
            Certificates.Names("other.mtls.example", "spiffe://mtls.example/other", "2001:db8::2", "Client@mtls.example")(names);
            Certificates.Names("x.client.mtls.example", "spiffe://mtls.example/client/", "192.0.2.1", "client@mtls.example.org")(names);
            names.AddDnsName("*.mtls.example");
        });
        foreach (var definition in (ClientDefinition[])[MtlsClients.ByDns, MtlsClients.ByUri, MtlsClients.ByAddress, MtlsClients.ByEmail]) await Stays(several, definition);
    }

    [Fact]
    [Requirement("RFC8705-2-01")]
    public async Task A_certificate_lets_in_the_client_that_the_request_names_and_no_other()
    {
        await Stays(null, MtlsClients.ByName);
        await Stays(Everything, MtlsClients.ByName);
        await Stays(Named, MtlsClients.SelfSigned);
        (await server.At(Named).Post("/token", [("grant_type", "client_credentials")])).Expect(401, "invalid_client");
        (await server.At(Named).Post("/token", [("grant_type", "client_credentials"), ("client_id", "mtls-dn"), ("client_secret", "x")])).Expect(401, "invalid_client");
    }

    [Fact]
    [Requirement("RFC8705-2.2-01", "ATTACK-200")]
    public async Task A_certificate_that_is_registered_is_good_without_a_chain_and_another_is_not()
    {
        await Enters(MtlsClients.Own, MtlsClients.SelfSigned);
        await Stays(Certificates.SelfSigned("CN=mtls-self"), MtlsClients.SelfSigned);
        await Stays(Certificates.Issue("CN=mtls-self"), MtlsClients.SelfSigned);
        var expired = Certificates.SelfSigned("CN=mtls-expired", expired: true);
        var definition = MtlsClients.SelfSigned with { Id = "mtls-expired", RedirectUris = ["https://mtls-expired.example/callback"], Jwks = new System.Text.Json.Nodes.JsonObject { ["keys"] = new System.Text.Json.Nodes.JsonArray(Certificates.Jwk(expired)) } };
        await server.Declare(definition);
        await Stays(expired, definition);
    }

    [Fact]
    [Requirement("RFC8705-2-01")]
    public async Task The_other_endpoints_of_clients_take_certificates_too()
    {
        var token = (await Enters(MtlsClients.Own, MtlsClients.SelfSigned)).AccessToken;
        var client = server.With(MtlsClients.Own, MtlsClients.SelfSigned);
        Assert.True(await client.Finds(token));
        (await client.Revoke(token)).Expect(200);
        Assert.False(await client.Finds(token));
        (await server.With(null, MtlsClients.SelfSigned).Introspect(token)).Expect(401, "invalid_client");
    }

    [Theory]
    [Requirement("RFC8705-2.1.2-01")]
    [InlineData("")]
    [InlineData("\"tls_client_auth_subject_dn\":\"CN=a\",\"tls_client_auth_san_dns\":\"a.example\",")]
    [InlineData("\"tls_client_auth_subject_dn\":\"no name\",")]
    [InlineData("\"tls_client_auth_san_ip\":\"300.1.1.1\",")]
    public async Task A_client_is_registered_with_exactly_one_subject(string members)
    {
        var json = $$"""{"clients":[{"issuer":"{{server.Issuer}}","client_id":"mtls-wrong",{{members}}"token_endpoint_auth_method":"tls_client_auth","grant_types":["client_credentials"],"response_types":[]}]}""";
        var refused = await server.Apply(json);
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("tls_client_auth_", refused.Output + refused.Errors, StringComparison.Ordinal);
    }

    [Fact]
    [Requirement("RFC8705-6.1-01")]
    public async Task Clients_of_other_methods_need_no_certificate_where_one_is_asked_for()
    {
        Tokens.Of(await server.With(null, Clients.Machine).ClientCredentials(("scope", "mail:read")));
        Assert.False(Tokens.Of(await server.With(Named, Clients.Machine).ClientCredentials(("scope", "mail:read"))).AccessJwt.Has("cnf"));
    }

    [Fact]
    [Requirement("RFC8705-5-01", "RFC8705-3.3-01", "FAPI2-SP-5.2.2.1-01")]
    public async Task The_metadata_tells_where_certificates_are_asked_for_and_elsewhere_none_is()
    {
        var metadata = (await server.Api.Metadata()).Json;
        var aliases = metadata.GetProperty("mtls_endpoint_aliases");
        foreach (var endpoint in (string[])["token_endpoint", "revocation_endpoint", "introspection_endpoint", "device_authorization_endpoint", "userinfo_endpoint"])
            Assert.Equal(metadata.GetProperty(endpoint).GetString()!.Replace(server.Issuer, server.Aliases, StringComparison.Ordinal), aliases.GetProperty(endpoint).GetString());
        Assert.True(metadata.GetProperty("tls_client_certificate_bound_access_tokens").GetBoolean());
        var methods = metadata.GetProperty("token_endpoint_auth_methods_supported").EnumerateArray().Select(m => m.GetString()).ToList();
        Assert.Contains("tls_client_auth", methods);
        Assert.Contains("self_signed_tls_client_auth", methods);
        (await server.With(MtlsClients.Own, MtlsClients.SelfSigned, server.Issuer).ClientCredentials()).Expect(401, "invalid_client");
    }
}
