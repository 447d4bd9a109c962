// One piece, because a member is read, judged against others and written in one place; families of members that stand for themselves have files of their own.
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Evergrant.Jose;
using Evergrant.Protocol.Authorize;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Policies;

namespace Evergrant.Protocol.Clients;

/// <summary>What the metadata of a client is judged against.</summary>
/// <param name="Issuer">Issuer the client is registered at.</param>
/// <param name="Catalogue">The server's scopes and resources.</param>
/// <param name="AllowLoopback">Whether clients other than native ones may use http on loopback, with any port (development mode).</param>
/// <param name="Now">The instant of registration.</param>
/// <param name="Existing">The client as it is registered now, whose secrets and date are kept; null for a new one.</param>
public sealed record ClientRegistrationContext(string Issuer, ScopeCatalogue Catalogue, bool AllowLoopback, DateTimeOffset Now, Client? Existing = null)
{
    /// <summary>Names of grant types that the host has added.</summary>
    public IReadOnlyList<string> ExtensionGrants { get; init; } = [];

    /// <summary>Whether each installation registers for itself, so that a secret is no other's, also on a user's device (RFC 8252 section 8.4).</summary>
    public bool OwnSecret { get; init; }

    /// <summary>Whether the client is named by the URL of its metadata, which is its id then.</summary>
    public bool IsDocument { get; init; }

    /// <summary>The profile of clients that name none; null for none.</summary>
    public Profile? Profile { get; init; }
}

/// <summary>Client metadata by their registered names (RFC 7591 section 2, OpenID Connect Registration section 2), and ours beside them.</summary>
public static class ClientMetadata
{
    /// <summary>Names of all members that are understood.</summary>
    public static IReadOnlyList<string> Members { get; } =
    [
        "issuer", "client_id", "client_name", "client_uri", "application_type", "token_endpoint_auth_method", "redirect_uris", "post_logout_redirect_uris",
        "grant_types", "response_types", "scope", "resources", "introspect", "jwks", "jwks_uri", "legacy_assertion_audience", "subject_type", "sector_identifier_uri",
        "id_token_signed_response_alg", "userinfo_signed_response_alg", "id_token_encrypted_response_alg", "id_token_encrypted_response_enc",
        "userinfo_encrypted_response_alg", "userinfo_encrypted_response_enc", "introspection_signed_response_alg", "introspection_encrypted_response_alg", "introspection_encrypted_response_enc", "access_token_format", "access_token_signed_alg", "dpop_bound_access_tokens", "require_dpop_nonce", "tls_client_auth_subject_dn", "tls_client_auth_san_dns", "tls_client_auth_san_uri",
        "tls_client_auth_san_ip", "tls_client_auth_san_email", "tls_client_certificate_bound_access_tokens", "bearer_without_certificate", "consent", "require_pkce",
        "redirect_uri_optional_at_token", "default_max_age", "require_auth_time", "require_acr_values", "claims_in_id_token", "allowed_origins", "flags", "policy",
        "logo_uri", "tos_uri", "policy_uri", "contacts", "software_id", "software_version", "initiate_login_uri", "default_acr_values", "token_endpoint_auth_signing_alg", "profile",
        "token_exchange", "native_sso_group", "grant_management", "cross_domain", "may_act", "authorization_grant_profiles",
        .. LogoutMetadata.Members, .. RequestMetadata.Members, .. BackchannelMetadata.Members,
    ];

    /// <summary>Members that may be there once more for each language, as client_name#ja (RFC 7591 section 2.2).</summary>
    public static IReadOnlyList<string> Localizable { get; } = ["client_name", "client_uri", "logo_uri", "tos_uri", "policy_uri"];

    /// <summary>Signature algorithms that a client may choose.</summary>
    public static IReadOnlyList<string> SigningAlgorithms { get; } = [SignatureAlgorithm.RS256, SignatureAlgorithm.ES256, SignatureAlgorithm.PS256];

    /// <summary>Grant types that every server offers and announces.</summary>
    public static IReadOnlyList<string> PlainGrantTypes { get; } = ["authorization_code", "refresh_token", "client_credentials", Token.DeviceCodeGrant.Name];

