using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Evergrant.AspNetCore.Keys;
using Evergrant.Protocol.Accounts;
using Evergrant.Protocol.Keys;
using Microsoft.AspNetCore.WebUtilities;

namespace Evergrant.Accounts;

/// <summary>The mark of a browser on which an account has signed in before. It lets its owner in while a stranger's failures have locked the name
/// (OWASP, "Slow Down Online Guessing Attacks with Device Cookies"). It proves nothing else and spares no password.</summary>
/// <remarks>A value is the number of a root key, a random number, and an HMAC over them, the account and its security stamp, so that a change of password ends it.
/// A value without the key's number is of before keys were numbered.</remarks>
internal sealed class KnownDevice(IServerSecrets secrets)
{
    private const string Purpose = "known-device";
    private const int NumberBytes = 2;
    private const int NonceBytes = 16;
    private const int Numbered = 24; // base64url of number and random number
    private const int Unnumbered = 22;
    private const int TagLength = 43;

    /// <summary>Makes the mark for a browser on which an account has just signed in.</summary>
    public string MarkOf(Account account)
    {
        NumberedKeys keys = secrets.Derive(Purpose);
        byte[] head = new byte[NumberBytes + NonceBytes];
        BinaryPrimitives.WriteUInt16BigEndian(head, (ushort)keys.CurrentNumber);
        RandomNumberGenerator.Fill(head.AsSpan(NumberBytes));
        return Base64UrlTextEncoder.Encode(head) + "." + Base64UrlTextEncoder.Encode(Tag(keys.Current, head, account));
    }

    /// <summary>Whether a mark was made for this account as it is now.</summary>
    public bool Fits(string? mark, Account account)
    {
        int dot = mark?.IndexOf('.') ?? -1;
        if (dot is not (Numbered or Unnumbered) || mark!.Length != dot + 1 + TagLength) return false;
        try
        {
            byte[] head = Base64UrlTextEncoder.Decode(mark[..dot]);
            return secrets.Derive(Purpose).Find(dot == Numbered ? BinaryPrimitives.ReadUInt16BigEndian(head) : null) is { } key
                && CryptographicOperations.FixedTimeEquals(Base64UrlTextEncoder.Decode(mark[(dot + 1)..]), Tag(key, head, account));
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static byte[] Tag(byte[] key, byte[] head, Account account) =>
        HMACSHA256.HashData(key, (byte[])[.. head, .. Encoding.UTF8.GetBytes(account.Id), 0, .. Encoding.UTF8.GetBytes(account.SecurityStamp)]);
}
