using System.Text.Json.Nodes;

namespace Evergrant.Specs.Harness;

/// <summary>The clients that are declared to every server. Unless said otherwise: confidential, with Basic, consent implied, the Mail API's scopes.</summary>
public static class Clients
{
    private static readonly IReadOnlyList<string> Machines = ["client_credentials"];
    private static readonly IReadOnlyList<string> Nothing = [];

    /// <summary>The usual one.</summary>
    public static ClientDefinition Web { get; } = new("web") { Scope = ClientDefinition.UsualScope + " " + DeclaredState.HiddenScope };

    /// <summary>A second one, for what belongs to somebody else.</summary>
    public static ClientDefinition Other { get; } = new("other");

    /// <summary>Registered for <c>client_secret_post</c>.</summary>
    public static ClientDefinition Post { get; } = new("post") { Method = "client_secret_post" };

    /// <summary>Registered for <c>private_key_jwt</c> with the keys of <see cref="ClientKeys"/>.</summary>
    public static ClientDefinition Asserting { get; } = new("asserting")
    {
        Method = "private_key_jwt",
        GrantTypes = ["authorization_code", "refresh_token", "client_credentials"],
        Jwks = ClientKeys.Public(),
    };

    /// <summary>As <see cref="Asserting"/>, for tests that fail to prove it: such attempts are throttled for each client.</summary>
    public static ClientDefinition Unproven { get; } = Asserting with { Id = "unproven", RedirectUris = ["https://unproven.example/callback"] };

    /// <summary>Asks for consent.</summary>
    public static ClientDefinition Asking { get; } = new("asking") { Consent = "ask", Name = "Asking & <Co>" };

    /// <summary>A public native application with all three kinds of redirect URI; asks for consent.</summary>
    public static ClientDefinition Native { get; } = new("native")
    {
        Type = "native",
        Method = "none",
        Consent = "ask",
        RedirectUris = ["com.example.native:/callback", "http://127.0.0.1/callback", "http://[::1]/callback", "https://native.example/callback"],
    };

    /// <summary>A second public client.</summary>
    public static ClientDefinition OtherNative { get; } = Native with { Id = "other-native", Name = "Specs other-native" };

    /// <summary>A public application that runs in a page of https://spa.example.</summary>
    public static ClientDefinition Spa { get; } = new("spa")
    {
        Type = "browser",
        Method = "none",
        Consent = "ask",
        AllowedOrigins = ["https://spa.example"],
    };

    /// <summary>Two redirect URIs.</summary>
    public static ClientDefinition TwoRedirects { get; } = new("two-redirects")
    {
        RedirectUris = ["https://two-redirects.example/callback", "https://two-redirects.example/second"],
    };

    /// <summary>A redirect URI with a query of its own.</summary>
    public static ClientDefinition Queried { get; } = new("queried") { RedirectUris = ["https://queried.example/callback?a=1&b=%2F"] };

    /// <summary>May leave PKCE out.</summary>
    public static ClientDefinition WithoutPkce { get; } = new("without-pkce") { RequirePkce = false };

    /// <summary>Gets opaque access tokens.</summary>
    public static ClientDefinition Opaque { get; } = new("opaque") { AccessTokenFormat = "opaque" };

    /// <summary>Mail API and Files API.</summary>
    public static ClientDefinition TwoApis { get; } = new("two-apis")
    {
        Scope = ClientDefinition.UsualScope + " files:read",
        Resources = [DeclaredState.Mail, DeclaredState.Files],
    };

    /// <summary>Never gets a refresh token.</summary>
    public static ClientDefinition WithoutRefresh { get; } = new("without-refresh") { Policy = Rule("refresh_tokens", "never") };

    /// <summary>Always gets a refresh token.</summary>
    public static ClientDefinition AlwaysRefresh { get; } = new("always-refresh") { Policy = Rule("refresh_tokens", "always") };