    /// <summary>Grant types that a client may be registered for. Beyond the plain ones, an issuer offers and announces one as soon as a client of it is registered for it.</summary>
    public static IReadOnlyList<string> GrantTypes { get; } = [.. PlainGrantTypes, Token.JwtBearerGrant.Name, Token.TokenExchangeGrant.Name, Token.SamlBearerGrant.Name, Token.PasswordGrant.Name, Token.CibaGrant.Name, ResponseType.ImplicitGrant];

    /// <summary>Reads and judges the metadata of a client.</summary>
    /// <param name="json">The object.</param>
    /// <param name="context">What it is judged against.</param>
    /// <returns>The client, without secrets if it is new; or all faults, each beginning with the member's name.</returns>
    public static Parsed<Client> Parse(JsonElement json, ClientRegistrationContext context)
    {
        if (json.ValueKind != JsonValueKind.Object) return new(["A client is a JSON object."]);
        // Whatever is not text throws when it is looked at; a member that is there twice means two things.
        if (!StrictJson.TryParseObject(JsonMarshal.GetRawUtf8Value(json).ToArray(), out JsonDocument? strict)) return new(["A client is a JSON object of valid text in which each member occurs once."]);
        strict.Dispose();
        string? named = json.TryGetProperty("profile", out JsonElement profileName) && profileName.ValueKind == JsonValueKind.String ? profileName.GetString() : null;
        Profile? kept = Profile.Find(named) ?? (named is null ? context.Profile : null);
        if (kept is not null) json = kept.Over(json);
        var read = new JsonMembers(json, Members, localizable: Localizable);
        if (read.Text("profile") is not null && kept is null) read.Fault("profile", $"is none of {string.Join(", ", Profile.All.Select(p => p.Name))}");
        string id = read.Text("client_id") ?? "";
        if (!context.IsDocument && (id.Length is < 1 or > 128 || !id.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '~' or '-'))) read.Fault("client_id", "must be 1 to 128 characters of A-Z, a-z, 0-9, '.', '_', '~', '-'");
        ApplicationType type = read.Choice("application_type", ("web", ApplicationType.Web), ("native", ApplicationType.Native), ("browser", ApplicationType.Browser));
        ClientAuthenticationMethod method = read.Choice("token_endpoint_auth_method",
            type == ApplicationType.Web ? ClientAuthenticationMethod.ClientSecretBasic : ClientAuthenticationMethod.None,
            ("client_secret_basic", ClientAuthenticationMethod.ClientSecretBasic), ("client_secret_post", ClientAuthenticationMethod.ClientSecretPost),
            ("private_key_jwt", ClientAuthenticationMethod.PrivateKeyJwt), ("tls_client_auth", ClientAuthenticationMethod.TlsClientAuth),
            ("self_signed_tls_client_auth", ClientAuthenticationMethod.SelfSignedTlsClientAuth), ("none", ClientAuthenticationMethod.None));
        bool secret = method is ClientAuthenticationMethod.ClientSecretBasic or ClientAuthenticationMethod.ClientSecretPost;
        // RFC 6749 section 10.1: a secret that is shipped to everybody is none.
        if (secret && type != ApplicationType.Web && !context.OwnSecret) read.Fault("token_endpoint_auth_method", "gives a secret to a client on the user's device (RFC 6749 section 10.1); use none or private_key_jwt");

        IReadOnlyList<string> grants = read.Texts("grant_types") ?? ["authorization_code", "refresh_token"];
        foreach (string grant in grants.Where(g => !GrantTypes.Contains(g) && !context.ExtensionGrants.Contains(g))) read.Fault("grant_types", $"has a value that is not offered: {grant}");
        bool usesCode = grants.Contains("authorization_code");
        if (grants.Contains("client_credentials") && method == ClientAuthenticationMethod.None) read.Fault("grant_types", "has client_credentials, which public clients cannot use (RFC 6749 section 4.4)");
        IReadOnlyList<string> responses = read.Texts("response_types") ?? (usesCode ? ["code"] : []);
        foreach (string response in responses)
        {
            if (ResponseType.Parse(response) is not { } kind) read.Fault("response_types", $"has a value that is not offered: {response}");
            else if (kind.IsFrontChannel && !grants.Contains(ResponseType.ImplicitGrant)) read.Fault("response_types", $"has {response}, which needs the grant type implicit (RFC 7591 section 2.1)");
            else if (kind.Code && !usesCode) read.Fault("response_types", $"has {response}, which needs the grant type authorization_code (RFC 7591 section 2.1)");
        }

