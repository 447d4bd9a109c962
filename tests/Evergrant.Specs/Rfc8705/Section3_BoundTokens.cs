using System.Security.Cryptography.X509Certificates;
using Evergrant.Specs.RefreshToken;
using Evergrant.Specs.Rfc9449;

namespace Evergrant.Specs.Rfc8705;

/// <summary>RFC 8705 sections 3 and 4: tokens that are bound to a certificate.</summary>
[Collection(typeof(MtlsCollection))]
public sealed class Section3_BoundTokens(MtlsServer server)
{
    private static readonly X509Certificate2 Mine = Certificates.SelfSigned("CN=mine"), Another = Certificates.SelfSigned("CN=another");

    private async Task<Tokens> Issue(ClientDefinition definition, X509Certificate2? certificate)
    {
        var request = new AuthorizationRequest(server.Client(definition)).With("scope", "openid offline_access");
        var code = await (await server.SignedIn()).Code(request);
        return Tokens.Of(await server.With(certificate, definition).Redeem(request, code));
    }

    [Fact]
    [Requirement("RFC8705-3-01", "RFC8705-3.1-01", "RFC8705-3.1-02", "FAPI2-SP-5.3.2.1-05")]
    public async Task An_access_token_names_the_certificate_of_its_request()
    {
        foreach (var (definition, certificate) in (List<(ClientDefinition, X509Certificate2)>)[(MtlsClients.Bound, Mine), (MtlsClients.Native, Mine), (MtlsClients.SelfSigned, MtlsClients.Own)])
        {
            var tokens = await Issue(definition, certificate);
            Assert.Equal("Bearer", tokens.Reply.Text("token_type"));
            Assert.Equal(Certificates.Thumbprint(certificate), tokens.AccessJwt.Payload.GetProperty("cnf").GetProperty("x5t#S256").GetString());
            var next = Tokens.Of(await server.With(certificate, definition).Refresh(tokens.Refresh));
            Assert.Equal(Certificates.Thumbprint(certificate), next.AccessJwt.Payload.GetProperty("cnf").GetProperty("x5t#S256").GetString());
        }
    }

    [Fact]
    [Requirement("RFC8705-3-02", "ATTACK-188", "FAPI2-SP-5.3.4-05")]
    public async Task A_bound_token_is_good_over_a_connection_with_its_certificate()
    {
        foreach (var definition in (ClientDefinition[])[MtlsClients.Bound, MtlsClients.Opaque])
        {
            var token = (await Issue(definition, Mine)).AccessToken;
            (await server.At(Mine).Get("/userinfo", token)).Expect(200);
            foreach (var refused in (Reply[])[await server.At(Another).Get("/userinfo", token), await server.At(null).Get("/userinfo", token), await server.Api.Get("/userinfo", token)])
            {
                refused.Expect(401, "invalid_token");
                Assert.StartsWith("Bearer realm=", refused.Header("WWW-Authenticate"), StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    [Requirement("RFC8705-3.2-01")]
    public async Task Introspection_tells_the_certificate()
    {
        foreach (var definition in (ClientDefinition[])[MtlsClients.Bound, MtlsClients.Opaque])
        {
            var told = (await server.With(null, definition).Introspect((await Issue(definition, Mine)).AccessToken)).Expect(200);
            Assert.Equal(Certificates.Thumbprint(Mine), told.Json.GetProperty("cnf").GetProperty("x5t#S256").GetString());
        }
    }

    [Fact]
    [Requirement("RFC8705-3.4-01", "FAPI2-SP-5.3.2.1-04", "RFC9700-2.2.1-01")]
    public async Task Without_a_certificate_a_bound_client_is_refused_or_gets_a_bearer_token_as_it_is_registered()
    {
        Assert.Equal("CertificateMissing", await Why((await server.With(null, MtlsClients.Bound).ClientCredentials(("scope", "mail:read"))).Expect(400, "invalid_request")));
        Assert.False(Tokens.Of(await server.With(null, MtlsClients.Lenient).ClientCredentials(("scope", "mail:read"))).AccessJwt.Has("cnf"));
        Assert.True(Tokens.Of(await server.With(Mine, MtlsClients.Lenient).ClientCredentials(("scope", "mail:read"))).AccessJwt.Has("cnf"));
    }

    [Fact]
    [Requirement("RFC8705-4-01", "ATTACK-114")]
    public async Task A_public_clients_refresh_token_is_good_with_its_certificate_alone()
    {
        var tokens = await Issue(MtlsClients.Native, Mine);
        (await server.With(Another, MtlsClients.Native).Refresh(tokens.Refresh)).Expect(400, "invalid_grant");
        (await server.With(null, MtlsClients.Native).Refresh(tokens.Refresh)).Expect(400, "invalid_request");
        var key = new DpopKey();
        (await server.With(null, MtlsClients.Native).Sending(key.ForToken(server)).Refresh(tokens.Refresh)).Expect(400, "invalid_grant");
        Tokens.Of(await server.With(Mine, MtlsClients.Native).Refresh(tokens.Refresh));
        // Another client may renew its certificate: its credentials are what the token is bound to.
        var confidential = await Issue(MtlsClients.Bound, Mine);
        Tokens.Of(await server.With(Another, MtlsClients.Bound).Refresh(confidential.Refresh));
    }

    [Fact]
    [Requirement("RFC9449-4.3-09")]
    public async Task A_proof_for_an_alias_is_for_that_address()
    {
        var key = new DpopKey();
        var client = server.With(Mine, MtlsClients.Bound);
        foreach (var address in (string[])[server.Aliases, server.Issuer])
            Assert.Equal("DPoP", Tokens.Of(await client.Sending(("DPoP", key.Proof("POST", address + "/token"))).ClientCredentials(("scope", "mail:read"))).Reply.Text("token_type"));
    }

    private async Task<string> Why(Reply refused)
    {
        var explained = await server.Run("explain", refused.Reference());
        Assert.Equal(0, explained.ExitCode);
        return explained.Output.Contains("CertificateMissing", StringComparison.Ordinal) ? "CertificateMissing" : explained.Output;
    }
}
