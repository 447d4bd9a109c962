using System.Text;
using Evergrant.AspNetCore.Keys;
using Evergrant.Jose;
using Evergrant.Protocol.BackchannelAuthentication;
using Evergrant.Protocol.Keys;

namespace Evergrant.AspNetCore.BackchannelAuthentication;

/// <summary>The bearer tokens by which clients know our notifications (CIBA Core section 7.1), while they wait in the store: under a root key, bound to their request.</summary>
internal sealed class NotificationTokens(IServerSecrets secrets)
{
    private const string Purpose = "ciba-notification-token";

    /// <summary>Seals one; null for none.</summary>
    public (string? Sealed, int KeyNumber) Seal(string? token, Guid grantId)
    {
        NumberedKeys keys = secrets.Derive(Purpose);
        return (token is null ? null : CanonicalBase64Url.Encode(KeyWrap.Seal(keys, Encoding.ASCII.GetBytes(token), grantId.ToString("N"))), keys.CurrentNumber);
    }

    /// <summary>Opens the one that news are told with; null when its root key is gone.</summary>
    public string? Open(BackchannelNews news)
    {
        NumberedKeys keys = secrets.Derive(Purpose);
        if (keys.Find(news.KeyNumber) is null || !CanonicalBase64Url.TryDecode(news.SealedToken, out byte[]? bytes)) return null;
        return Encoding.ASCII.GetString(KeyWrap.Open(keys, news.KeyNumber, bytes, news.GrantId.ToString("N")));
    }
}