        IReadOnlyList<string> redirects = read.Texts("redirect_uris") ?? [];
        foreach (string uri in redirects)
        {
            if (RedirectUri.Fault(uri, type, context.AllowLoopback) is { } fault) read.Fault("redirect_uris", $"{uri} {fault}");
        }
        if (responses.Count > 0 && redirects.Count == 0) read.Fault("redirect_uris", "is empty, but authorization_code and implicit need one (RFC 6749 section 3.1.2.2)");
        IReadOnlyList<string> logouts = read.Texts("post_logout_redirect_uris") ?? [];
        foreach (string uri in logouts)
        {
            if (RedirectUri.Fault(uri, type, context.AllowLoopback) is { } fault) read.Fault("post_logout_redirect_uris", $"{uri} {fault}");
        }

        LogoutMetadata logout = LogoutMetadata.Read(read, redirects, method == ClientAuthenticationMethod.None, context.AllowLoopback);

        BackchannelMetadata backchannel = BackchannelMetadata.Read(
            read, grants, method == ClientAuthenticationMethod.None, read.Text("subject_type") == "pairwise", read.Has("jwks_uri"), context.AllowLoopback);

        string? home = read.Text("client_uri");
        if (home is not null && (!Uri.TryCreate(home, UriKind.Absolute, out Uri? homeUri) || homeUri.Scheme is not ("https" or "http"))) read.Fault("client_uri", "is not an http or https URI (RFC 7591 section 5)");

        IReadOnlyList<string> scopes = [];
        if (read.Text("scope") is { } scope && (!Scope.TryParse(scope, out scopes) || scopes.Count == 0)) read.Fault("scope", "is not a list of scope values with single spaces (RFC 6749 section 3.3)");
        foreach (string value in scopes.Where(s => !context.Catalogue.Knows(s))) read.Fault("scope", $"has a value that is neither standard nor declared: {value}");
        IReadOnlyList<string> resources = read.Texts("resources") ?? [];
        foreach (string value in resources.Where(r => context.Catalogue.Find(r) is null)) read.Fault("resources", $"has a value that is not declared: {value}");

        SubjectType subject = read.Choice("subject_type", ("public", SubjectType.Public), ("pairwise", SubjectType.Pairwise));
        string? sector = read.Text("sector_identifier_uri");
        if (sector is not null && !IsFetchable(sector, context.AllowLoopback)) read.Fault("sector_identifier_uri", "is not an https URI");
        if (subject == SubjectType.Pairwise && sector is null && redirects.Select(HostOf).Distinct().Count() > 1)
        {
            read.Fault("sector_identifier_uri", "is missing, though the redirect URIs have several hosts (OpenID Connect Core section 8.1)");
        }

        Dictionary<string, string>? localized = null;
        foreach (string name in read.Tagged)
        {
            if (read.Text(name) is { } text) (localized ??= new(StringComparer.Ordinal))[name] = text;
        }
        string? login = read.Text("initiate_login_uri");
        if (login is not null && !IsFetchable(login, false)) read.Fault("initiate_login_uri", "is not an https URI (OpenID Connect Registration section 2)");
        string? authenticationAlg = read.Text("token_endpoint_auth_signing_alg");
        if (authenticationAlg is not null && !SignatureAlgorithm.Asymmetric.Contains(authenticationAlg)) read.Fault("token_endpoint_auth_signing_alg", $"is none of {string.Join(", ", SignatureAlgorithm.Asymmetric)}");

        string? jwks = read.Object("jwks");
        if (jwks is not null)
        {
            if (!JwkSet.TryParse(Encoding.UTF8.GetBytes(jwks), out JwkSet? set, out string? jwksFault)) read.Fault("jwks", jwksFault);
            else if (set.Flawed is [var flaw, ..]) read.Fault("jwks", $"has a key that is never used: {flaw}");
            else if (set.Keys.Count == 0 && method == ClientAuthenticationMethod.PrivateKeyJwt) read.Fault("jwks", "has no key that can be used");
        }
        string? jwksUri = read.Text("jwks_uri");
        if (jwksUri is not null && !IsFetchable(jwksUri, context.AllowLoopback)) read.Fault("jwks_uri", "is not an https URL (OpenID Connect Registration section 2)");
        if (jwksUri is not null && read.Has("jwks")) read.Fault("jwks_uri", "stands beside jwks; only one of them may be there (RFC 7591 section 2)");
        if (jwks is null && jwksUri is null && method == ClientAuthenticationMethod.PrivateKeyJwt) read.Fault("jwks", "is missing, but private_key_jwt needs it or jwks_uri");

