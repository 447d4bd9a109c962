using System.Text;
using System.Text.Json;
using Evergrant.Jose;
using Evergrant.Protocol;
using Evergrant.Protocol.Authorize;
using Evergrant.Protocol.Binding;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.DeviceAuthorization;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Policies;
using Evergrant.Protocol.Registration;
using Evergrant.Protocol.Token;

namespace Evergrant.Fuzz.Parsers;

/// <summary>Every parser of input from outside that is a pure function. What needs a request is met by the endpoints.</summary>
internal static class ParserTargets
{
    private static readonly CredentialKeys Keys = new([new(1, new byte[32]), new(7, [.. Enumerable.Range(1, 32).Select(i => (byte)i)])]);
    private static readonly ScopeCatalogue Catalogue = new([], [new("notes:read"), new("notes:write")]);
    private static readonly ClientRegistrationContext Registration = new("https://as.example", Catalogue, false, DateTimeOffset.UnixEpoch.AddYears(50));

    /// <summary>All of them, by name.</summary>
    public static IReadOnlyList<ParserTarget> All { get; } =
    [
        new("form", Seeds("grant_type=authorization_code&code=abc&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&code_verifier=" + new string('v', 43), "a=1&resource=https%3A%2F%2Fa&resource=https%3A%2F%2Fb&audience=x&scope=openid+email", "client_id=x&client_secret=%E2%82%AC"), Form),
        new("authorize", Seeds("response_type=code&client_id=demo-web&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&scope=openid+offline_access&state=s&nonce=n&code_challenge=" + new string('c', 43) + "&code_challenge_method=S256&prompt=login+consent&max_age=10&claims=%7B%7D&acr_values=a+b&ui_locales=de+en"), Authorize),
        new("scope", Seeds("openid profile email", "a", "notes:read https://api.example/x"), Text(ReadScope)),
        new("claims", Seeds("""{"id_token":{"auth_time":{"essential":true},"sub":{"value":"x"}},"userinfo":{"email":null,"name":{"values":["a","b"]}}}"""), Text(s => ClaimsParameter.Parse(s) is { } c ? 2 + c.Names.Count() : 1)),
        new("redirect-uri", Seeds("https://app.example/cb?x=1", "http://127.0.0.1:8080/cb", "com.example.app:/cb", "http://[::1]/cb", "https://user@app.example/"), Text(ReadRedirectUri)),
        new("client", Seeds("""{"client_id":"a","client_name":"A","redirect_uris":["https://app.example/cb"],"grant_types":["authorization_code","refresh_token"],"scope":"openid notes:read","policy":{"rotate":true,"retry":"00:01:00","access_token_lifetime":"00:05:00"}}""",
            """{"client_id":"n","application_type":"native","token_endpoint_auth_method":"none","redirect_uris":["http://127.0.0.1/cb","com.example.app:/cb"],"flags":["beta"],"default_max_age":10}""",
            """{"client_id":"k","token_endpoint_auth_method":"private_key_jwt","jwks":{"keys":[{"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}]},"redirect_uris":["https://a.example/"],"subject_type":"pairwise"}"""), ReadClient),
        new("policy", Seeds("""{"name":"p","refresh_tokens":"always","rotate":false,"retry":"acknowledged","idle_lifetime":"14.00:00:00","absolute_lifetime":"90.00:00:00","overrides":[]}"""), ReadPolicy),
        new("json", Seeds("""{"a":1,"b":[true,null,"x\u0041"],"c":{"d":-1.5e3}}"""), ReadJson),
        new("jws", Seeds("eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJpc3MiOiJhIn0.AAAA", "eyJhbGciOiJub25lIn0.e30."), Text(s => CompactJws.TryParse(s, out _, out string? fault) ? 1 : Way(fault))),
        new("jwk", Seeds("""{"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM","use":"sig","kid":"1","alg":"ES256"}""", """{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB"}"""), ReadJwk),
        new("jwks", Seeds("""{"keys":[{"kty":"oct","k":"AA"},{"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}]}"""), b => JwkSet.TryParse(b, out JwkSet? set, out string? fault) ? 2 + set.Keys.Count : Way(fault)),
        new("base64url", Seeds("AA", "_-8", "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4"), Text(ReadBase64Url)),
        new("credential", [.. new[] { CredentialKind.Code, CredentialKind.RefreshToken, CredentialKind.AccessToken, CredentialKind.DeviceCode }.Select(k => Encoding.ASCII.GetBytes(GrantCredential.PrefixOf(k) + new string('A', 80)))], Text(ReadCredential)),
        new("presented-token", Seeds("eyJhbGciOiJFUzI1NiJ9.e30.AAAA", "evr_AAAA"), Text(s => PresentedToken.Read(s, Keys, new JwkSet([]), "https://as.example", DateTimeOffset.UnixEpoch) is null ? 0 : 1)),
        new("user-code", Seeds("WDJB-MJHT", " wdjb mjht "), Text(s => UserCode.Read(s) is { } code ? code.Length : 0)),
        new("pkce", Seeds(new string('c', 43) + " " + new string('v', 43)), Text(s => Way(Pkce.Judge(s.Split(' ', 2)[0], s.Split(' ', 2)[^1])?.Code))),
        new("assertion-client", Seeds("eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.AAAA"), Text(s => ClientAssertion.TryPeekClientId(s, out string? id) ? id.Length : 0)),
        new("jwe", Seeds("eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkExMjhHQ00ifQ.AAAA.AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA", "eyJhbGciOiJFQ0RILUVTIiwiZW5jIjoiQTEyOEdDTSIsImVwayI6e319..AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA"), Text(s => CompactJwe.TryParse(s, out _, out string? fault) ? 0 : Way(fault))),
        new("dpop-proof", Seeds("eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwiY3J2IjoiUC0yNTYiLCJ4IjoiTUtCQ1ROSWNLVVNEaWkxMXlTczM1MjZpRFo4QWlUbzdUdTZLUEFxdjdENCIsInkiOiI0RXRsNlNSVzJZaUxVck41dmZ2Vkh1aHA3eDhQeGx0bVdXbGJiTTRJRnlNIn19.eyJqdGkiOiIxIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vYXMuZXhhbXBsZS90b2tlbiIsImlhdCI6MX0.AAAA"), Text(ReadProof)),
        new("authorization-details", Seeds("""[{"type":"payment","actions":["a"],"locations":["https://a.example"],"amount":{"value":1}}]"""), Text(s => AuthorizationDetails.Parse(s) is { } details ? 1 + details.Count : 0)),
        new("distinguished-name", Seeds("CN=client, OU=\"Payments, retail\", O=Example\\, Inc., C=CH", "2.5.4.3=a+UID=\\C3\\A4"), Text(s => DistinguishedName.Parse(s) is { } name ? name.Equals(DistinguishedName.Parse(s)) ? 1 : throw new BrokenPropertyException("a name is not itself") : 0)),
        new("certificate-header", Seeds(":MIIBAQ==:", "Hash=ab;Cert=\"-----BEGIN%20CERTIFICATE-----%0AMIIBAQ%3D%3D%0A-----END%20CERTIFICATE-----\";Subject=\"\""), Text(s => CertificateHeader.Read(s) is { } der ? 1 + (der.Length & 15) : 0)),
        new("client-document", Seeds("https://app.example/client", "https://app.example:8443/a?b=c"), Text(s => ClientDocument.Fault(s, new ClientDocumentRules([], true, true, false)) is { } fault ? Way(fault.Description) : 1)),
        .. SamlTargets.All,
        .. SignedTargets.All,
    ];

