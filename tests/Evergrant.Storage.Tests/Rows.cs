using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Evergrant.Protocol.Accounts;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Keys;
using Evergrant.Protocol.Sessions;
using Evergrant.Protocol.Storage;

namespace Evergrant.Storage.Tests;

/// <summary>Rows to write. Those without an argument are always the same row.</summary>
public static class Rows
{
    public const string Issuer = "https://login.example";
    public const string ClientId = "web";
    public const string Subject = "s-1";

    public static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);
    public static readonly Guid GrantId = Id(1);
    public static readonly byte[] SessionKey = Hash("cookie");
    public static readonly byte[] TokenHash = Hash("token");

    public static Guid Id(int number) => new($"0193c1a0-0000-7000-8000-{number:x12}");

    public static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    public static Grant Pending(Guid? id = null) => new()
    {
        Id = id ?? GrantId, Issuer = Issuer, ClientId = ClientId, Subject = Subject, SessionId = "sid-1", State = GrantState.Pending, Generation = 0,
        GenerationAt = Now, KeyNumber = 1, CreatedAt = Now, IdleExpiresAt = Now.AddSeconds(60), Salt = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
        Authorized = new() { Scope = "openid", Policy = "confidential" },
    };

    public static Grant Active(Guid? id = null, long generation = 1) => Pending(id) with
    {
        State = GrantState.Active,
        Generation = generation,
        IdleExpiresAt = Now.AddDays(14),
        ExpiresAt = Now.AddDays(90),
    };

    /// <summary>Every member set, with characters that need care.</summary>
    public static Grant Full(Guid? id = null) => Active(id, 1L << 40) with
    {
        Issuer = "https://login.example/täglich",
        ClientId = "c.~-_",
        Subject = "用户 \u0000 \"'\\ 😀",
        SessionId = "",
        GenerationAt = Now.AddMilliseconds(1),
        KeyNumber = int.MaxValue,
        Retries = new RetryHistory((1L << 40) - 1),
        Mark = long.MaxValue,
        AccessSerial = int.MaxValue,
        AccessFloor = int.MaxValue - 1,
        BoundKey = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I",
        State = GrantState.Revoked,
        RevokedAt = Now.AddDays(1),
        RevokedWhy = RevocationCause.RefreshTokenReplayed,
        Authorized = new()
        {
            Scope = "openid offline_access \"\\", Resources = ["https://a.example", "urn:b", ""], RedirectUri = "com.example:/cb?ä=%20", CodeChallenge = new string('c', 43),
            Nonce = "", Claims = """{"id_token":{"email":{"essential":true}}}""", AuthTime = Now.AddSeconds(-5), Acr = "urn:acr", Amr = ["pwd", "otp"],
            SessionId = "sid-2", DpopKey = new string('k', 43), Details = """[{"type":"ä"}]""", Actor = """{"sub":"ä"}""", Policy = "vertraulich", PolicyOverrides = "vertraulich/#1", IssuesRefreshToken = true, DeviceSso = true, ManagedId = "ä/ managed", Supersedes = Id(98),
            Rules = GrantPolicy.Public with { IdleLifetime = null, Limits = [new(LimitSubject.Family, true, false, 3, LimitOverflow.Reject)] },
        },
    };

    /// <summary>Every member that may be null is null.</summary>
    public static Grant Bare(Guid? id = null) => Active(id) with { Subject = null, SessionId = null, IdleExpiresAt = null, ExpiresAt = null, BoundKey = null, Salt = [] };

    public static AdvanceGrant Advance(Guid id, long from, long? to = null) =>
        new(id, from, to ?? from + 1, 2, Now.AddMinutes(1), Now.AddDays(14), Now.AddDays(90), new RetryHistory(from), (int)(from + 1), 0) { RetriesBefore = new(Math.Max(0, from - 1)) };

    public static Session Session(string cookie = "cookie", string subject = Subject) => new()
    {
        Key = Hash(cookie), Id = "sid-1", Subject = subject, AuthTime = Now, Amr = ["pwd"], Acr = "1", SeenAt = Now, IdleExpiresAt = Now.AddHours(1), ExpiresAt = Now.AddHours(10),
    };

    public static Consent Consent(string subject = Subject, string clientId = ClientId) => new()
    {
        Issuer = Issuer, Subject = subject, ClientId = clientId, Scopes = ["openid", "ä"], Resources = [], Claims = ["email"], GivenAt = Now,
    };

    public static EventRecord Event(string reference, Guid? grant = null, DateTimeOffset? at = null) => new()
    {
        Reference = reference, At = at ?? Now, Decision = "Refused", Endpoint = "Token", GrantId = grant,
    };

    public static AuditRecord Audited() => new()
    {
        Id = Id(1), At = Now, Actor = "用户 \0", Action = "client rotate-secret", Target = "client a of b", Before = "{\"a\":\"\u0000\"}", After = "{}", Outcome = AuditOutcome.Refused, Reason = "ä",
    };

    public static Account Account(string name = "alice") => new()
    {
        Id = "id-" + name, UserName = name, NormalizedUserName = name.ToUpperInvariant(), PasswordHash = "hash", SecurityStamp = "stamp", CreatedAt = Now, UpdatedAt = Now,
    };

    public static SigningKeyRecord Key(string id, DateTimeOffset? announced = null, string issuer = Issuer) => new()
    {
        Issuer = issuer, KeyId = id, Algorithm = "ES256", WrappedKey = [9, 8, 7], PublicJwk = "{}", AnnouncedAt = announced ?? Now,
        SignsFrom = Now.AddHours(1), RetiresAt = Now.AddDays(90), GoneAt = Now.AddDays(91),
    };

    /// <summary>All that the suite's standard rows look like in a store, to see that nothing changed.</summary>
    public static async Task<string> SnapshotAsync(IGrantStore store) => JsonSerializer.Serialize(new
    {
        Grants = await store.ListGrantsAsync(new GrantFilter(), default),
        Session = await store.FindSessionAsync(SessionKey, default),
        Consent = await store.FindConsentAsync(Issuer, Subject, ClientId, default),
        Denied = await store.IsDeniedAsync(TokenHash, default),
    });
}
