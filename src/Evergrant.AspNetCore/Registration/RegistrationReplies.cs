using System.Security.Cryptography;
using System.Text;
using Evergrant.AspNetCore.Keys;
using Evergrant.Protocol;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Keys;
using Evergrant.Protocol.Registration;
using Microsoft.AspNetCore.Http;

namespace Evergrant.AspNetCore.Registration;

/// <summary>Answers of the registration and the client configuration endpoint.</summary>
internal sealed class RegistrationReplies(RefusalLog log)
{
    private static readonly System.Text.Json.JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The bearer token of a request; null for none.</summary>
    public static string? BearerOf(HttpContext http) =>
        http.Request.Headers.Authorization is { Count: 1 } header && header[0] is { } text && text.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) && text.Length > 7 ? text[7..].Trim() : null;

    /// <summary>Whether a client has a secret.</summary>
    public static bool HasSecret(Client client) => client.AuthenticationMethod is ClientAuthenticationMethod.ClientSecretBasic or ClientAuthenticationMethod.ClientSecretPost;

    /// <summary>A client with a secret more; of those it had the newest stays good, for the answer may be lost.</summary>
    public static (string Secret, Client Client) WithSecret(Client client, IServerSecrets secrets, TimeSpan? lifetime, DateTimeOffset now)
    {
        NumberedKeys keys = secrets.Derive(ClientSecret.Purpose);
        string secret = ClientSecret.New(RandomNumberGenerator.GetBytes(32));
        return (secret, client with { SecretHashes = [.. client.SecretHashes.TakeLast(1), ClientSecret.Hash(secret, keys)], SecretExpiresAt = now + lifetime });
    }

    /// <summary>Where a client manages its registration.</summary>
    public static string UriOf(IssuerSite site, Client client) => site.Base + "/register?client_id=" + Uri.EscapeDataString(client.ClientId);

    /// <summary>The client information response.</summary>
    public async Task WriteAsync(HttpContext http, IssuerSite site, int status, string decision, Client client, string? secret, string? token)
    {
        await log.RecordAsync(new Told(decision, "Registration", site.Issuer, client.ClientId), http.RequestAborted);
        await JsonReply.WriteAsync(http, status, Encoding.UTF8.GetBytes(RegistrationReply.Write(client, secret, token, UriOf(site, client)).ToJsonString(Plain)));
    }

    /// <summary>An error of RFC 7591 section 3.2.2.</summary>
    public async Task RefuseAsync(HttpContext http, IssuerSite site, EndpointRule rule, OAuthError error, string? clientId, int? status = null)
    {
        string reference = await log.RecordAsync(new Told("Refused", rule.Name, site.Issuer, clientId, error, Stranger: clientId is null), http.RequestAborted);
        int code = status ?? error.Refusal switch
        {
            Refusal.RegistrationThrottled => StatusCodes.Status429TooManyRequests,
            Refusal.RequestTooLarge => StatusCodes.Status413PayloadTooLarge,
            Refusal.StoreUnavailable => StatusCodes.Status503ServiceUnavailable,
            _ => StatusCodes.Status400BadRequest,
        };
        if (code == StatusCodes.Status503ServiceUnavailable) http.Response.Headers.RetryAfter = "1";
        await JsonReply.WriteAsync(http, code, json =>
        {
            json.WriteString("error", error.Code);
            json.WriteString("error_description", RefusalLog.Describe(error, reference));
        });
    }

    /// <summary>The challenge of RFC 6750 section 3: without any token it names no error.</summary>
    public async Task ChallengeAsync(HttpContext http, IssuerSite site, EndpointRule rule, OAuthError error)
    {
        http.Response.Headers.WWWAuthenticate = $"Bearer realm=\"{site.Issuer}\"" + (error.Code.Length == 0 ? "" : $", error=\"{error.Code}\", error_description=\"{error.Description}\"");
        await RefuseAsync(http, site, rule, error.Code.Length == 0 ? error with { Code = "invalid_token" } : error, null, StatusCodes.Status401Unauthorized);
    }
}
