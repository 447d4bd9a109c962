using System.Text.Json;
using System.Text.Json.Nodes;
using Evergrant.Fire.History;
using Evergrant.Fire.Servers;

namespace Evergrant.Fire.Clients;

/// <summary>The clients of the drills, one for each form of the retry rule, and a stranger.</summary>
internal static class FireClients
{
    /// <summary>Confidential; a predecessor is good until its successor was used. The default of confidential clients.</summary>
    public const string Acknowledged = "fire-acknowledged";

    /// <summary>Public; a window of two seconds and a budget of three retries.</summary>
    public const string Window = "fire-window";

    /// <summary>Confidential; no retry at all: of many parallel refreshes exactly one succeeds.</summary>
    public const string Never = "fire-never";

    /// <summary>Confidential; a client that holds nobody's tokens.</summary>
    public const string Stranger = "fire-stranger";

    /// <summary>Length of the window of <see cref="Window"/>.</summary>
    public static readonly TimeSpan WindowLength = TimeSpan.FromSeconds(2);

    /// <summary>Every client with what it promises.</summary>
    public static IReadOnlyList<(string Id, GrantRules Rules)> All { get; } =
    [
        (Acknowledged, new GrantRules(RetryForm.UntilAcknowledged)),
        (Window, new GrantRules(RetryForm.Window) { Window = (long)WindowLength.TotalMicroseconds, Budget = 3 }),
        (Never, new GrantRules(RetryForm.Never)),
        (Stranger, new GrantRules(RetryForm.UntilAcknowledged)),
    ];

    /// <summary>Declares them at a running cluster.</summary>
    /// <returns>The clients with the secrets that the server made.</returns>
    public static async Task<IReadOnlyList<FireClient>> DeclareAsync(Cluster cluster, CancellationToken cancellationToken)
    {
        string file = Path.Combine(cluster.Nodes[0].Plan.Folder, "fire-clients.json");
        var declared = new JsonObject { ["clients"] = new JsonArray([.. All.Select(c => Declared(cluster.Issuer, c.Id, c.Rules))]) };
        await File.WriteAllTextAsync(file, declared.ToJsonString(), cancellationToken);
        using JsonDocument said = JsonDocument.Parse(await cluster.CommandAsync(["apply", "-f", file, "--json", "--yes"], cancellationToken));
        Dictionary<string, string?> secrets = said.RootElement.GetProperty("changes").EnumerateArray()
            .Where(c => c.GetProperty("kind").GetString() == "client")
            .ToDictionary(c => c.GetProperty("id").GetString()!, c => c.TryGetProperty("client_secret", out JsonElement secret) ? secret.GetString() : null);
        return [.. All.Select(c => new FireClient(c.Id, secrets.GetValueOrDefault(c.Id), c.Rules))];
    }

    private static JsonObject Declared(string issuer, string id, GrantRules rules)
    {
        bool isPublic = id == Window;
        string[] grants = ["authorization_code", "refresh_token"];
        return new JsonObject
        {
            ["issuer"] = issuer, ["client_id"] = id, ["client_name"] = id,
            ["application_type"] = isPublic ? "native" : "web",
            ["token_endpoint_auth_method"] = isPublic ? "none" : "client_secret_basic",
            ["redirect_uris"] = new JsonArray(FireClient.RedirectUri),
            ["grant_types"] = new JsonArray([.. grants.Select(g => (JsonNode)g)]),
            ["scope"] = FireClient.Scope, ["consent"] = "implied", ["introspect"] = !isPublic, ["access_token_format"] = "jwt",
            ["policy"] = Policy(rules),
        };
    }

    private static JsonObject Policy(GrantRules rules)
    {
        var policy = new JsonObject
        {
            ["refresh_tokens"] = "always", ["access_token_lifetime"] = "01:00:00",
            ["retry"] = rules.Retry switch
            {
                RetryForm.Never => "never",
                RetryForm.UntilAcknowledged => "acknowledged",
                _ => TimeSpan.FromMicroseconds(rules.Window).ToString("c"),
            },
        };
        if (rules.Budget is { } budget) policy["retry_budget"] = budget;
        return policy;
    }
}
