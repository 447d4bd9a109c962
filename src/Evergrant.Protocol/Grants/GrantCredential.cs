using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Evergrant.Jose;

namespace Evergrant.Protocol.Grants;

/// <summary>What a credential is for. Each kind has its own prefix and is never accepted for another; the numbers are part of the tag.</summary>
public enum CredentialKind : byte
{
    /// <summary>An authorization code: generation 0.</summary>
    Code = 1,

    /// <summary>A refresh token: generation 1 and up.</summary>
    RefreshToken = 2,

    /// <summary>An opaque access token: its generation is the access serial, its body says the rest.</summary>
    AccessToken = 3,

    /// <summary>A device code (RFC 8628): generation 0.</summary>
    DeviceCode = 4,

    /// <summary>An auth_req_id (CIBA): generation 0.</summary>
    AuthRequest = 5,

    /// <summary>A device secret (OpenID Connect Native SSO): generation 0.</summary>
    DeviceSecret = 6,
}

/// <summary>A code, refresh token or opaque access token of a grant. It proves itself by a tag over the row's salt, so that neither the database nor the key alone can make one.</summary>
/// <remarks>Text form: prefix, then canonical base64url of key number (2 bytes) · grant id (16) · generation (8) · body (0 to 8,192) · check (8) · tag (32).
/// The check is an HMAC with a key-only secret, so that garbage is refused without asking the store; the tag decides.</remarks>
public sealed class GrantCredential
{
    private const int CheckLength = 8;
    private const int TagLength = 32;
    private const int HeadLength = 2 + 16 + 8;
    private const int MaximumBody = 8192;
    private const int MaximumLength = HeadLength + MaximumBody + CheckLength + TagLength;

    private readonly byte[] _bytes;

