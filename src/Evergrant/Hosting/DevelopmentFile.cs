using System.Text.Json;
using System.Text.Json.Nodes;

namespace Evergrant.Hosting;

/// <summary>FOLDER/dev.json: everything a script needs to use a server in development mode. It is there while the server listens, and stays when it has stopped.</summary>
/// <param name="Issuer">The issuer.</param>
/// <param name="WebSecret">Secret of demo-web.</param>
/// <param name="Password">Password of demo.</param>
/// <param name="OperatorPassword">Password of operator.</param>
internal sealed record DevelopmentFile(string Issuer, string? WebSecret, string Password, string OperatorPassword)
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "dev.json";

    // Where the last one is while the next one is not yet valid.
    private const string EarlierName = "dev.earlier.json";

    /// <summary>Takes the file of an earlier run out of the way and gives what it said; null when there was none.</summary>
    public static DevelopmentFile? TakeEarlier(string folder)
    {
        string current = Path.Combine(folder, FileName), earlier = Path.Combine(folder, EarlierName);
        if (File.Exists(current)) File.Move(current, earlier, overwrite: true);
        try
        {
            JsonNode json = JsonNode.Parse(File.ReadAllBytes(earlier))!;
            return new DevelopmentFile((string)json["issuer"]!, (string?)json["clients"]!["web"]!["client_secret"], (string)json["user"]!["password"]!, (string)json["operator"]!["password"]!);
        }
        catch (Exception e) when (e is IOException or JsonException or NullReferenceException or InvalidOperationException or ArgumentNullException)
        {
            // Without it new secrets are made.
            return null;
        }
    }

    /// <summary>Writes the file, mode 0600, whole or not at all.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="postgres">Connection string of the database that is used, for commands; null for none.</param>
    public void Write(string folder, string? postgres)
    {
        var json = new JsonObject
        {
            ["issuer"] = Issuer,
            ["clients"] = new JsonObject
            {
                ["web"] = Client(DemoState.WebClient, WebSecret, DemoState.WebRedirects(Issuer)),
                ["native"] = Client(DemoState.NativeClient, null, DemoState.NativeRedirects),
            },
            ["user"] = Person(DemoState.User, Password),
            // The same person once more at the top, for one-line scripts.
            ["username"] = DemoState.User,
            ["password"] = Password,
            ["operator"] = Person(DemoState.Operator, OperatorPassword),
            ["playground"] = Issuer + "/playground",
            ["pid"] = Environment.ProcessId,
        };
        if (postgres is not null) json["postgres"] = postgres;
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true })) json.WriteTo(writer);
        stream.WriteByte((byte)'\n');
        PrivateFile.Write(Path.Combine(folder, FileName), stream.ToArray());
        File.Delete(Path.Combine(folder, EarlierName));
    }

    /// <summary>The issuer only.</summary>
    public override string ToString() => Issuer;

    private static JsonObject Client(string id, string? secret, IReadOnlyList<string> redirects)
    {
        var client = new JsonObject { ["client_id"] = id };
        if (secret is not null) client["client_secret"] = secret;
        client["redirect_uris"] = new JsonArray([.. redirects.Select(r => (JsonNode)r)]);
        client["scope"] = DemoState.Scope;
        return client;
    }

    private static JsonObject Person(string name, string password) => new() { ["username"] = name, ["password"] = password };
}
