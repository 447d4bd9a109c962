using System.Security.Cryptography;
using System.Text;
using Evergrant.AspNetCore.Keys;
using Evergrant.Protocol.Accounts;
using Microsoft.AspNetCore.WebUtilities;

namespace Evergrant.Accounts;

/// <summary>The mark of a browser on which an account has signed in before. It lets its owner in while a stranger's failures have locked the name
/// (OWASP, "Slow Down Online Guessing Attacks with Device Cookies"). It proves nothing else and spares no password.</summary>
/// <remarks>A value is a random number and an HMAC over it, the account and its security stamp, so that a change of password ends it.</remarks>
internal sealed class KnownDevice(IServerSecrets secrets)
{
    private const int NonceBytes = 16;
    private readonly byte[] _key = secrets.Derive("known-device");

    /// <summary>Makes the mark for a browser on which an account has just signed in.</summary>
    public string MarkOf(Account account)
    {
        byte[] nonce = RandomNumberGenerator.GetBytes(NonceBytes);
        return Base64UrlTextEncoder.Encode(nonce) + "." + Base64UrlTextEncoder.Encode(Tag(nonce, account));
    }

    /// <summary>Whether a mark was made for this account as it is now.</summary>
    public bool Fits(string? mark, Account account)
    {
        if (mark is not { Length: 22 + 1 + 43 } || mark[22] != '.') return false;
        try
        {
            byte[] nonce = Base64UrlTextEncoder.Decode(mark[..22]);
            return CryptographicOperations.FixedTimeEquals(Base64UrlTextEncoder.Decode(mark[23..]), Tag(nonce, account));
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private byte[] Tag(byte[] nonce, Account account) =>
        HMACSHA256.HashData(_key, (byte[])[.. nonce, .. Encoding.UTF8.GetBytes(account.Id), 0, .. Encoding.UTF8.GetBytes(account.SecurityStamp)]);
}
