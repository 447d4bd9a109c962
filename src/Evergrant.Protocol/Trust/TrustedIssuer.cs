using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Evergrant.Jose;
using Evergrant.Protocol.Clients;

namespace Evergrant.Protocol.Trust;

/// <summary>Somebody whose assertions are believed, how far, and in whose hands (RFC 7521 section 4.1). Declared under trusted_issuers; nobody is trusted by default.</summary>
public sealed record TrustedIssuer
{
    /// <summary>Names of all members that are understood.</summary>
    public static IReadOnlyList<string> Members { get; } =
        ["issuer", "iss", "jwks", "jwks_uri", "certificates", "uses", "audiences", "max_lifetime", "max_age", "subject", "subject_claim", "clients", "scopes", "public_clients"];

    /// <summary>Words for <see cref="Uses"/>.</summary>
    public static IReadOnlyList<string> UseWords { get; } = ["jwt_bearer", "id_jag", "token_exchange", "saml2_bearer"];

    /// <summary>The issuer of this server at which it is trusted.</summary>
    public required string Issuer { get; init; }

    /// <summary>What its assertions have in iss, compared byte for byte (RFC 7521 section 5.1).</summary>
    public required string Name { get; init; }

    /// <summary>Its public keys as a JWK Set; null for none.</summary>
    public string? Jwks { get; init; }

    /// <summary>Where it publishes its public keys; null for nowhere.</summary>
    public string? JwksUri { get; init; }

    /// <summary>X.509 certificates with the RSA keys that sign its SAML assertions, in base64 of DER; nothing but the key is looked at.</summary>
    public IReadOnlyList<string> Certificates { get => field ?? []; init; } = []; // null in a document that was stored before there were any

    /// <summary>What its assertions may be used for.</summary>
    public IReadOnlyList<AssertionUse> Uses { get; init; } = [AssertionUse.JwtBearer];

    /// <summary>Names by which its assertions may mean this server, besides the issuer and the token endpoint.</summary>
    public IReadOnlyList<string> Audiences { get; init; } = [];

    /// <summary>How far ahead an assertion may expire.</summary>
    public TimeSpan MaximumLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How old an assertion may be, which then has to say when it was issued; null for any age.</summary>
    public TimeSpan? MaximumAge { get; init; }

    /// <summary>Who its subjects are.</summary>
    public SubjectMapping Subject { get; init; }

    /// <summary>The claim that names the subject.</summary>
    public string SubjectClaim { get; init; } = "sub";

    /// <summary>Clients that may use its assertions.</summary>
    public IReadOnlyList<string> Clients { get; init; } = [];

    /// <summary>The most that may be granted on its word; null for what the client may have.</summary>
    public IReadOnlyList<string>? Scopes { get; init; }

    /// <summary>Whether clients that prove nothing of themselves may use them too (RFC 7523 section 3.1).</summary>
    public bool PublicClients { get; init; }

    /// <summary>The keys, parsed once; null when there are none or they do not parse.</summary>
    [JsonIgnore]
    public JwkSet? Keys => Jwks is null ? null : (_keys ??= JwkSet.TryParse(Encoding.UTF8.GetBytes(Jwks), out JwkSet? set, out _) ? set : null);

    private JwkSet? _keys;

