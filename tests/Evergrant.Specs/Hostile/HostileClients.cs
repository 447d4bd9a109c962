namespace Evergrant.Specs.Hostile;

/// <summary>The clients in whose name the hostile requests come.</summary>
public static class HostileClients
{
    /// <summary>Loses its grant when a token is spent unnoticed.</summary>
    public static ClientDefinition Target { get; } = new("hostile") { Method = "client_secret_post", Policy = Clients.Rule("retry", "never") };

    /// <summary>Public, in a page of https://hostile-spa.example.</summary>
    public static ClientDefinition Page { get; } = new("hostile-spa") { Type = "browser", Method = "none", AllowedOrigins = ["https://hostile-spa.example"] };

    /// <summary>A resource server that introspects.</summary>
    public static ClientDefinition Api { get; } = Clients.MailApi with { Id = "hostile-api", Name = "Hostile API" };

    /// <summary>Every client above.</summary>
    public static IReadOnlyList<ClientDefinition> All { get; } = [Target, Page, Api];
}