    /// <summary>Seeds of texts.</summary>
    public static IReadOnlyList<byte[]> Seeds(params string[] texts) => [.. texts.Select(Encoding.UTF8.GetBytes)];

    /// <summary>Which way a fault names; its numbers do not make another one.</summary>
    public static int Way(string? fault) => fault is null ? 1 : string.GetHashCode(fault.AsSpan(0, Math.Min(24, fault.Length)), StringComparison.Ordinal) | 1 << 30;

    /// <summary>A parser of text: bytes that are no UTF-8 come as what a lenient decoder makes of them, or one character each, or as halves of pairs.</summary>
    public static Func<ReadOnlyMemory<byte>, int> Text(Func<string, int> read) => input => read((input.Length & 7) switch
    {
        0 => Encoding.Latin1.GetString(input.Span),
        1 => new string(System.Runtime.InteropServices.MemoryMarshal.Cast<byte, char>(input.Span[..^1])),
        _ => Encoding.UTF8.GetString(input.Span),
    });

    private static int Form(ReadOnlyMemory<byte> input)
    {
        if (Parameters.Parse(input.Span) is not { } parameters) return 0;
        if (parameters.All.Any(p => p.Value.Contains('\0', StringComparison.Ordinal))) throw new BrokenPropertyException("a value holds NUL");
        return TokenRequest.Read(parameters, 1, out TokenRequest? request) is { } error ? Way(error.Description) : 2 + request!.Resources.Count;
    }

