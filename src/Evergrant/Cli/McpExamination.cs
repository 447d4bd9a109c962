using System.Net.Http.Headers;
using System.Text.Json;
using Evergrant.AspNetCore.Registration;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Metadata;

namespace Evergrant.Cli;

/// <summary>Asks the running server what clients of the Model Context Protocol ask, in their order, and says what would fail for them.</summary>
/// <remarks>The rules are those of the authorization part of the protocol (2025-11-25 and earlier ones) as its SDKs follow them.</remarks>
internal sealed class McpExamination(Operations on, HttpClient http, List<Finding> findings)
{
    private const string About = "mcp";

    /// <summary>Plays the discovery for an issuer, and for an MCP server if one is named.</summary>
    public async Task RunAsync(string issuer, string? resource, CancellationToken cancellationToken)
    {
        if (resource is not null) await ResourceAsync(issuer, resource, cancellationToken);
        if (await MetadataAsync(issuer, cancellationToken) is { } metadata)
        {
            Judge(metadata);
            await KeysAsync(metadata, cancellationToken);
            await CrossOriginAsync(metadata, cancellationToken);
        }
        await AudienceAsync(resource, cancellationToken);
    }

    // RFC 9728 section 5: the 401 names the metadata; otherwise they are where section 3 says, first with the path, then without.
    private async Task ResourceAsync(string issuer, string resource, CancellationToken cancellationToken)
    {
        var uri = new Uri(resource);
        (int status, _, HttpResponseHeaders? headers) = await GetAsync(resource, cancellationToken);
        string? named = headers?.WwwAuthenticate.Select(h => h.Parameter).OfType<string>().Select(p => p.Split("resource_metadata=\"")).Where(p => p.Length > 1).Select(p => p[1].Split('"')[0]).FirstOrDefault();
        if (status != 401) Warn($"{resource} answers {status} without a token; clients begin to authorize at 401");
        else if (named is null) Warn($"{resource} answers 401 without resource_metadata in WWW-Authenticate; clients fall back on {ProtectedResource.UrlOf(resource)}");
        string[] places = named is not null ? [named] : [.. new[] { ProtectedResource.UrlOf(resource), ProtectedResource.UrlOf(uri.GetLeftPart(UriPartial.Authority)) }.Distinct()];
        foreach (string place in places)
        {
            (status, JsonElement? json, _) = await GetAsync(place, cancellationToken);
            if (status != 200 || json is not { ValueKind: JsonValueKind.Object } document) continue;
            if (Text(document, "resource") is not { } told || !Covers(told, resource)) Fault($"{place}: resource is not {resource}; clients discard such metadata (RFC 9728 section 3.3)");
            if (!List(document, "authorization_servers").Any(s => s!.TrimEnd('/') == issuer.TrimEnd('/'))) Fault($"{place}: authorization_servers does not name {issuer}");
            else Note($"{place} leads to {issuer}");
            return;
        }
        Fault($"no protected resource metadata at {string.Join(" or ", places)}; present clients cannot find the authorization server (RFC 9728)");
    }

    // The order of the specification: RFC 8414 with the path inserted, OpenID Connect with the path inserted, OpenID Connect with it appended.
    private async Task<JsonElement?> MetadataAsync(string issuer, CancellationToken cancellationToken)
    {
        var uri = new Uri(issuer);
        string origin = uri.GetLeftPart(UriPartial.Authority), path = uri.AbsolutePath.TrimEnd('/');
        string[] places = path.Length == 0
            ? [origin + "/.well-known/oauth-authorization-server", origin + "/.well-known/openid-configuration"]
            : [origin + "/.well-known/oauth-authorization-server" + path, origin + "/.well-known/openid-configuration" + path, origin + path + "/.well-known/openid-configuration"];
        JsonElement? found = null;
        foreach (string place in places)
        {
            (int status, JsonElement? json, _) = await GetAsync(place, cancellationToken);
            if (status != 200 || json is not { ValueKind: JsonValueKind.Object } document) Warn($"{place} answers {(status == 0 ? "nothing" : status)}; clients that ask there alone fail");
            else if (Text(document, "issuer") != issuer) Fault($"{place}: issuer is {Text(document, "issuer")}, not {issuer}; clients discard such metadata (RFC 8414 section 3.3)");
            else found ??= document;
        }
        if (found is null) Fault($"no metadata of {issuer} can be had at {string.Join(", ", places)}; is the server running, and does its issuer lead to it?");
        else Note($"metadata found for {issuer}");
        return found;
    }

    private void Judge(JsonElement metadata)
    {
        if (!List(metadata, "code_challenge_methods_supported").Contains("S256")) Fault("code_challenge_methods_supported has no S256; clients refuse to go on");
        bool documents = metadata.TryGetProperty("client_id_metadata_document_supported", out JsonElement supported) && supported.ValueKind == JsonValueKind.True, registration = Text(metadata, "registration_endpoint") is not null;
        if (!documents && !registration) Fault("neither Client ID Metadata Documents nor registration are on: only clients that you have registered can connect. Set client_documents.mode to on, or registration.mode to open");
        else if (!documents) Warn("Client ID Metadata Documents are off; clients that have no other way cannot connect. Set client_documents.mode to on");
        else if (!registration) Warn("dynamic registration is off; clients of before 2025-11-25 that are not known to you cannot connect. Set registration.mode, if they are needed");
        if (!List(metadata, "token_endpoint_auth_methods_supported").Contains("none")) Fault("token_endpoint_auth_methods_supported has no none; public clients cannot redeem codes");
        if (!metadata.TryGetProperty("authorization_response_iss_parameter_supported", out JsonElement iss) || iss.ValueKind != JsonValueKind.True) Warn("authorization_response_iss_parameter_supported is not true; clients of several servers cannot tell whose answer came (RFC 9207)");
        if (!List(metadata, "response_types_supported").Contains("code")) Fault("response_types_supported has no code");
        if (!List(metadata, "grant_types_supported").Contains("refresh_token")) Warn("grant_types_supported has no refresh_token; people have to sign in again and again");
        if (!List(metadata, "scopes_supported").Contains("offline_access")) Warn("scopes_supported has no offline_access; clients do not ask for refresh tokens");
        foreach (string name in new[] { "authorization_endpoint", "token_endpoint" })
        {
            if (Text(metadata, name) is null) Fault($"{name} is missing");
        }
    }

