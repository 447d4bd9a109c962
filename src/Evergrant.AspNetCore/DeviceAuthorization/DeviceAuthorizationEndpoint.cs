using System.Security.Cryptography;
using Evergrant.AspNetCore.Clients;
using Evergrant.AspNetCore.Keys;
using Evergrant.Protocol;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.DeviceAuthorization;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;
using Evergrant.Protocol.Token;
using Microsoft.AspNetCore.Http;
using Decision = Evergrant.Protocol.DeviceAuthorization.DeviceAuthorization;

namespace Evergrant.AspNetCore.DeviceAuthorization;

/// <summary>The device authorization endpoint (RFC 8628 section 3.1): a device begins, and is given a code for itself and one for its user.</summary>
internal sealed class DeviceAuthorizationEndpoint(ClientGate gate, ClientCatalogue clients, IGrantStore store, IServerSecrets secrets, RefusalLog log, TimeProvider clock)
{
    // Two codes of nine letters that are the same at the same time are a matter of billions of devices.
    private const int Attempts = 3;

    private static readonly OAuthError Unknown = new("temporarily_unavailable", "The server cannot answer now; try again.", Refusal.StoreUnavailable);

    public async Task HandleAsync(HttpContext http, IssuerSite site, EndpointRule rule)
    {
        if (await gate.EnterAsync(http, site, rule) is not { } entered) return;
        (Client client, Parameters form) = entered;
        ScopeCatalogue catalogue = await clients.ScopesAsync(http.RequestAborted);
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            DateTimeOffset now = clock.GetUtcNow();
            string code = UserCode.New(RandomNumberGenerator.GetBytes(UserCode.RandomLength));
            byte[] key = UserCode.KeyOf(secrets.Derive(UserCode.Purpose).Current, site.Issuer, UserCode.Read(code)!);
            GrantSeed seed = secrets.NewSeed(now);
            switch (Decision.Decide(form, site.Issuer, client, catalogue, seed, key, new DeviceOrigin(now, http.Connection.RemoteIpAddress?.ToString()).Write(), now))
            {
                case DeviceRefused refused:
                    await RefuseAsync(http, site, rule, client, refused.Error);
                    return;
                case DeviceAuthorized authorized:
                    CommitResult result = await store.CommitAsync(authorized.Change, null, http.RequestAborted);
                    if (result == CommitResult.Conflict) continue;
                    if (result == CommitResult.Unknown)
                    {
                        await RefuseAsync(http, site, rule, client, Unknown);
                        return;
                    }
                    log.Count(authorized.Name, null);
                    await WriteAsync(http, site, authorized, code);
                    return;
            }
        }
        await RefuseAsync(http, site, rule, client, Unknown);
    }

    private Task WriteAsync(HttpContext http, IssuerSite site, DeviceAuthorized authorized, string code) => JsonReply.WriteAsync(http, 200, json =>
    {
        Grant grant = authorized.Grant;
        json.WriteString("device_code", GrantCredential.Write(secrets.Credentials, grant.KeyNumber, CredentialKind.DeviceCode, grant, 0));
        json.WriteString("user_code", code);
        json.WriteString("verification_uri", site.Base + "/device");
        json.WriteString("verification_uri_complete", site.Base + "/device?user_code=" + code);
        json.WriteNumber("expires_in", (int)authorized.ExpiresIn.TotalSeconds);
        json.WriteNumber("interval", Decision.Interval);
    });

    private async Task RefuseAsync(HttpContext http, IssuerSite site, EndpointRule rule, Client client, OAuthError error) =>
        await JsonReply.ErrorAsync(http, error, await log.RecordAsync(new Told("Refused", rule.Name, site.Issuer, client.ClientId, error), http.RequestAborted));
}

/// <summary>Where and when a device began: told to the person who is asked, and gone with the user code.</summary>
/// <param name="At">When.</param>
/// <param name="Address">From which address; null when it is not known.</param>
internal sealed record DeviceOrigin(DateTimeOffset At, string? Address)
{
    /// <summary>As text, for the handle.</summary>
    public string Write() => $"{At.ToUnixTimeMilliseconds()} {Address}";

    /// <summary>Reads it back; null when it is not of this form.</summary>
    public static DeviceOrigin? Read(string? text)
    {
        int space = text?.IndexOf(' ') ?? -1;
        return space > 0 && long.TryParse(text.AsSpan(0, space), out long at) ? new(DateTimeOffset.FromUnixTimeMilliseconds(at), space + 1 < text!.Length ? text[(space + 1)..] : null) : null;
    }
}
