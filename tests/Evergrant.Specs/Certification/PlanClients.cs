namespace Evergrant.Specs.Certification;

/// <summary>The clients of the conformance suite's plans.</summary>
public static class PlanClients
{
    /// <summary>The first client: Basic, all scopes.</summary>
    public static ClientDefinition First { get; } = new("plan-first") { Scope = "openid profile email address phone offline_access", Resources = [] };

    /// <summary>The second client, which must not be able to use what the first one has.</summary>
    public static ClientDefinition Second { get; } = First with { Id = "plan-second", RedirectUris = ["https://plan-second.example/callback"] };

    /// <summary>The secret in the body.</summary>
    public static ClientDefinition Posting { get; } = First with { Id = "plan-posting", Method = "client_secret_post", RedirectUris = ["https://plan-posting.example/callback"] };

    /// <summary>Every client above.</summary>
    public static IReadOnlyList<ClientDefinition> All { get; } = [First, Second, Posting];

    /// <summary>The first client of the implicit and hybrid plans.</summary>
    public static ClientDefinition FrontFirst { get; } = First with
    {
        Id = "plan-front",
        RedirectUris = ["https://plan-front.example/callback"],
        GrantTypes = ["authorization_code", "refresh_token", "implicit"],
        ResponseTypes = ["code", "id_token", "id_token token", "code id_token", "code token", "code id_token token"],
    };

    /// <summary>The second one.</summary>
    public static ClientDefinition FrontSecond { get; } = FrontFirst with { Id = "plan-front-second", RedirectUris = ["https://plan-front-second.example/callback"] };

    /// <summary>The secret in the body.</summary>
    public static ClientDefinition FrontPosting { get; } = FrontFirst with { Id = "plan-front-posting", Method = "client_secret_post", RedirectUris = ["https://plan-front-posting.example/callback"] };

    /// <summary>The three; they are declared where tokens go through the browser.</summary>
    public static IReadOnlyList<ClientDefinition> Front { get; } = [FrontFirst, FrontSecond, FrontPosting];
}