    private async Task KeysAsync(JsonElement metadata, CancellationToken cancellationToken)
    {
        (int status, JsonElement? json, _) = Text(metadata, "jwks_uri") is { } uri ? await GetAsync(uri, cancellationToken) : default;
        if (status != 200 || json?.TryGetProperty("keys", out JsonElement keys) != true || keys.GetArrayLength() == 0) Fault("jwks_uri has no keys; servers of tools cannot check access tokens");
    }

    // Clients in browsers ask with a header of their own, which needs a preflight.
    private async Task CrossOriginAsync(JsonElement metadata, CancellationToken cancellationToken)
    {
        foreach (string? endpoint in new[] { Text(metadata, "issuer")!.TrimEnd('/') + "/.well-known/openid-configuration", Text(metadata, "registration_endpoint") })
        {
            if (endpoint is null) continue;
            using var request = new HttpRequestMessage(HttpMethod.Options, endpoint);
            request.Headers.Add("Origin", "https://client.example");
            request.Headers.Add("Access-Control-Request-Method", "GET");
            request.Headers.Add("Access-Control-Request-Headers", "mcp-protocol-version");
            try
            {
                using HttpResponseMessage response = await http.SendAsync(request, cancellationToken);
                if (!response.Headers.TryGetValues("Access-Control-Allow-Headers", out IEnumerable<string>? allowed) || !string.Join(',', allowed).Contains("mcp-protocol-version", StringComparison.OrdinalIgnoreCase)) Warn($"{endpoint} does not let scripts send MCP-Protocol-Version; clients in browsers fail. Does a proxy answer OPTIONS itself?");
            }
            catch (HttpRequestException)
            {
                Warn($"{endpoint} does not answer OPTIONS; clients in browsers fail");
            }
        }
    }

    // The resource parameter becomes aud (RFC 8707) only for APIs that are declared and that strangers may have tokens for.
    private async Task AudienceAsync(string? resource, CancellationToken cancellationToken)
    {
        ScopeCatalogue catalogue = await on.Catalogue.ScopesAsync(cancellationToken);
        RegistrationOptions registration = on.Settings.Registration;
        if (resource is null)
        {
            if (catalogue.Resources.Count == 0) Warn("no resource is declared; every request of an MCP client names its server as resource and is refused. Declare it with evergrant apply");
            return;
        }
        if (catalogue.Find(resource) is not { } api)
        {
            string? near = catalogue.Resources.Keys.FirstOrDefault(r => r.TrimEnd('/') == resource.TrimEnd('/'));
            Fault(near is null ? $"{resource} is not declared as a resource; clients name it in every request and are refused (RFC 8707). Declare it with evergrant apply" : $"{resource} is declared as {near}: clients send it as it stands in the metadata of the resource, letter by letter");
            return;
        }
        if (!registration.Resources.Contains("*") && !registration.Resources.Contains(api.Identifier)) Fault($"clients that register themselves may have no tokens for {resource}. Add it to registration.resources");
        else Note($"access tokens for {resource} have it as their aud");
        if (new Uri(resource).AbsolutePath == "/" && !resource.EndsWith('/')) Warn($"{resource} has no path; some clients send it with a slash behind it. Declare {resource}/ as well");
    }

    private async Task<(int Status, JsonElement? Json, HttpResponseHeaders? Headers)> GetAsync(string url, CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            request.Headers.Add("Accept", "application/json");
            request.Headers.Add("MCP-Protocol-Version", "2025-11-25");
            using HttpResponseMessage response = await http.SendAsync(request, cancellationToken);
            string text = await response.Content.ReadAsStringAsync(cancellationToken);
            JsonElement? json = null;
            try
            {
                using JsonDocument document = JsonDocument.Parse(text);
                json = document.RootElement.Clone();
            }
            catch (JsonException)
            {
                // A page, or nothing.
            }
            return ((int)response.StatusCode, json, response.Headers);
        }
        catch (Exception e) when (e is HttpRequestException || (e is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return default;
        }
    }

    // What the SDKs accept: the same origin, and a path that the server's begins with.
    private static bool Covers(string told, string resource) =>
        Uri.TryCreate(told, UriKind.Absolute, out Uri? mine) && new Uri(resource) is var theirs && mine.GetLeftPart(UriPartial.Authority) == theirs.GetLeftPart(UriPartial.Authority)
        && (theirs.AbsolutePath.TrimEnd('/') + "/").StartsWith(mine.AbsolutePath.TrimEnd('/') + "/", StringComparison.Ordinal);

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static IReadOnlyList<string?> List(JsonElement json, string name) =>
        json.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Where(v => v.ValueKind == JsonValueKind.String).Select(v => v.GetString())] : [];

    private void Fault(string text) => findings.Add(new Finding(Severity.Fault, About, text));

    private void Warn(string text) => findings.Add(new Finding(Severity.Warning, About, text));

    private void Note(string text) => findings.Add(new Finding(Severity.Note, About, text));
}
