using System.Text.Json.Nodes;

namespace Evergrant.Specs.OidcRpInitiatedLogout;

/// <summary>The clients of the logout tests.</summary>
public static class LogoutClients
{
    /// <summary>Where the usual one is returned to.</summary>
    public const string Out = "https://leaving.example/out";

    /// <summary>Another registered address of it, with a query.</summary>
    public const string OutWithQuery = "https://leaving.example/left?kept=1";

    /// <summary>Asks to be returned to.</summary>
    public static ClientDefinition Leaving { get; } = new("leaving") { Further = Members(("post_logout_redirect_uris", new JsonArray(Out, OutWithQuery))) };

    /// <summary>Another one, returned to elsewhere; its subjects are pairwise.</summary>
    public static ClientDefinition OtherLeaving { get; } = new("other-leaving")
    {
        SubjectType = "pairwise", Further = Members(("post_logout_redirect_uris", new JsonArray("https://other-leaving.example/out"))),
    };

    /// <summary>A program on a device, returned to by its own scheme.</summary>
    public static ClientDefinition NativeLeaving { get; } = new("native-leaving")
    {
        Type = "native", Method = "none", RedirectUris = ["com.example.leaving:/callback"], Further = Members(("post_logout_redirect_uris", new JsonArray("com.example.leaving:/out"))),
    };

    /// <summary>Told by the browser, with the session; its address has a query.</summary>
    public static ClientDefinition Framed { get; } = new("framed")
    {
        Further = Members(("frontchannel_logout_uri", "https://framed.example/front?x=1"), ("frontchannel_logout_session_required", true),
            ("post_logout_redirect_uris", new JsonArray("https://framed.example/out"))),
    };

    /// <summary>Told by the browser, without the session.</summary>
    public static ClientDefinition PlainlyFramed { get; } = new("plainly-framed") { Further = Members(("frontchannel_logout_uri", "https://plainly-framed.example/front")) };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ClientDefinition> All => [Leaving, OtherLeaving, NativeLeaving, Framed, PlainlyFramed];

    /// <summary>Members of a declaration.</summary>
    public static IReadOnlyDictionary<string, JsonNode> Members(params (string Name, JsonNode Value)[] members) => members.ToDictionary(m => m.Name, m => m.Value);
}
