using System.Text.Json;
using System.Text.Json.Nodes;

namespace Evergrant.Specs.Harness;

/// <summary>What every server is told with <c>evergrant apply</c>.</summary>
public static class DeclaredState
{
    /// <summary>The Mail API: <c>mail:read</c>, <c>mail:send</c>.</summary>
    public const string Mail = "https://mail.example/api";

    /// <summary>The Files API: <c>files:read</c>.</summary>
    public const string Files = "https://files.example/api";

    /// <summary>A scope that the metadata does not list; the usual client may ask for it.</summary>
    public const string HiddenScope = "backstage";

    /// <summary>The whole declaration for an issuer.</summary>
    public static string Json(string issuer) => new JsonObject
    {
        ["resources"] = new JsonArray(
            Resource(Mail, "Mail", ("mail:read", "Read your mail"), ("mail:send", "Send mail for you")),
            Resource(Files, "Files", ("files:read", "Read your files")),
            new JsonObject { ["identifier"] = Rfc9396.RichClients.Bank, ["name"] = Rfc9396.RichClients.BankName, ["authorization_details_types"] = Rfc9396.RichClients.Types }),
        ["scopes"] = new JsonArray(
            new JsonObject { ["name"] = "extra", ["description"] = "Something extra" },
            new JsonObject { ["name"] = Ciba.CibaClients.Authenticator, ["description"] = "Answer sign-in requests for you", ["hidden"] = true },
            new JsonObject { ["name"] = HiddenScope, ["description"] = "Behind the scenes", ["hidden"] = true }),
        ["clients"] = Array(Clients.All.Select(client => client.ToJson(issuer))),
        ["users"] = Array(Users.All.Select(user => user.ToJson())),
    }.ToJsonString();

    /// <summary>A declaration of clients alone.</summary>
    public static string Json(string issuer, params ClientDefinition[] clients) =>
        new JsonObject { ["clients"] = Array(clients.Select(client => client.ToJson(issuer))) }.ToJsonString();

    private static JsonObject Resource(string identifier, string name, params (string Name, string Description)[] scopes) => new()
    {
        ["identifier"] = identifier,
        ["name"] = name,
        ["scopes"] = Array(scopes.Select(scope => new JsonObject { ["name"] = scope.Name, ["description"] = scope.Description })),
    };

    private static JsonArray Array(IEnumerable<JsonObject> items) => new([.. items]);
}

/// <summary>A person who can sign in.</summary>
public sealed record User(string Username, string Password, string Name)
{
    /// <summary>Claims besides the name.</summary>
    public IReadOnlyDictionary<string, JsonNode> Claims { get; init; } = new Dictionary<string, JsonNode>();

    /// <summary>The declaration.</summary>
    public JsonObject ToJson()
    {
        var claims = new JsonObject { ["name"] = Name };
        foreach (var (claim, value) in Claims) claims[claim] = value.DeepClone();
        return new JsonObject { ["username"] = Username, ["password"] = Password, ["claims"] = claims };
    }
}

/// <summary>The people who are declared to every server.</summary>
public static class Users
{
    private const string Password = "correct horse battery staple";

    /// <summary>The usual one, with every kind of standard claim.</summary>
    public static User Alice { get; } = new("alice", Password, "Alice Example")
    {
        Claims = new Dictionary<string, JsonNode>
        {
            ["given_name"] = "Alice",
            ["family_name"] = "Example",
            ["preferred_username"] = "alice",
            ["locale"] = "en-GB",
            ["email"] = "alice@example.com",
            ["email_verified"] = true,
            ["phone_number"] = "+44 20 7946 0000",
            ["phone_number_verified"] = false,
            ["address"] = JsonSerializer.SerializeToNode(new { formatted = "1 Example Street", locality = "London", country = "GB" })!,
        },
    };

    /// <summary>A second one.</summary>
    public static User Bob { get; } = new("bob", Password + " 2", "Bob Example");

    /// <summary>Name and password beyond ASCII.</summary>
    public static User Zoe { get; } = new("zoë", "pässwörter sind 長い", "Zoë Ünïcode");

    /// <summary>Whose account tests lock.</summary>
    public static User Locked { get; } = new("locked", Password + " 3", "Lockie Example");

    /// <summary>Has every standard claim, all of them verified.</summary>
    public static User Carol { get; } = new("carol", Password + " 4", "Carol Q. Example")
    {
        Claims = new Dictionary<string, JsonNode>
        {
            ["given_name"] = "Carol",
            ["family_name"] = "Example",
            ["middle_name"] = "Quincy",
            ["nickname"] = "Caz",
            ["preferred_username"] = "carol.example",
            ["profile"] = "https://carol.example/about",
            ["picture"] = "https://carol.example/carol.png",
            ["website"] = "https://carol.example/",
            ["gender"] = "female",
            ["birthdate"] = "0000-04-30",
            ["zoneinfo"] = "Europe/Zurich",
            ["locale"] = "de-CH",
            ["email"] = "carol@example.com",
            ["email_verified"] = true,
            ["phone_number"] = "+41445550100;ext=5678",
            ["phone_number_verified"] = true,
            ["address"] = JsonSerializer.SerializeToNode(new { formatted = "Beispielweg 2\n8000 Zürich", street_address = "Beispielweg 2", locality = "Zürich", postal_code = "8000", country = "CH" })!,
        },
    };

    /// <summary>Has an email address that nobody has verified, and a claim without a value.</summary>
    public static User Dave { get; } = new("dave", Password + " 5", "Dave Example")
    {
        Claims = new Dictionary<string, JsonNode> { ["email"] = "dave@example.com", ["nickname"] = "" },
    };

    /// <summary>Everyone above.</summary>
    public static IReadOnlyList<User> All { get; } = [Alice, Bob, Zoe, Locked, Carol, Dave];
}
