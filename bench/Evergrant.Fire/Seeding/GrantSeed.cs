using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Evergrant.Protocol.Grants;

namespace Evergrant.Fire.Seeding;

/// <summary>Grants by number: valid rows of a client as thousands of sign-ins would have left them, with credentials that can be worked out again from the number.</summary>
/// <param name="Issuer">Their issuer.</param>
/// <param name="ClientId">Their client, which exists.</param>
/// <param name="Now">When they were made, or last refreshed.</param>
/// <param name="KeyNumber">Number of the root key that makes credentials.</param>
/// <param name="Seed">Other seeds, other ids and salts.</param>
internal sealed record GrantSeed(string Issuer, string ClientId, DateTimeOffset Now, int KeyNumber, int Seed = 1)
{
    private const int GrantsPerSubject = 4;
    private const uint Day = 86_400_000;

    // Without openid no account is asked for, so that subjects need not exist.
    private static readonly Authorized Offline = new() { Scope = "offline_access notes:read", Policy = "confidential", IssuesRefreshToken = true };

    /// <summary>A live grant that the server made itself, whose code was redeemed: active rows have its document, lifetimes, and as many people and sessions as real ones, in no order.
    /// Null for small rows in the order of their numbers.</summary>
    public Grant? Like { get; init; }

    /// <summary>A live grant with its first refresh token.</summary>
    public Grant Active(long number) => Like is { } like ? Copy(Row(number), like, number) : Row(number) with
    {
        State = GrantState.Active,
        Generation = 1,
        AccessSerial = 1,
        IdleExpiresAt = Now.AddDays(14),
        ExpiresAt = Now.AddDays(90),
    };

    /// <summary>A grant whose code waits to be redeemed, for an hour, without PKCE and redirect URI.</summary>
    public Grant Pending(long number) => Row(number) with { IdleExpiresAt = Now.AddHours(1), ExpiresAt = Now.AddDays(90) };

    /// <summary>The credential of a row's generation.</summary>
    public static string Credential(CredentialKeys keys, Grant grant) =>
        GrantCredential.Write(keys, grant.KeyNumber, grant.Generation == 0 ? CredentialKind.Code : CredentialKind.RefreshToken, grant, grant.Generation);

    // Redeemed within the last day, so that no two have the same instants.
    private Grant Copy(Grant row, Grant like, long number)
    {
        DateTimeOffset at = Now.AddMilliseconds(-(BinaryPrimitives.ReadUInt32BigEndian(row.Salt) % Day));
        return row with
        {
            State = GrantState.Active,
            Generation = 1,
            AccessSerial = like.AccessSerial,
            GenerationAt = at,
            CreatedAt = at,
            IdleExpiresAt = at + (like.IdleExpiresAt - like.GenerationAt),
            ExpiresAt = at + (like.ExpiresAt - like.CreatedAt),
            Subject = Text("subject", number / GrantsPerSubject, like.Subject),
            SessionId = Text("session", number / GrantsPerSubject, like.SessionId),
            Authorized = like.Authorized,
        };
    }

    // As long as the one it stands for.
    private string? Text(string what, long number, string? like) =>
        like is null ? null : Convert.ToHexStringLower(Mixed(what, number)).PadRight(like.Length, '0')[..like.Length];

    private byte[] Mixed(string what, long number) => SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{what} {Seed} {number}")));

    private Grant Row(long number)
    {
        Span<byte> material = stackalloc byte[16], hash = stackalloc byte[32];
        BinaryPrimitives.WriteInt64BigEndian(material, Seed);
        BinaryPrimitives.WriteInt64BigEndian(material[8..], number);
        SHA256.HashData(material, hash);
        // UUIDv7 (RFC 9562 section 5.7): one millisecond for each number, so that ids ascend.
        Span<byte> id = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(id, (Now.AddDays(-30).ToUnixTimeMilliseconds() + number) << 16);
        hash[..10].CopyTo(id[6..]);
        id[6] = (byte)(0x70 | id[6] & 0x0f);
        id[8] = (byte)(0x80 | id[8] & 0x3f);
        return new Grant
        {
            Id = new Guid(id, bigEndian: true), Issuer = Issuer, ClientId = ClientId, Subject = $"s-{number / GrantsPerSubject:x12}", State = GrantState.Pending,
            Generation = 0, GenerationAt = Now, KeyNumber = KeyNumber, CreatedAt = Now, Salt = hash[16..].ToArray(), Authorized = Offline,
        };
    }
}