    private static int Authorize(ReadOnlyMemory<byte> input)
    {
        if (Parameters.Parse(input.Span) is not { } parameters) return 0;
        AuthorizeRequest request = AuthorizeRequest.Read(parameters);
        return HashCode.Combine(request.GetType().GetProperties().Length, ClaimsParameter.Parse(parameters["claims"]) is null, parameters.All.Count);
    }

    private static int ReadScope(string text)
    {
        if (!Scope.TryParse(text, out IReadOnlyList<string> scopes)) return 0;
        if (scopes.Any(s => s.Length == 0 || s.Any(c => c is ' ' or '"' or '\\' or < '!' or > '~'))) throw new BrokenPropertyException("a scope value has a character outside of RFC 6749 section 3.3");
        return scopes.Count;
    }

    private static int ReadRedirectUri(string text)
    {
        int way = 0;
        foreach (ApplicationType type in Enum.GetValues<ApplicationType>())
        {
            string? fault = RedirectUri.Fault(text, type, allowLoopback: false);
            way = HashCode.Combine(way, Way(fault));
            if (fault is not null) continue;
            if (text.Contains('#', StringComparison.Ordinal) || text.Any(c => c is <= ' ' or '\x7f' or '\\')) throw new BrokenPropertyException("a redirect URI that can be registered has a fragment, a blank, a control character or a backslash");
            _ = RedirectUri.OriginOf(text);
        }
        return way;
    }

    private static int ReadClient(ReadOnlyMemory<byte> input)
    {
        if (Json(input) is not { } document) return 0;
        using (document)
        {
            Parsed<Client> client = ClientMetadata.Parse(document.RootElement, Registration);
            if (client.IsValid && client.Value.RedirectUris.Any(u => RedirectUri.Fault(u, client.Value.ApplicationType, false) is not null)) throw new BrokenPropertyException("a client has a redirect URI that cannot be registered");
            return client.IsValid ? 1 : Way(client.Faults[0]);
        }
    }

    private static int ReadPolicy(ReadOnlyMemory<byte> input)
    {
        if (Json(input) is not { } document) return 0;
        using (document)
        {
            List<string> faults = [];
            PolicyDocument? policy = PolicyDocument.Parse(document.RootElement, "", faults, isPublic: null);
            return faults.Count > 0 ? Way(faults[0]) : policy is null ? 1 : 2;
        }
    }

    private static int ReadJson(ReadOnlyMemory<byte> input)
    {
        if (!StrictJson.TryParseObject(input, out JsonDocument? strict)) return 0;
        using (strict)
        {
            using JsonDocument? lenient = Json(input);
            if (lenient is null) throw new BrokenPropertyException("strict JSON accepts what is no JSON");
            string[] names = [.. strict.RootElement.EnumerateObject().Select(m => m.Name)];
            if (names.Distinct().Count() != names.Length) throw new BrokenPropertyException("a member occurs twice");
            return names.Length;
        }
    }

    private static int ReadJwk(ReadOnlyMemory<byte> input)
    {
        if (Json(input) is not { } document) return 0;
        using (document) return Jwk.TryParse(document.RootElement, out Jwk? key, out string? fault) ? HashCode.Combine(key.KeyId is null, key.Algorithm) : Way(fault);
    }

    private static int ReadBase64Url(string text)
    {
        if (!CanonicalBase64Url.TryDecode(text, out byte[]? octets)) return 0;
        if (CanonicalBase64Url.Encode(octets) != text) throw new BrokenPropertyException("two texts decode to the same octets");
        return 1 + (octets.Length & 15);
    }

    private static int ReadCredential(string text)
    {
        foreach (CredentialKind kind in Enum.GetValues<CredentialKind>())
        {
            if (GrantCredential.Read(Keys, kind, text) is not null) throw new BrokenPropertyException("a credential that this server never made passes its check");
        }
        return SealedAccessToken.Read(Keys, text, "https://as.example") is null ? 0 : throw new BrokenPropertyException("an access token that this server never sealed opens");
    }

    private static int ReadProof(string text)
    {
        JwtVerdict<DpopProof> verdict = DpopProof.Judge(text, new DpopRequest("POST", ["https://as.example/token"], null, [SignatureAlgorithm.ES256], false, _ => false, DateTimeOffset.UnixEpoch));
        return verdict.Holds ? throw new BrokenPropertyException("a proof that nobody signed holds") : (int)verdict.Fault;
    }

    private static JsonDocument? Json(ReadOnlyMemory<byte> input)
    {
        try
        {
            return JsonDocument.Parse(input);
        }
        catch (JsonException) // No JSON is no input of these parsers: a reader stands before them.
        {
            return null;
        }
    }
}
