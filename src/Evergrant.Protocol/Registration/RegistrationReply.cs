using System.Text.Json.Nodes;
using Evergrant.Protocol.Clients;

namespace Evergrant.Protocol.Registration;

/// <summary>The client information response (RFC 7591 section 3.2.1, RFC 7592 section 3): everything that is registered, with what the server has set.</summary>
public static class RegistrationReply
{
    /// <summary>Writes it.</summary>
    /// <param name="client">The client.</param>
    /// <param name="secret">Its secret, when one was just made; null otherwise, for it is never told again.</param>
    /// <param name="accessToken">Its registration access token; null when clients do not manage their registration.</param>
    /// <param name="accessUri">Where it manages its registration.</param>
    public static JsonObject Write(Client client, string? secret, string? accessToken, string accessUri)
    {
        JsonObject json = ClientMetadata.Write(client);
        foreach (string name in json.Select(m => m.Key).Where(n => n != "client_id" && !ClientRegistration.IsOfTheClient(n)).ToList()) json.Remove(name);
        if (!json.ContainsKey("redirect_uris")) json["redirect_uris"] = new JsonArray();
        json["client_id_issued_at"] = client.CreatedAt.ToUnixTimeSeconds();
        if (secret is not null) json["client_secret"] = secret;
        if (client.SecretHashes.Count > 0) json["client_secret_expires_at"] = client.SecretExpiresAt?.ToUnixTimeSeconds() ?? 0;
        if (accessToken is not null)
        {
            json["registration_access_token"] = accessToken;
            json["registration_client_uri"] = accessUri;
        }
        if (client.Registration?.SoftwareStatement is { } statement) json["software_statement"] = statement;
        return json;
    }
}