    /// <summary>Reads and judges a declaration.</summary>
    /// <param name="json">The object.</param>
    /// <param name="issuer">The issuer of this server that it is for.</param>
    /// <param name="catalogue">The server's scopes.</param>
    /// <param name="allowLoopback">Whether keys may be under http on loopback (development mode).</param>
    /// <returns>The trusted issuer; or all faults, each beginning with the member's name.</returns>
    public static Parsed<TrustedIssuer> Parse(JsonElement json, string issuer, ScopeCatalogue catalogue, bool allowLoopback)
    {
        if (json.ValueKind != JsonValueKind.Object) return new(["A trusted issuer is a JSON object."]);
        var read = new JsonMembers(json, Members);
        string name = read.Text("iss") ?? "";
        if (name.Length == 0) read.Fault("iss", "is missing");
        string? jwks = read.Object("jwks");
        string? jwksUri = read.Text("jwks_uri");
        if (jwksUri is not null && !ClientMetadata.IsFetchable(jwksUri, allowLoopback)) read.Fault("jwks_uri", "is not an https URL");
        bool xmlOnly = read.Texts("uses") is ["saml2_bearer"];
        if (jwks is null == jwksUri is null && !(xmlOnly && jwks is null)) read.Fault("jwks", jwks is null ? "is missing, and so is jwks_uri" : "stands beside jwks_uri; only one of them may be there");
        if (jwks is not null && !JwkSet.TryParse(Encoding.UTF8.GetBytes(jwks), out _, out string? fault)) read.Fault("jwks", fault);
        IReadOnlyList<string> clients = read.Texts("clients") ?? [];
        if (clients.Count == 0) read.Fault("clients", "is missing: name those that may use its assertions");
        IReadOnlyList<string>? scopes = read.Texts("scopes");
        foreach (string scope in (scopes ?? []).Where(s => !catalogue.Knows(s))) read.Fault("scopes", $"has a value that is neither standard nor declared: {scope}");
        IReadOnlyList<string> uses = read.Texts("uses") ?? [UseWords[0]];
        foreach (string use in uses.Where(u => !UseWords.Contains(u))) read.Fault("uses", $"has {use}, which is none of {string.Join(", ", UseWords)}");
        IReadOnlyList<string> certificates = [.. (read.Texts("certificates") ?? []).Select(c => c.Replace("-----BEGIN CERTIFICATE-----", "", StringComparison.Ordinal).Replace("-----END CERTIFICATE-----", "", StringComparison.Ordinal).Trim())];
        foreach (string certificate in certificates.Where(c => !HasGoodKey(c))) read.Fault("certificates", "has a value that is no X.509 certificate with an RSA key of at least 2048 bits");
        if (certificates.Count == 0 && uses.Contains("saml2_bearer")) read.Fault("certificates", "is missing, but saml2_bearer needs it");
        var trusted = new TrustedIssuer
        {
            Issuer = issuer,
            Name = name,
            Jwks = jwks,
            JwksUri = jwksUri,
            Certificates = certificates,
            Uses = [.. uses.Where(UseWords.Contains).Select(u => (AssertionUse)UseWords.Index().First(w => w.Item == u).Index)],
            Audiences = read.Texts("audiences") ?? [],
            MaximumLifetime = read.Span("max_lifetime", TimeSpan.FromHours(1), TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)) ?? TimeSpan.FromHours(1),
            MaximumAge = read.Span("max_age", null, TimeSpan.FromSeconds(1), TimeSpan.FromDays(366)),
            Subject = read.Choice("subject", ("external", SubjectMapping.External), ("username", SubjectMapping.UserName), ("account_id", SubjectMapping.AccountId)),
            SubjectClaim = read.Text("subject_claim") ?? "sub",
            Clients = clients,
            Scopes = scopes,
            PublicClients = read.Flag("public_clients") ?? false,
        };
        return read.Faults.Count > 0 ? new(read.Faults) : new(trusted);
    }

    /// <summary>Writes the declaration; members with the built-in value are left out.</summary>
    public JsonObject Write()
    {
        var json = new JsonObject { ["issuer"] = Issuer, ["iss"] = Name };
        if (Jwks is not null) json["jwks"] = JsonNode.Parse(Jwks);
        if (JwksUri is not null) json["jwks_uri"] = JwksUri;
        if (Certificates.Count > 0) json["certificates"] = List(Certificates);
        json["uses"] = List(Uses.Select(u => UseWords[(int)u]));
        if (Audiences.Count > 0) json["audiences"] = List(Audiences);
        json["max_lifetime"] = MaximumLifetime.ToString("c");
        if (MaximumAge is { } age) json["max_age"] = age.ToString("c");
        json["subject"] = Subject switch { SubjectMapping.UserName => "username", SubjectMapping.AccountId => "account_id", _ => "external" };
        if (SubjectClaim != "sub") json["subject_claim"] = SubjectClaim;
        json["clients"] = List(Clients);
        if (Scopes is not null) json["scopes"] = List(Scopes);
        if (PublicClients) json["public_clients"] = true;
        return json;
    }

    private static bool HasGoodKey(string certificate)
    {
        try
        {
            using X509Certificate2 loaded = X509CertificateLoader.LoadCertificate(Convert.FromBase64String(certificate));
            using RSA? key = loaded.GetRSAPublicKey();
            return key?.KeySize >= 2048;
        }
        catch (Exception e) when (e is FormatException or CryptographicException)
        {
            return false;
        }
    }

    private static JsonArray List(IEnumerable<string> values) => new([.. values.Select(v => (JsonNode)v)]);
}
