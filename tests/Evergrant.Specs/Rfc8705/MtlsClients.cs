using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;

namespace Evergrant.Specs.Rfc8705;

/// <summary>The clients of the mutual TLS tests.</summary>
public static class MtlsClients
{
    /// <summary>The certificate that <see cref="SelfSigned"/> is registered with.</summary>
    public static X509Certificate2 Own { get; } = Certificates.SelfSigned("CN=mtls-self");

    /// <summary>Known by its subject; one that would be spelled in other ways too.</summary>
    public static ClientDefinition ByName { get; } = Known("mtls-dn", "tls_client_auth_subject_dn", "CN=mtls-dn,OU=Payments\\, retail,O=Example,C=CH");

    /// <summary>Known by the same subject, spelled otherwise.</summary>
    public static ClientDefinition ByOtherSpelling { get; } = Known("mtls-dn-other", "tls_client_auth_subject_dn", "2.5.4.3 = mtls-dn , OU=\"Payments,   retail\", o=Example, c=\\43H");

    /// <summary>Known by a DNS name.</summary>
    public static ClientDefinition ByDns { get; } = Known("mtls-dns", "tls_client_auth_san_dns", "client.mtls.example");

    /// <summary>Known by a URI.</summary>
    public static ClientDefinition ByUri { get; } = Known("mtls-uri", "tls_client_auth_san_uri", "spiffe://mtls.example/client");

    /// <summary>Known by an IP address.</summary>
    public static ClientDefinition ByAddress { get; } = Known("mtls-ip", "tls_client_auth_san_ip", "2001:db8::1");

    /// <summary>Known by an email address.</summary>
    public static ClientDefinition ByEmail { get; } = Known("mtls-email", "tls_client_auth_san_email", "client@mtls.example");

    /// <summary>Registered with its certificate; its tokens are bound.</summary>
    public static ClientDefinition SelfSigned { get; } = new("mtls-self")
    {
        Method = "self_signed_tls_client_auth", GrantTypes = ["authorization_code", "refresh_token", "client_credentials"], Jwks = new JsonObject { ["keys"] = new JsonArray(Certificates.Jwk(Own)) },
        Further = Clients.Rule("tls_client_certificate_bound_access_tokens", true),
    };

    /// <summary>Authenticates with a secret; its tokens are bound.</summary>
    public static ClientDefinition Bound { get; } = SelfSigned with
    {
        Id = "mtls-bound",
        Method = "client_secret_basic",
        Jwks = null,
        RedirectUris = ["https://mtls-bound.example/callback"],
    };

    /// <summary>The same with opaque access tokens.</summary>
    public static ClientDefinition Opaque { get; } = Bound with { Id = "mtls-opaque", RedirectUris = ["https://mtls-opaque.example/callback"], AccessTokenFormat = "opaque" };

    /// <summary>Gets bearer tokens where it shows no certificate.</summary>
    public static ClientDefinition Lenient { get; } = Bound with
    {
        Id = "mtls-lenient",
        RedirectUris = ["https://mtls-lenient.example/callback"],
        Further = new Dictionary<string, JsonNode> { ["tls_client_certificate_bound_access_tokens"] = true, ["bearer_without_certificate"] = true },
    };

    /// <summary>Public; its tokens are bound.</summary>
    public static ClientDefinition Native { get; } = Bound with
    {
        Id = "mtls-native",
        Type = "native",
        Method = "none",
        RedirectUris = ["https://mtls-native.example/callback"],
        GrantTypes = ["authorization_code", "refresh_token"],
    };

    /// <summary>The certificate of <see cref="FapiCiba"/>.</summary>
    public static X509Certificate2 Ciba { get; } = Certificates.SelfSigned("CN=mtls-fapi-ciba");

    /// <summary>Asks over the back channel under FAPI's rules.</summary>
    public static ClientDefinition FapiCiba { get; } = SelfSigned with
    {
        Id = "mtls-fapi-ciba",
        RedirectUris = [],
        ResponseTypes = [],
        GrantTypes = [Specs.Ciba.CibaClients.GrantType, "refresh_token"],
        Jwks = new JsonObject { ["keys"] = new JsonArray(Certificates.Jwk(Ciba), ClientKeys.Public()["keys"]![0]!.DeepClone()) },
        Further = new Dictionary<string, JsonNode> { ["profile"] = "fapi2", ["backchannel_token_delivery_mode"] = "poll", ["tls_client_certificate_bound_access_tokens"] = true },
    };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ClientDefinition> All => [ByName, ByOtherSpelling, ByDns, ByUri, ByAddress, ByEmail, SelfSigned, Bound, Opaque, Lenient, Native, FapiCiba];

    private static ClientDefinition Known(string id, string member, string value) => Clients.Machine with { Id = id, Name = "Specs " + id, Method = "tls_client_auth", Scope = "mail:read", Resources = [DeclaredState.Mail], Further = Clients.Rule(member, value) };
}
