using System.Text;
using System.Text.Json;
using Evergrant.Load.Http;

namespace Evergrant.Load.Scenarios;

/// <summary>The server under load: its endpoints from discovery, the declared client and the demo user.</summary>
internal sealed record Target(
    Uri Server, string AuthorizePath, string TokenPath, string IntrospectionPath, AccessTokenCheck Check,
    string ClientId, string Authorization, string Username, string Password)
{
    /// <summary>Without openid: an ID token would add an RS256 signature to each refresh, which is not what is compared.</summary>
    public const string Scope = "notes:read notes:write offline_access";

    /// <summary>Discovers the issuer.</summary>
    /// <param name="issuer">The issuer, on the loopback interface.</param>
    /// <param name="clientId">The client that <c>evergrant apply</c> declared.</param>
    /// <param name="clientSecret">Its secret.</param>
    /// <param name="username">The demo user.</param>
    /// <param name="password">Their password.</param>
    public static async Task<Target> DiscoverAsync(Uri issuer, string clientId, string clientSecret, string username, string password)
    {
        using var connection = new KeepAliveConnection(issuer);
        var writer = new RequestWriter(issuer);
        await connection.SendAsync(writer.Get(issuer.AbsolutePath.TrimEnd('/') + "/.well-known/openid-configuration"));
        if (connection.Status != 200) throw new WrongAnswerException($"{connection.Status} to discovery");
        using var metadata = JsonDocument.Parse(connection.Body.ToArray());
        string Path(string name) => new Uri(metadata.RootElement.GetProperty(name).GetString()!).AbsolutePath;

        await connection.SendAsync(writer.Get(Path("jwks_uri")));
        return new Target(issuer, Path("authorization_endpoint"), Path("token_endpoint"), Path("introspection_endpoint"), AccessTokenCheck.FromJwks(connection.Body),
            clientId, $"Authorization: Basic {Convert.ToBase64String(Encoding.ASCII.GetBytes($"{clientId}:{clientSecret}"))}\r\n", username, password);
    }

    public override string ToString() => Server.ToString();
}
