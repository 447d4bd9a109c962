namespace Evergrant.Specs.Attacks;

/// <summary>The clients that are attacked.</summary>
public static class AttackClients
{
    /// <summary>The web application of the catalogue, answered at https://app.example/cb. Loses its grant when a token is spent unnoticed.</summary>
    public static ClientDefinition App { get; } = new("attacked-app") { RedirectUris = ["https://app.example/cb"], Policy = Clients.Rule("retry", "never") };

    /// <summary>Another one with a secret of its own.</summary>
    public static ClientDefinition Rival { get; } = new("attacked-rival") { RedirectUris = ["https://rival.example/cb"] };

    /// <summary>Its redirect URI is full of characters that mean something in a pattern.</summary>
    public static ClientDefinition Dotted { get; } = new("attacked-dotted") { RedirectUris = ["https://foo.example.com/cb", "https://foo.example.com/a.b+(c)?d=e.f"] };

    /// <summary>Native, on the loopback interface alone.</summary>
    public static ClientDefinition Loopback { get; } = Clients.Native with { Id = "attacked-loopback", Consent = "implied", RedirectUris = ["http://127.0.0.1/cb"] };

    /// <summary>Native, on the loopback interface of IPv6 alone.</summary>
    public static ClientDefinition Loopback6 { get; } = Clients.Native with { Id = "attacked-loopback6", Consent = "implied", RedirectUris = ["http://[::1]/cb"] };

    /// <summary>Public, with a scheme of its own.</summary>
    public static ClientDefinition Phone { get; } = Clients.Native with { Id = "attacked-phone", RedirectUris = ["com.example.phone:/cb"] };

    /// <summary>Public, in a page; consent implied.</summary>
    public static ClientDefinition Page { get; } = new("attacked-page") { Type = "browser", Method = "none", RedirectUris = ["https://page.example/cb"], AllowedOrigins = ["https://page.example"] };

    /// <summary>Asks for consent; its name is an attack on whoever shows it.</summary>
    public static ClientDefinition Marked { get; } = new("attacked-marked")
    {
        Consent = "ask", Name = "<script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}}${7*7}\" onfocus=\"alert(3)", RedirectUris = ["https://marked.example/cb?a=1&b='c'"],
    };

    /// <summary>Asks for consent.</summary>
    public static ClientDefinition Asked { get; } = new("attacked-asked") { Consent = "ask" };

    /// <summary>Gets a refresh token without offline access; it ends with the session.</summary>
    public static ClientDefinition AlwaysOnline { get; } = new("attacked-online") { Policy = Clients.Rule("refresh_tokens", "always") };

    /// <summary>Signs; wrong proofs of it are thrown at the server until it waits.</summary>
    public static ClientDefinition Asserting { get; } = Clients.Asserting with { Id = "attacked-asserting", RedirectUris = ["https://attacked-asserting.example/callback"] };

    /// <summary>Those whose secrets are guessed at, by each way to show one.</summary>
    public static IReadOnlyList<ClientDefinition> Probed { get; } = [App with { Id = "attacked-probed" }, Clients.Post with { Id = "attacked-probed-post" }, Clients.Machine with { Id = "attacked-probed-machine" }];

    /// <summary>Opaque access tokens.</summary>
    public static ClientDefinition Opaque { get; } = new("attacked-opaque") { AccessTokenFormat = "opaque" };

    /// <summary>Acts for itself.</summary>
    public static ClientDefinition Machine { get; } = Clients.Machine with { Id = "attacked-machine" };

    /// <summary>A resource server that introspects.</summary>
    public static ClientDefinition Api { get; } = Clients.MailApi with { Id = "attacked-api", Name = "Attacked API" };

    /// <summary>Every client above.</summary>
    public static IReadOnlyList<ClientDefinition> All { get; } = [App, Rival, Dotted, Loopback, Loopback6, Phone, Page, Marked, Asked, AlwaysOnline, Asserting, .. Probed, Opaque, Machine, Api];
}
