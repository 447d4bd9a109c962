using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Evergrant.Specs.OidcNativeSso;

/// <summary>Apps of two vendors on a device, and what they show one another.</summary>
public static class Apps
{
    private const string Exchange = Rfc8693.ExchangeClients.Exchange;

    /// <summary>Signs in with a page.</summary>
    public static ClientDefinition Mail { get; } = new("sso-mail")
    {
        Type = "native", Method = "none", RedirectUris = ["com.example.sso:/callback"], Scope = ClientDefinition.UsualScope + " device_sso", Further = Group("specs-apps"),
    };

    /// <summary>Signs in with what the first one has, and gets a refresh token.</summary>
    public static ClientDefinition Files { get; } = Mail with
    {
        Id = "sso-files",
        GrantTypes = ["authorization_code", "refresh_token", Exchange],
        Policy = new Dictionary<string, JsonNode> { ["refresh_token_grants"] = new JsonArray("authorization_code", Exchange) },
    };

    /// <summary>The same without a word of its policy, which gives none.</summary>
    public static ClientDefinition Plain { get; } = Files with { Id = "sso-plain", Policy = null };

    /// <summary>Proves who it is.</summary>
    public static ClientDefinition Confidential { get; } = Files with { Id = "sso-confidential", Type = "web", Method = "client_secret_basic", RedirectUris = ["https://sso-confidential.example/callback"] };

    /// <summary>Asks people for consent.</summary>
    public static ClientDefinition Asking { get; } = Files with { Id = "sso-asking", Consent = "ask" };

    /// <summary>Of another vendor.</summary>
    public static ClientDefinition Foreign { get; } = Files with { Id = "sso-foreign", Further = Group("other-apps") };

    /// <summary>Of no vendor's group.</summary>
    public static ClientDefinition Alone { get; } = Files with
    {
        Id = "sso-alone",
        Scope = ClientDefinition.UsualScope,
        Further = new Dictionary<string, JsonNode> { ["token_exchange"] = new JsonArray(new JsonObject { ["subject_clients"] = new JsonArray("sso-mail"), ["audiences"] = new JsonArray(DeclaredState.Mail), ["public_client"] = true }) },
    };

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ClientDefinition> All { get; } = [Mail, Files, Plain, Confidential, Asking, Foreign, Alone];

    /// <summary>The device secret of an answer; null for none.</summary>
    public static string? Secret(Tokens tokens) => tokens.Reply.Text("device_secret");

    /// <summary>Fails the test unless secret and ID Token came together and belong together; gives the secret.</summary>
    public static string ExpectSecret(Tokens tokens)
    {
        var secret = Secret(tokens)!;
        Assert.Matches("^evn_[A-Za-z0-9_-]{88}$", secret);
        Assert.Equal(Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(secret))), tokens.IdJwt.Claim("ds_hash"));
        Assert.Matches("^[A-Za-z0-9_-]{22}$", tokens.IdJwt.Claim("sid"));
        return secret;
    }

    /// <summary>The exchange, right unless parameters are changed; null takes one out.</summary>
    public static Task<Reply> Share(DevelopmentServer server, ClientDefinition app, string idToken, string secret, params (string Name, string? Value)[] changes)
    {
        var form = new Dictionary<string, string?>
        {
            ["grant_type"] = Exchange, ["audience"] = server.Issuer, ["scope"] = "openid offline_access mail:read",
            ["subject_token"] = idToken, ["subject_token_type"] = Rfc8693.ExchangeClients.Types + "id_token",
            ["actor_token"] = secret, ["actor_token_type"] = "urn:openid:params:token-type:device-secret",
        };
        foreach (var (name, value) in changes) form[name] = value;
        return server.Client(app).Token([.. form.Where(p => p.Value is not null).Select(p => (p.Key, p.Value!))]);
    }

    private static Dictionary<string, JsonNode> Group(string name) => new() { ["native_sso_group"] = name };
}