    private GrantCredential(CredentialKind kind, byte[] bytes)
    {
        Kind = kind;
        _bytes = bytes;
        KeyNumber = BinaryPrimitives.ReadUInt16BigEndian(bytes);
        GrantId = new Guid(bytes.AsSpan(2, 16), bigEndian: true);
        Generation = BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(18));
    }

    /// <summary>What it is for.</summary>
    public CredentialKind Kind { get; }

    /// <summary>Number of the key that made it.</summary>
    public int KeyNumber { get; }

    /// <summary>The grant it belongs to, if the tag is right.</summary>
    public Guid GrantId { get; }

    /// <summary>The generation, or for an access token the serial.</summary>
    public long Generation { get; }

    /// <summary>The body; empty for codes and refresh tokens.</summary>
    public ReadOnlySpan<byte> Body => _bytes.AsSpan(HeadLength, _bytes.Length - HeadLength - CheckLength - TagLength);

    /// <summary>The prefix of a kind; secret scanners can find leaked credentials by it.</summary>
    /// <param name="kind">The kind.</param>
    public static string PrefixOf(CredentialKind kind) => kind switch
    {
        CredentialKind.Code => "evc_",
        CredentialKind.RefreshToken => "evr_",
        CredentialKind.DeviceCode => "evd_",
        CredentialKind.AuthRequest => "evq_",
        CredentialKind.DeviceSecret => "evn_",
        _ => "eva_",
    };

    /// <summary>Makes the credential of a grant's generation.</summary>
    /// <param name="keys">The server's keys.</param>
    /// <param name="keyNumber">Which of them; it must be there.</param>
    /// <param name="kind">What it is for.</param>
    /// <param name="grant">The row: id, issuer, client and salt go into the tag.</param>
    /// <param name="generation">The generation or serial.</param>
    /// <param name="body">What an access token says besides; at most 8,192 bytes.</param>
    /// <exception cref="ArgumentException">The key is not there or the body is too long.</exception>
    public static string Write(CredentialKeys keys, int keyNumber, CredentialKind kind, Grant grant, long generation, ReadOnlySpan<byte> body = default)
    {
        CredentialKey key = keys.Find(keyNumber) ?? throw new ArgumentException("No credential key has this number.", nameof(keyNumber));
        if (body.Length > MaximumBody) throw new ArgumentException("The body of a credential is too long.", nameof(body));
        int length = HeadLength + body.Length + CheckLength + TagLength;
        Span<byte> bytes = length <= 1024 ? stackalloc byte[1024] : new byte[length];
        bytes = bytes[..length];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)keyNumber);
        grant.Id.TryWriteBytes(bytes[2..], bigEndian: true, out _);
        BinaryPrimitives.WriteInt64BigEndian(bytes[18..], generation);
        body.CopyTo(bytes[HeadLength..]);
        int signed = HeadLength + body.Length;
        Check(key, kind, bytes[..signed], bytes.Slice(signed, CheckLength));
        Tag(key, kind, grant, bytes[..signed], bytes.Slice(signed + CheckLength, TagLength));
        return string.Concat(PrefixOf(kind), CanonicalBase64Url.Encode(bytes));
    }

    /// <summary>Reads a credential as far as that is possible without its grant.</summary>
    /// <param name="keys">The server's keys.</param>
    /// <param name="kind">The only kind that is accepted.</param>
    /// <param name="text">What was presented.</param>
    /// <returns>Null when it is not canonical, of another kind, of a key that is gone, or its check is wrong.</returns>
    public static GrantCredential? Read(CredentialKeys keys, CredentialKind kind, string text)
    {
        string prefix = PrefixOf(kind);
        if (!text.StartsWith(prefix, StringComparison.Ordinal) || text.Length > 4 + (MaximumLength * 4 / 3) + 2) return null;
        if (!CanonicalBase64Url.TryDecode(text.AsSpan(prefix.Length), out byte[]? bytes)) return null;
        if (bytes.Length < HeadLength + CheckLength + TagLength || bytes.Length > MaximumLength) return null;
        var credential = new GrantCredential(kind, bytes);
        if (keys.Find(credential.KeyNumber) is not { } key || credential.Generation < 0) return null;
        int signed = bytes.Length - CheckLength - TagLength;
        Span<byte> check = stackalloc byte[CheckLength];
        Check(key, kind, bytes.AsSpan(0, signed), check);
        return CryptographicOperations.FixedTimeEquals(check, bytes.AsSpan(signed, CheckLength)) ? credential : null;
    }

    /// <summary>Whether it is a credential of this grant: the tag is right for the row's id, issuer, client and salt.</summary>
    /// <param name="keys">The server's keys.</param>
    /// <param name="grant">The row found under <see cref="GrantId"/>.</param>
    public bool IsOf(CredentialKeys keys, Grant grant)
    {
        if (grant.Id != GrantId || keys.Find(KeyNumber) is not { } key) return false;
        Span<byte> tag = stackalloc byte[TagLength];
        Tag(key, Kind, grant, _bytes.AsSpan(0, _bytes.Length - CheckLength - TagLength), tag);
        return CryptographicOperations.FixedTimeEquals(tag, _bytes.AsSpan(_bytes.Length - TagLength));
    }

    /// <summary>Tells nothing.</summary>
    public override string ToString() => "***";

    private static void Check(CredentialKey key, CredentialKind kind, ReadOnlySpan<byte> signed, Span<byte> check)
    {
        Span<byte> message = signed.Length < 1024 ? stackalloc byte[1024] : new byte[1 + signed.Length];
        message[0] = (byte)kind;
        signed.CopyTo(message[1..]);
        Span<byte> mac = stackalloc byte[TagLength];
        HMACSHA256.HashData(key.Check, message[..(1 + signed.Length)], mac);
        mac[..CheckLength].CopyTo(check);
    }

    // Every part is framed by its length, so that no two rows give the same message.
    private static void Tag(CredentialKey key, CredentialKind kind, Grant grant, ReadOnlySpan<byte> signed, Span<byte> tag)
    {
        int length = 1 + 4 + signed.Length + 4 + Encoding.UTF8.GetByteCount(grant.Issuer) + 4 + Encoding.UTF8.GetByteCount(grant.ClientId) + 4 + grant.Salt.Length;
        Span<byte> message = length <= 1024 ? stackalloc byte[1024] : new byte[length];
        message[0] = (byte)kind;
        int at = 1;
        at += Frame(signed, message[at..]);
        at += Frame(grant.Issuer, message[at..]);
        at += Frame(grant.ClientId, message[at..]);
        at += Frame(grant.Salt, message[at..]);
        HMACSHA256.HashData(key.Tag, message[..at], tag);
    }

    private static int Frame(ReadOnlySpan<byte> part, Span<byte> message)
    {
        BinaryPrimitives.WriteInt32BigEndian(message, part.Length);
        part.CopyTo(message[4..]);
        return 4 + part.Length;
    }

    private static int Frame(string part, Span<byte> message)
    {
        int length = Encoding.UTF8.GetBytes(part, message[4..]);
        BinaryPrimitives.WriteInt32BigEndian(message, length);
        return 4 + length;
    }
}
