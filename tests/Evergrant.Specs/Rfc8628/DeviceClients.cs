namespace Evergrant.Specs.Rfc8628;

/// <summary>The clients of the device tests.</summary>
public static class DeviceClients
{
    /// <summary>The grant_type value.</summary>
    public const string GrantType = "urn:ietf:params:oauth:grant-type:device_code";

    /// <summary>A television: public, with device code and refresh token and nothing else.</summary>
    public static ClientDefinition Television { get; } = new("device-tv")
    {
        Type = "native", Method = "none", GrantTypes = [GrantType, "refresh_token"], ResponseTypes = [], RedirectUris = [], Name = "Living-room TV",
    };

    /// <summary>Another one.</summary>
    public static ClientDefinition OtherTelevision { get; } = Television with { Id = "device-other-tv" };

    /// <summary>One that can prove who it is.</summary>
    public static ClientDefinition Gateway { get; } = Television with { Id = "device-gateway", Type = "web", Method = "client_secret_basic" };

    /// <summary>Its answer may not be given twice.</summary>
    public static ClientDefinition Strict { get; } = Gateway with { Id = "device-strict", Policy = Clients.Rule("retry", "never") };

    /// <summary>Its codes live for two minutes.</summary>
    public static ClientDefinition Hasty { get; } = Television with { Id = "device-hasty", Policy = Clients.Rule("device_code_lifetime", "00:02:00") };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ClientDefinition> All => [Television, OtherTelevision, Gateway, Strict, Hasty];
}