        if (jwks is null && jwksUri is null && method == ClientAuthenticationMethod.SelfSignedTlsClientAuth) read.Fault("jwks", "is missing, but self_signed_tls_client_auth needs it or jwks_uri, with the certificates as x5c");
        CertificateSubject? certificate = CertificateSubject.Read(read, method);

        int? maxAge = read.Number("default_max_age", 0, int.MaxValue);
        IReadOnlyList<string> origins = read.Texts("allowed_origins") ?? [];
        foreach (string origin in origins.Where(o => !Uri.TryCreate(o, UriKind.Absolute, out Uri? u) || u.GetLeftPart(UriPartial.Authority) != o)) read.Fault("allowed_origins", $"has a value that is not an origin: {origin}");

        List<ExchangeRule> exchanges = Objects(read, "token_exchange", ExchangeRule.Read);
        List<CrossDomainTarget> targets = Objects(read, "cross_domain", CrossDomainTarget.Read);
        bool exchangesTokens = grants.Contains(Token.TokenExchangeGrant.Name);
        if (!exchangesTokens && (exchanges.Count > 0 || targets.Count > 0)) read.Fault("grant_types", $"has no {Token.TokenExchangeGrant.Name}, though token_exchange or cross_domain says what it may exchange");
        if (targets.Count > 0 && method == ClientAuthenticationMethod.None) read.Fault("cross_domain", "cannot be given to a public client");
        IReadOnlyList<string> profiles = read.Texts("authorization_grant_profiles") ?? [];
        foreach (string profile in profiles.Where(p => p != Token.CrossDomainGrant.Profile)) read.Fault("authorization_grant_profiles", $"has a value that is not offered: {profile}");
        if (profiles.Count > 0 && !(exchangesTokens && grants.Contains(Token.JwtBearerGrant.Name))) read.Fault("grant_types", $"needs {Token.TokenExchangeGrant.Name} and {Token.JwtBearerGrant.Name} beside the grant profile (ID-JAG section 8)");

        bool managesGrants = read.Flag("grant_management") ?? false;
        if (managesGrants && method == ClientAuthenticationMethod.None) read.Fault("grant_management", "cannot be given to a public client (Grant Management section 5.1)");
        if (!managesGrants && scopes.FirstOrDefault(Scope.IsOfClient) is { } ofClient) read.Fault("scope", $"has {ofClient}, which needs grant_management");
        string? nativeSso = read.Text("native_sso_group");
        if (nativeSso is not null && (nativeSso.Length is < 1 or > 128 || nativeSso.Any(char.IsWhiteSpace))) read.Fault("native_sso_group", "is not a name of 1 to 128 characters without white space");
        if (nativeSso is not null && !exchangesTokens && !scopes.Contains(Scope.DeviceSso)) read.Fault("native_sso_group", $"says nothing: grant_types has no {Token.TokenExchangeGrant.Name} and scope no {Scope.DeviceSso}");
        if (nativeSso is null && scopes.Contains(Scope.DeviceSso)) read.Fault("scope", $"has {Scope.DeviceSso}, which needs native_sso_group: the clients that share the sign-in");

