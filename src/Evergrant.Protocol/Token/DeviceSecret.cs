using System.Security.Cryptography;
using System.Text;
using Evergrant.Jose;
using Evergrant.Protocol.Grants;

namespace Evergrant.Protocol.Token;

/// <summary>The device_secret of OpenID Connect Native SSO section 3.2: a credential of the grant that it was issued with, which nobody has to store. It ends with that grant.</summary>
public static class DeviceSecret
{
    /// <summary>The secret of a grant.</summary>
    /// <param name="keys">The server's credential keys.</param>
    /// <param name="grant">The row.</param>
    public static string Of(CredentialKeys keys, Grant grant) => GrantCredential.Write(keys, keys.CurrentNumber, CredentialKind.DeviceSecret, grant, 0);

    /// <summary>ds_hash (section 3.4.1). Of 256 bits that nobody knows it tells nothing.</summary>
    /// <param name="secret">The secret.</param>
    public static string HashOf(string secret) => CanonicalBase64Url.Encode(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    /// <summary>Whether a secret is good: its grant has one, and lives.</summary>
    /// <param name="shown">The secret, as far as it can be read without the row; null when it cannot.</param>
    /// <param name="grant">The row under its grant id; null for none.</param>
    /// <param name="issuer">The issuer that was asked.</param>
    /// <param name="keys">The server's credential keys.</param>
    /// <param name="now">The instant of the decision.</param>
    public static bool IsGood(GrantCredential? shown, Grant? grant, string issuer, CredentialKeys keys, DateTimeOffset now) =>
        shown is not null && grant is { State: GrantState.Active, Authorized.DeviceSso: true } && grant.Issuer == issuer && shown.IsOf(keys, grant) && !grant.HasEnded(now);

    /// <summary>Whether a good secret may stay with the tokens of a grant: both come from one sign-in (section 3.4.3: it is not replaced then).</summary>
    /// <param name="origin">The row of the secret.</param>
    /// <param name="grant">The row of the tokens.</param>
    public static bool MayStayWith(Grant origin, Grant grant) =>
        origin.Id == grant.Id || (origin.Subject == grant.Subject && origin.Authorized.SessionId is { } session && session == grant.Authorized.SessionId);
}
