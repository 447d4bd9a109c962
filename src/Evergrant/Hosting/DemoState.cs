using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Evergrant.Cli;
using Evergrant.Declared;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Keys;

namespace Evergrant.Hosting;

/// <summary>What development mode has from the first start on: two clients, two people and an API, declared as any other state.</summary>
internal static class DemoState
{
    /// <summary>The confidential web client.</summary>
    public const string WebClient = "demo-web";

    /// <summary>The public native client.</summary>
    public const string NativeClient = "demo-native";

    /// <summary>The person.</summary>
    public const string User = "demo";

    /// <summary>The operator.</summary>
    public const string Operator = "operator";

    /// <summary>Scope of both clients.</summary>
    public const string Scope = "openid profile email offline_access notes:read notes:write";

    private const string Resource = "https://notes.example";

    /// <summary>Redirect URIs of the native client.</summary>
    public static IReadOnlyList<string> NativeRedirects { get; } = ["http://127.0.0.1/callback", "http://localhost/callback", "http://localhost/playground/callback", "com.example.demo:/callback"];

    /// <summary>Redirect URIs of the web client.</summary>
    public static IReadOnlyList<string> WebRedirects(string issuer) => [issuer + "/playground/callback", "http://localhost/callback", "http://127.0.0.1/callback"];

    /// <summary>Declares it. Passwords and the secret of an earlier start are kept as long as they are still good.</summary>
    public static async Task<DevelopmentFile> ApplyAsync(Operations operations, DevelopmentFile? earlier, CancellationToken cancellationToken)
    {
        string issuer = operations.Settings.Issuers[0];
        string password = earlier?.Password ?? NewPassword(), operatorPassword = earlier?.OperatorPassword ?? NewPassword();
        DeclaredState state = await DeclaredState.ReadAsync(Json(issuer, password, operatorPassword), "the demo state", operations, cancellationToken);
        Plan plan = await Plan.MakeAsync(state, operations, cancellationToken);
        IReadOnlyList<PlannedChange> done = await plan.ApplyAsync(operations, AuditTrail.OfStart(operations, "start"), cancellationToken);
        string? secret = done.FirstOrDefault(c => c.Id == WebClient)?.ClientSecret ?? await KeptSecretAsync(operations, issuer, earlier?.WebSecret, cancellationToken);
        return new DevelopmentFile(issuer, secret, password, operatorPassword);
    }

    // The secret that the last dev.json named, if it is still the client's; else a new one beside those that are.
    private static async Task<string> KeptSecretAsync(Operations operations, string issuer, string? known, CancellationToken cancellationToken)
    {
        Client client = (await operations.Store.Clients.FindClientAsync(issuer, WebClient, cancellationToken))!;
        NumberedKeys keys = operations.Secrets.Derive(ClientSecret.Purpose);
        if (known is not null && ClientSecret.Matches(known, keys, client.SecretHashes)) return known;
        string secret = ClientSecret.New(RandomNumberGenerator.GetBytes(32));
        await operations.Store.Clients.SaveClientAsync(client with { SecretHashes = [ClientSecret.Hash(secret, keys)] }, cancellationToken);
        operations.Catalogue.Invalidate();
        return secret;
    }

    private static byte[] Json(string issuer, string password, string operatorPassword) => Encoding.UTF8.GetBytes(new JsonObject
    {
        ["resources"] = new JsonArray(new JsonObject
        {
            ["identifier"] = Resource,
            ["name"] = "Notes",
            ["scopes"] = new JsonArray(Described("notes:read", "Read your notes"), Described("notes:write", "Write and delete your notes")),
            ["access_token_format"] = "jwt",
        }),
        ["clients"] = new JsonArray(
            Client(issuer, WebClient, "Demo web application", "web", "client_secret_basic", WebRedirects(issuer), introspect: true),
            Client(issuer, NativeClient, "Demo native application", "native", "none", NativeRedirects, introspect: false)),
        ["users"] = new JsonArray(
            Person(User, password, false, new JsonObject { ["name"] = "Demo Person", ["given_name"] = "Demo", ["family_name"] = "Person", ["email"] = "demo@example.com", ["email_verified"] = true }),
            Person(Operator, operatorPassword, true, new JsonObject { ["name"] = "Demo Operator" })),
    }.ToJsonString());

    private static JsonObject Client(string issuer, string id, string name, string type, string method, IReadOnlyList<string> redirects, bool introspect)
    {
        string[] grants = introspect ? ["authorization_code", "refresh_token", "client_credentials"] : ["authorization_code", "refresh_token"];
        return new JsonObject
        {
            ["issuer"] = issuer, ["client_id"] = id, ["client_name"] = name, ["application_type"] = type, ["token_endpoint_auth_method"] = method,
            ["redirect_uris"] = JsonOutput.Texts(redirects), ["grant_types"] = JsonOutput.Texts(grants), ["scope"] = Scope, ["resources"] = JsonOutput.Texts([Resource]), ["introspect"] = introspect,
        };
    }

    private static JsonObject Described(string name, string description) => new() { ["name"] = name, ["description"] = description };

    private static JsonObject Person(string name, string password, bool isOperator, JsonObject claims) => new() { ["username"] = name, ["password"] = password, ["operator"] = isOperator, ["claims"] = claims };

    // 60 bits that can be typed from a screen: no letter that looks like another one.
    private static string NewPassword() => string.Join('-', Enumerable.Range(0, 3).Select(_ => RandomNumberGenerator.GetString("abcdefghjkmnpqrstvwxyz23456789", 4)));
}