    /// <summary>Keeps its refresh token.</summary>
    public static ClientDefinition WithoutRotation { get; } = new("without-rotation") { Policy = Rule("rotate", false) };

    /// <summary>No refresh token may be presented twice.</summary>
    public static ClientDefinition WithoutRetry { get; } = new("without-retry") { Policy = Rule("retry", "never") };

    /// <summary>Pairwise subjects; the sector is its redirect URI's host.</summary>
    public static ClientDefinition Pairwise { get; } = new("pairwise") { SubjectType = "pairwise" };

    /// <summary>Pairwise subjects in another sector.</summary>
    public static ClientDefinition OtherPairwise { get; } = new("other-pairwise") { SubjectType = "pairwise" };

    /// <summary>Acts for itself with both APIs, and has no redirect URI.</summary>
    public static ClientDefinition Machine { get; } = new("machine")
    {
        GrantTypes = Machines,
        ResponseTypes = Nothing,
        RedirectUris = Nothing,
        Scope = "mail:read mail:send files:read",
        Resources = [DeclaredState.Mail, DeclaredState.Files],
    };

    /// <summary>Has a redirect URI, but may not use the authorization code.</summary>
    public static ClientDefinition WithoutCode { get; } = new("without-code") { GrantTypes = Machines, ResponseTypes = Nothing, Scope = "mail:read" };

    /// <summary>The Mail API: may introspect the tokens meant for it.</summary>
    public static ClientDefinition MailApi { get; } = Machine with
    {
        Id = "mail-api",
        Name = "Mail API",
        Introspect = true,
        Scope = "mail:read",
        Resources = [DeclaredState.Mail],
    };

    /// <summary>The Files API: may introspect the tokens meant for it.</summary>
    public static ClientDefinition FilesApi { get; } = Machine with
    {
        Id = "files-api",
        Name = "Files API",
        Introspect = true,
        Scope = "files:read",
        Resources = [DeclaredState.Files],
    };

    /// <summary>Where tests present wrong secrets, fewer than the throttle allows.</summary>
    public static ClientDefinition Knocking { get; } = new("knocking");

    /// <summary>One client for each endpoint whose throttle a test trips.</summary>
    public static IReadOnlyList<ClientDefinition> Hammered { get; } = [new("hammered-token"), new("hammered-revoke"), new("hammered-introspect")];

    /// <summary>Every client above, and those of the folders that have their own.</summary>
    public static IReadOnlyList<ClientDefinition> All =>
    [
        Web, Other, Post, Asserting, Unproven, Asking, Native, OtherNative, Spa, TwoRedirects, Queried, WithoutPkce, Opaque, TwoApis, WithoutRefresh, AlwaysRefresh,
        WithoutRotation, WithoutRetry, Pairwise, OtherPairwise, Machine, WithoutCode, MailApi, FilesApi, Knocking, .. Hammered,
        .. OidcRpInitiatedLogout.LogoutClients.All, .. Ciba.CibaClients.All,
        .. Rfc9126.Pushing.All, .. Rfc9101.Signing.All, .. Jarm.JarmClients.All, .. Rfc9396.RichClients.All, .. Fapi2.FapiClients.All,
        .. OidcCore.OidcClients.All, .. RefreshToken.RefreshClients.All, .. Hostile.HostileClients.All, .. Rfc8628.DeviceClients.All,
        .. Rfc9449.DpopClients.All,
        .. Rfc8705.MtlsClients.All,
        .. Rfc7516.EncryptedClients.All, Rfc9470.StepUpClients.Strict,
        .. Attacks.AttackClients.All,
        .. OauthRefreshTokenExpiration.Ends.All, .. OidcNativeSso.Apps.All, .. GrantManagement.Managing.All,
        .. Certification.PlanClients.All,
    ];

    /// <summary>A policy with one rule.</summary>
    public static IReadOnlyDictionary<string, JsonNode> Rule(string name, JsonNode value) => new Dictionary<string, JsonNode> { [name] = value };
}
