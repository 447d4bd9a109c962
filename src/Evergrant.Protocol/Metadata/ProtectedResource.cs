using System.Text.Json.Nodes;
using Evergrant.Protocol.Clients;

namespace Evergrant.Protocol.Metadata;

/// <summary>Metadata of a protected resource (RFC 9728 section 2): of our own userinfo endpoint, and of declared APIs whose identifier is on our origin.</summary>
public static class ProtectedResource
{
    /// <summary>What RFC 9728 section 3 puts between host and path.</summary>
    public const string WellKnown = "/.well-known/oauth-protected-resource";

    /// <summary>The document of the userinfo endpoint.</summary>
    /// <param name="issuer">Issuer.</param>
    /// <param name="root">The issuer without a trailing slash.</param>
    public static JsonObject OfUserInfo(string issuer, string root) => Build(root + "/userinfo", issuer, ["openid", "profile", "email", "address", "phone"], null, ["header", "body"]);

    /// <summary>The document of an API.</summary>
    /// <param name="resource">The API.</param>
    /// <param name="issuer">The issuer that its tokens come from.</param>
    public static JsonObject Of(ApiResource resource, string issuer) => Build(resource.Identifier, issuer, [.. resource.Scopes.Where(s => !s.Hidden).Select(s => s.Name)], resource.Name, ["header"]);

    /// <summary>Where the metadata of a resource are: the well-known part stands between host and path.</summary>
    /// <param name="resource">An http or https URL.</param>
    public static string UrlOf(string resource)
    {
        int path = resource.IndexOf('/', resource.IndexOf("://", StringComparison.Ordinal) + 3);
        return path < 0 ? resource + WellKnown : resource[..path] + WellKnown + (path == resource.Length - 1 ? "" : resource[path..]);
    }

    // Members without a value are left out (section 3.2).
    private static JsonObject Build(string resource, string issuer, IReadOnlyList<string> scopes, string? name, IReadOnlyList<string> methods)
    {
        var json = new JsonObject { ["resource"] = resource, ["authorization_servers"] = new JsonArray(issuer) };
        if (scopes.Count > 0) json["scopes_supported"] = new JsonArray([.. scopes.Select(s => (JsonNode)s)]);
        json["bearer_methods_supported"] = new JsonArray([.. methods.Select(m => (JsonNode)m)]);
        if (name is not null) json["resource_name"] = name;
        return json;
    }
}
