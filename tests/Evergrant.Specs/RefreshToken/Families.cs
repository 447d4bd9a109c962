using System.Text.Json;
using System.Text.RegularExpressions;

namespace Evergrant.Specs.RefreshToken;

/// <summary>What the refresh tests ask about an answer.</summary>
public static partial class Families
{
    /// <summary>The scope of most families.</summary>
    public const string Scope = "openid offline_access mail:read mail:send";

    /// <summary>The name of the decision that the development server puts into an answer.</summary>
    public static string? Decision(this Reply reply) => reply.Header("Evergrant-Decision");

    /// <summary>Fails the test unless the answer holds tokens by this decision.</summary>
    public static Tokens By(this Reply reply, string decision)
    {
        var tokens = Tokens.Of(reply);
        Assert.Equal(decision, reply.Decision());
        return tokens;
    }

    /// <summary>The reference in an error's description.</summary>
    public static string Reference(this Reply reply)
    {
        var match = ReferencePattern().Match(reply.Text("error_description") ?? "");
        Assert.True(match.Success, $"No reference: {reply}");
        return match.Groups[1].Value;
    }

    /// <summary>Why the server refused, as it tells operators under the reference; fails the test when it does not know.</summary>
    public static async Task<string?> Why(this RunningServer server, Reply reply) => Fact(await server.Explained(reply), "Refusal");

    /// <summary>What the server tells operators under the reference of a refusal.</summary>
    public static async Task<JsonElement> Explained(this RunningServer server, Reply reply) =>
        (await server.Api.Get(server.Api.Origin + "/dev/explain?reference=" + reply.Reference())).Expect(200).Json;

    /// <summary>A fact of an explanation; null when it is not told.</summary>
    public static string? Fact(JsonElement explanation, string label) =>
        explanation.GetProperty("facts").EnumerateArray().FirstOrDefault(fact => fact.GetProperty("label").GetString() == label) is { ValueKind: JsonValueKind.Object } found
            ? found.GetProperty("text").GetString() : null;

    /// <summary>Fails the test unless the family is dead: no token of it works anywhere.</summary>
    public static async Task Dead(this RunningServer server, Client client, params Tokens[] family)
    {
        foreach (var tokens in family)
        {
            (await client.Refresh(tokens.Refresh)).Expect(400, "invalid_grant");
            Assert.False(await client.Finds(tokens.Refresh));
            Assert.False(await client.Finds(tokens.AccessToken));
            (await server.Api.Get("/userinfo", tokens.AccessToken)).Expect(401);
        }
    }

    [GeneratedRegex("Reference ([0-9A-Z]{4}-[0-9A-Z]{4})\\.")]
    private static partial Regex ReferencePattern();
}