        bool requirePkce = read.Flag("require_pkce") ?? true;
        if (!requirePkce && method == ClientAuthenticationMethod.None) read.Fault("require_pkce", "cannot be false for a public client (RFC 9700 section 2.1.1)");
        var client = new Client
        {
            Issuer = context.Issuer,
            ClientId = id,
            Name = read.Text("client_name"),
            ClientUri = home,
            Profile = kept?.Name,
            LogoUri = Link(read, "logo_uri"),
            TosUri = Link(read, "tos_uri"),
            PolicyUri = Link(read, "policy_uri"),
            Contacts = read.Texts("contacts") ?? [],
            SoftwareId = read.Text("software_id"),
            SoftwareVersion = read.Text("software_version"),
            InitiateLoginUri = login,
            DefaultAcrValues = read.Texts("default_acr_values") ?? [],
            AuthenticationSigningAlg = authenticationAlg,
            Localized = localized,
            ApplicationType = type,
            AuthenticationMethod = method,
            Revision = context.Existing?.Revision ?? 0,
            SecretHashes = secret ? context.Existing?.SecretHashes ?? [] : [],
            Jwks = jwks,
            JwksUri = jwksUri,
            CertificateSubject = certificate,
            CertificateBoundAccessTokens = read.Flag("tls_client_certificate_bound_access_tokens") ?? false,
            BearerWithoutCertificate = read.Flag("bearer_without_certificate") ?? false,
            LegacyAssertionAudience = read.Flag("legacy_assertion_audience") ?? false,
            RedirectUris = redirects,
            LoopbackAnyPort = context.AllowLoopback,
            PostLogoutRedirectUris = logouts,
            TokenDeliveryMode = backchannel.Mode,
            BackchannelNotificationEndpoint = backchannel.Endpoint,
            BackchannelSigningAlg = backchannel.SigningAlg,
            FrontchannelLogoutUri = logout.Front,
            FrontchannelLogoutSessionRequired = logout.FrontNeedsSession,
            BackchannelLogoutUri = logout.Back,
            BackchannelLogoutSessionRequired = logout.BackNeedsSession,
            GrantTypes = grants,
            ResponseTypes = responses,
            Scopes = scopes,
            Resources = resources,
            AllowedOrigins = origins,
            MayIntrospect = read.Flag("introspect") ?? false,
            SubjectType = subject,
            SectorIdentifierUri = sector,
            IdTokenSignedResponseAlg = Algorithm(read, "id_token_signed_response_alg"),
            UserInfoSignedResponseAlg = Algorithm(read, "userinfo_signed_response_alg"),
            IdTokenEncryption = EncryptionChoice.Read(read, "id_token", jwks, jwksUri),
            UserInfoEncryption = EncryptionChoice.Read(read, "userinfo", jwks, jwksUri),
            IntrospectionSignedResponseAlg = Algorithm(read, "introspection_signed_response_alg"),
            IntrospectionEncryption = EncryptionChoice.Read(read, "introspection", jwks, jwksUri),
            AccessTokenFormat = read.Choice("access_token_format", ("jwt", AccessTokenFormat.Jwt), ("opaque", AccessTokenFormat.Opaque)),
            AccessTokenSignedAlg = Algorithm(read, "access_token_signed_alg"),
            DpopBoundAccessTokens = read.Flag("dpop_bound_access_tokens") ?? false,
            RequireDpopNonce = read.Flag("require_dpop_nonce") ?? false,
            Consent = read.Choice("consent", ("ask", ConsentRule.Ask), ("implied", ConsentRule.Implied)),
            RequirePkce = requirePkce,
            RedirectUriOptionalAtToken = read.Flag("redirect_uri_optional_at_token") ?? false,
            MaxAge = maxAge,
            RequireAcrValues = read.Flag("require_acr_values") ?? false,
            RequireAuthTime = read.Flag("require_auth_time") ?? false,
            ClaimsInIdToken = read.Flag("claims_in_id_token") ?? true,
            Exchanges = exchanges,
            ManagesGrants = managesGrants,
            NativeSsoGroup = nativeSso,
            CrossDomain = targets,
            MayAct = read.Text("may_act"),
            GrantProfiles = profiles,
            Flags = Flags(read),
            Policy = read.Member("policy") is { ValueKind: not JsonValueKind.Null } policy ? PolicyDocument.Parse(policy, "policy.", read.Faults, method == ClientAuthenticationMethod.None) : null,
            CreatedAt = context.Existing?.CreatedAt ?? context.Now,
        };
        client = RequestMetadata.Read(read, context, client);
        if (client.MayIntrospect && client.IsPublic) read.Fault("introspect", "cannot be given to a public client");
        // Of a client that is wrong anyway its profile says nothing more.
        if (kept is not null && read.Faults.Count == 0) read.Faults.AddRange(kept.Faults(client));
        return read.Faults.Count > 0 ? new(read.Faults) : new(client);
    }

    /// <summary>Writes the metadata of a client; members with the built-in value are left out, secrets always.</summary>
    /// <param name="client">The client.</param>
    public static JsonObject Write(Client client)
    {
        var json = new JsonObject { ["issuer"] = client.Issuer, ["client_id"] = client.ClientId };
        Put("client_name", client.Name);
        Put("client_uri", client.ClientUri);
        json["application_type"] = client.ApplicationType.ToString().ToLowerInvariant();
        json["token_endpoint_auth_method"] = NameOf(client.AuthenticationMethod);
        List("redirect_uris", client.RedirectUris);
        List("post_logout_redirect_uris", client.PostLogoutRedirectUris);
        LogoutMetadata.Write(client, json);
        RequestMetadata.Write(client, json);
        BackchannelMetadata.Write(client, json);
        json["grant_types"] = new JsonArray([.. client.GrantTypes.Select(g => (JsonNode)g)]);
        json["response_types"] = new JsonArray([.. client.ResponseTypes.Select(r => (JsonNode)r)]);
        if (client.Scopes.Count > 0) json["scope"] = Scope.Join(client.Scopes);
        List("resources", client.Resources);
        if (client.MayIntrospect) json["introspect"] = true;
        if (client.Jwks is not null) json["jwks"] = JsonNode.Parse(client.Jwks);
        Put("jwks_uri", client.JwksUri);
        if (client.LegacyAssertionAudience) json["legacy_assertion_audience"] = true;
        json["subject_type"] = client.SubjectType.ToString().ToLowerInvariant();
        Put("sector_identifier_uri", client.SectorIdentifierUri);
        Put("id_token_signed_response_alg", client.IdTokenSignedResponseAlg);
        Put("userinfo_signed_response_alg", client.UserInfoSignedResponseAlg);
        Encrypted("id_token", client.IdTokenEncryption);
        Encrypted("userinfo", client.UserInfoEncryption);
        Put("introspection_signed_response_alg", client.IntrospectionSignedResponseAlg);
        Encrypted("introspection", client.IntrospectionEncryption);
        json["access_token_format"] = client.AccessTokenFormat.ToString().ToLowerInvariant();
        Put("access_token_signed_alg", client.AccessTokenSignedAlg);
        if (client.CertificateSubject is { } subject) json[CertificateSubject.Members.First(m => m.Kind == subject.Kind).Member] = subject.Value;
        if (client.CertificateBoundAccessTokens) json["tls_client_certificate_bound_access_tokens"] = true;
        if (client.BearerWithoutCertificate) json["bearer_without_certificate"] = true;
        if (client.DpopBoundAccessTokens) json["dpop_bound_access_tokens"] = true;
        if (client.RequireDpopNonce) json["require_dpop_nonce"] = true;
        json["consent"] = client.Consent.ToString().ToLowerInvariant();
        if (!client.RequirePkce) json["require_pkce"] = false;
        if (client.RedirectUriOptionalAtToken) json["redirect_uri_optional_at_token"] = true;
        if (client.MaxAge is { } age) json["default_max_age"] = age;
        if (client.RequireAcrValues) json["require_acr_values"] = true;
        if (client.RequireAuthTime) json["require_auth_time"] = true;
        if (!client.ClaimsInIdToken) json["claims_in_id_token"] = false;
        List("allowed_origins", client.AllowedOrigins);
        Put("profile", client.Profile);
        Put("logo_uri", client.LogoUri);
        Put("tos_uri", client.TosUri);
        Put("policy_uri", client.PolicyUri);
        List("contacts", client.Contacts);
        Put("software_id", client.SoftwareId);
        Put("software_version", client.SoftwareVersion);
        Put("initiate_login_uri", client.InitiateLoginUri);
        List("default_acr_values", client.DefaultAcrValues);
        Put("token_endpoint_auth_signing_alg", client.AuthenticationSigningAlg);
        foreach ((string name, string value) in client.Localized ?? new Dictionary<string, string>()) json[name] = value;
        if (client.Exchanges.Count > 0) json["token_exchange"] = new JsonArray([.. client.Exchanges.Select(r => (JsonNode)r.Write())]);
        if (client.ManagesGrants) json["grant_management"] = true;
        Put("native_sso_group", client.NativeSsoGroup);
        if (client.CrossDomain.Count > 0) json["cross_domain"] = new JsonArray([.. client.CrossDomain.Select(t => (JsonNode)t.Write())]);
        Put("may_act", client.MayAct);
        List("authorization_grant_profiles", client.GrantProfiles);
        List("flags", client.Flags);
        if (client.Policy is { } policy) json["policy"] = policy.Write();
        return json;

        void Put(string name, string? value)
        {
            if (value is not null) json[name] = value;
        }

        void Encrypted(string what, EncryptionChoice? choice)
        {
            Put(what + "_encrypted_response_alg", choice?.Algorithm);
            Put(what + "_encrypted_response_enc", choice?.ContentAlgorithm);
        }

        void List(string name, IReadOnlyList<string> values)
        {
            if (values.Count > 0) json[name] = new JsonArray([.. values.Select(v => (JsonNode)v)]);
        }
    }

    /// <summary>The registered name of an authentication method.</summary>
    /// <param name="method">The method.</param>
    public static string NameOf(ClientAuthenticationMethod method) => method switch
    {
        ClientAuthenticationMethod.ClientSecretBasic => "client_secret_basic",
        ClientAuthenticationMethod.ClientSecretPost => "client_secret_post",
        ClientAuthenticationMethod.PrivateKeyJwt => "private_key_jwt",
        ClientAuthenticationMethod.TlsClientAuth => "tls_client_auth",
        ClientAuthenticationMethod.SelfSignedTlsClientAuth => "self_signed_tls_client_auth",
        _ => "none",
    };

    /// <summary>Writes a policy with its name and all its knobs.</summary>
    /// <param name="policy">The policy.</param>
    public static JsonObject WritePolicy(GrantPolicy policy) => PolicyDocument.Of(policy).Write();

    private static string? Link(JsonMembers read, string name)
    {
        string? link = read.Text(name);
        if (link is not null && (!Uri.TryCreate(link, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("https" or "http"))) read.Fault(name, "is not an http or https URI (RFC 7591 section 5)");
        return link;
    }

    private static List<T> Objects<T>(JsonMembers read, string name, Func<JsonElement, string, List<string>, T> one)
    {
        if (read.Member(name) is not { ValueKind: not JsonValueKind.Null } list) return [];
        if (list.ValueKind == JsonValueKind.Array && list.GetArrayLength() <= 50 && list.EnumerateArray().All(i => i.ValueKind == JsonValueKind.Object))
        {
            return [.. list.EnumerateArray().Select((item, i) => one(item, $"{read.PathOf(name)}[{i}]", read.Faults))];
        }
        read.Fault(name, "is not a list of at most 50 objects");
        return [];
    }

    private static IReadOnlyList<string> Flags(JsonMembers read)
    {
        IReadOnlyList<string> flags = read.Texts("flags") ?? [];
        foreach (string flag in flags.Where(f => f.Any(char.IsWhiteSpace))) read.Fault("flags", $"has a value with white space: {flag}");
        return flags;
    }

    /// <summary>An algorithm by name; a fault when it is none of the choices.</summary>
    internal static string? Algorithm(JsonMembers read, string name, IReadOnlyList<string>? choices = null)
    {
        choices ??= SigningAlgorithms;
        string? alg = read.Text(name);
        if (alg is null || choices.Contains(alg)) return alg;
        read.Fault(name, $"is none of {string.Join(", ", choices)}");
        return null;
    }

    /// <summary>Whether a member names a document that this server may fetch: an https URL; in development mode also an http URL of this machine.</summary>
    /// <param name="uri">The value.</param>
    /// <param name="allowLoopback">Development mode.</param>
    internal static bool IsFetchable(string uri, bool allowLoopback) =>
        Uri.TryCreate(uri, UriKind.Absolute, out Uri? parsed) && parsed.UserInfo.Length == 0 && !uri.Contains('#') && (parsed.Scheme == "https" || (allowLoopback && parsed is { Scheme: "http", IsLoopback: true }));

    private static string HostOf(string uri) => Uri.TryCreate(uri, UriKind.Absolute, out Uri? parsed) ? parsed.Host : "";
}
