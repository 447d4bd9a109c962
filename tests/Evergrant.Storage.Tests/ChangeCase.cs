using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;
using static Evergrant.Storage.Tests.Rows;

namespace Evergrant.Storage.Tests;

/// <summary>A change, the states in which its condition holds and does not hold, and how many of 64 at once succeed.</summary>
/// <param name="Change">The change.</param>
/// <param name="Winners">Of 64 that are handed over at once.</param>
/// <param name="Given">Changes that make the state in which it holds.</param>
/// <param name="Effect">Whether its effect can be read.</param>
/// <param name="Otherwise">States in which it does not hold, each as the changes that make it.</param>
public sealed record ChangeCase(Change Change, int Winners, Change[] Given, Func<IGrantStore, Task<bool>> Effect, params Change[][] Otherwise)
{
    private static readonly CreateGrant CreatePending = new(Pending()), CreateActive = new(Active()), CreateRevoked = new(Full(GrantId) with { Generation = 1 });
    private static readonly CreateSession SignIn = new(Rows.Session());
    private static readonly SaveConsent Consented = new(Rows.Consent());

    private static readonly Grant Requested = Rows.Pending() with { State = GrantState.Requested, Subject = null, SessionId = null };

    private static readonly Grant Approved = Requested with
    {
        State = GrantState.Pending,
        Subject = Subject,
        SessionId = "sid-1",
        CreatedAt = Now.AddMinutes(2),
        ExpiresAt = Now.AddDays(90),
        Authorized = Requested.Authorized with { Scope = "openid", IssuesRefreshToken = true, AuthTime = Now },
    };

    private static readonly Handle Handle = new(TokenHash, HandleKind.UserCode, GrantId, "ä 1", Now.AddMinutes(10));

    private static readonly Delivery Delivery = new(GrantId, DeliveryKind.LogoutToken, Issuer, ClientId, "{\"sub\":\"ä\"}", 1, Now.AddSeconds(30), Now.AddHours(2));

    private static RenewGrant Renew(long mark) => new(GrantId, 1, Now.AddHours(1), Now.AddDays(1), 7, 6) { Mark = mark };

    /// <summary>All cases by name.</summary>
    public static IReadOnlyDictionary<string, ChangeCase> All { get; } = new Dictionary<string, ChangeCase>
    {
        ["create a grant"] = new(CreatePending, 1, [], Grant(g => g is { State: GrantState.Pending, Generation: 0 }), [new CreateGrant(Active())]),
        ["create a grant in a session"] = new(new CreateGrant(Pending(), SessionKey), 1, [SignIn], Grant(g => g.State == GrantState.Pending), [], [new CreateSession(Rows.Session("another"))], [CreateActive, SignIn]),
        ["hold no other"] = new(new HoldsNoOther(GrantId, Issuer, Subject, ClientId, [Id(2)], Now), 64,
            [
                CreateActive, new CreateGrant(Active(Id(2))), new CreateGrant(Pending(Id(3))), new CreateGrant(Active(Id(4)) with { ExpiresAt = Now }), new CreateGrant(Active(Id(5)) with { IdleExpiresAt = Now }),
                new CreateGrant(Active(Id(6)) with { Subject = "s-2" }), new CreateGrant(Active(Id(7)) with { ClientId = "other" }), new CreateGrant(Active(Id(8)) with { Issuer = "https://other.example" }),
                new CreateGrant(Active(Id(9)) with { State = GrantState.Revoked, RevokedAt = Now }),
            ],
            _ => Task.FromResult(true), [new CreateGrant(Active(Id(10)))], [new CreateGrant(Active(Id(10)) with { IdleExpiresAt = null, ExpiresAt = Now.AddMilliseconds(1) })]),
        ["redeem a code"] = new(Advance(GrantId, 0), 1, [CreatePending], Grant(g => g is { State: GrantState.Active, Generation: 1, KeyNumber: 2, AccessSerial: 1 } && g.ExpiresAt == Now.AddDays(90)),
            [], [CreateActive], [CreatePending, Advance(GrantId, 0)], [CreatePending, new RevokeGrant(GrantId, RevocationCause.CodeReplayed, Now)]),
        ["redeem a code and bind its grant to a key"] = new(Advance(GrantId, 0) with { BoundKey = "jkt:0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I" }, 1, [CreatePending],
            Grant(g => g is { State: GrantState.Active, Generation: 1, BoundKey: "jkt:0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I" }), [], [CreateActive], [CreatePending, Advance(GrantId, 0)]),
        ["refresh"] = new(Advance(GrantId, 1), 1, [CreateActive], Grant(g => g is { State: GrantState.Active, Generation: 2, Retries.Bits: 1 } && g.GenerationAt == Now.AddMinutes(1)),
            [], [CreatePending], [new CreateGrant(Active(null, 2))], [CreateRevoked], [CreateActive, new CountRetry(GrantId, 1, null)], [CreateActive, Renew(7)]),
        ["refresh of a row that bears a mark"] = new(Advance(GrantId, 1) with { MarkBefore = 7, Mark = long.MaxValue }, 1, [CreateActive, Renew(7)], Grant(g => g is { Generation: 2, Mark: long.MaxValue }), [CreateActive]),
        ["catch up"] = new(Advance(GrantId, 1, 9), 1, [CreateActive], Grant(g => g.Generation == 9), [CreateActive, Advance(GrantId, 1)]),
        ["renew without rotation"] = new(new RenewGrant(GrantId, 1, Now.AddHours(1), null, 7, 6), 64, [CreateActive],
            Grant(g => g is { Generation: 1, IdleExpiresAt: null, AccessSerial: 7, AccessFloor: 6 } && g.GenerationAt == Now.AddHours(1) && g.ExpiresAt is not null),
            [], [CreatePending], [new CreateGrant(Active(null, 2))], [CreateRevoked]),
        ["renew a row as it was read"] = new(Renew(8) with { MarkBefore = 7 }, 1, [CreateActive, Renew(7)], Grant(g => g is { Generation: 1, Mark: 8 }), [CreateActive], [CreateActive, Renew(9)]),
        ["count a retry"] = new(new CountRetry(GrantId, 1, null), 64, [CreateActive], Grant(g => g.Retries.Bits is 1 or 15),
            [], [CreatePending], [new CreateGrant(Active(null, 2))], [CreateRevoked]),
        ["count a retry within a budget"] = new(new CountRetry(GrantId, 1, new RetryHistory(0x23)), 1, [new CreateGrant(Active() with { Retries = new(0x23) })], Grant(g => g.Retries.Bits == 0x24),
            [], [CreateActive], [new CreateGrant(Active(null, 2) with { Retries = new(0x23) })], [new CreateGrant(Full(GrantId) with { Generation = 1, Retries = new(0x23) })]),
        ["leave a retry uncounted"] = new(new CountRetry(GrantId, 1, new RetryHistory(0x23)) { Uncounted = true }, 64, [new CreateGrant(Active() with { Retries = new(0x23) })], Grant(g => g.Retries.Bits == 0x23),
            [], [CreateActive], [new CreateGrant(Active(null, 2) with { Retries = new(0x23) })], [new CreateGrant(Full(GrantId) with { Generation = 1, Retries = new(0x23) })]),
        ["revoke a grant"] = new(new RevokeGrant(GrantId, RevocationCause.RevokedByUser, Now.AddDays(2)), 1, [CreateActive],
            Grant(g => g is { State: GrantState.Revoked, RevokedWhy: RevocationCause.RevokedByUser, Generation: 1 } && g.RevokedAt == Now.AddDays(2)), [], [CreateRevoked]),
        ["revoke a pending grant"] = new(new RevokeGrant(GrantId, RevocationCause.RevokedByOperator, Now), 1, [CreatePending], Grant(g => g.State == GrantState.Revoked)),
        ["revoke grants"] = new(new RevokeGrants(Issuer, Subject, ClientId, "sid-1", RevocationCause.SessionEnded, Now), 64, [CreateActive],
            Grant(g => g is { State: GrantState.Revoked, RevokedWhy: RevocationCause.SessionEnded })),
        ["approve what a device asked for"] = new(new ApproveGrant(Approved), 1, [new CreateGrant(Requested)],
            Grant(g => g is { State: GrantState.Pending, Subject: Subject, SessionId: "sid-1", Generation: 0, Authorized.IssuesRefreshToken: true } && g.CreatedAt == Approved.CreatedAt && g.ExpiresAt == Approved.ExpiresAt),
            [], [CreatePending], [CreateActive], [new CreateGrant(Requested), new RevokeGrant(GrantId, RevocationCause.DeniedByUser, Now)]),
        ["approve in a session"] = new(new ApproveGrant(Approved, SessionKey), 1, [SignIn, new CreateGrant(Requested)], Grant(g => g.State == GrantState.Pending),
            [new CreateGrant(Requested)], [new CreateSession(Rows.Session("another")), new CreateGrant(Requested)], [SignIn, CreatePending]),
        ["redeem what was approved"] = new(Advance(GrantId, 0), 1, [new CreateGrant(Requested), new ApproveGrant(Approved)], Grant(g => g is { State: GrantState.Active, Generation: 1 }), [new CreateGrant(Requested)]),
        ["revoke what a device asked for"] = new(new RevokeGrant(GrantId, RevocationCause.DeniedByUser, Now), 1, [new CreateGrant(Requested)], Grant(g => g is { State: GrantState.Revoked, RevokedWhy: RevocationCause.DeniedByUser })),
        ["add a handle"] = new(new AddHandle(Handle), 1, [],
            async store => await store.FindHandleAsync(TokenHash, default) is { Kind: HandleKind.UserCode, Document: "ä 1" } h && h.GrantId == GrantId && h.ExpiresAt == Now.AddMinutes(10), [new AddHandle(Handle with { GrantId = null, Document = null })]),
        ["remove a handle"] = new(new RemoveHandle(TokenHash), 1, [new AddHandle(Handle)], async store => await store.FindHandleAsync(TokenHash, default) is null, [], [new AddHandle(Handle with { Key = SessionKey })]),
        ["add a delivery"] = new(new AddDelivery(Delivery), 1, [],
            async store => await store.ListDeliveriesAsync(Now.AddSeconds(30), 10, default) is [var one] && one == Delivery, [new AddDelivery(Delivery with { Document = "other" })]),
        ["take a delivery"] = new(new TakeDelivery(GrantId, 1, Now.AddMinutes(2)), 1, [new AddDelivery(Delivery)],
            async store => await store.ListDeliveriesAsync(Now.AddMinutes(1), 10, default) is [] && await store.ListDeliveriesAsync(Now.AddMinutes(2), 10, default) is [{ Tries: 2 }],
            [], [new AddDelivery(Delivery with { Tries = 2 })], [new AddDelivery(Delivery), new TakeDelivery(GrantId, 1, Now)]),
        ["remove a delivery"] = new(new RemoveDelivery(GrantId), 1, [new AddDelivery(Delivery)], async store => await store.ListDeliveriesAsync(Now.AddYears(1), 10, default) is [], [], [new AddDelivery(Delivery with { Id = Id(2) })]),
        ["deny an access token"] = new(new DenyAccessToken(TokenHash, Now.AddMinutes(5)), 64, [], async store => await store.IsDeniedAsync(TokenHash, default)),
        ["use an assertion"] = new(new UseAssertion(TokenHash, Now.AddMinutes(5)), 1, [],
            async store => await store.CommitAsync(new UseAssertion(TokenHash, Now), null, default) == CommitResult.Conflict, [new UseAssertion(TokenHash, Now.AddDays(1))]),
        ["save a consent"] = new(Consented, 64, [new SaveConsent(Rows.Consent() with { Scopes = [] })],
            async store => await store.FindConsentAsync(Issuer, Subject, ClientId, default) is { Scopes.Count: 2 }),
        ["remove a consent"] = new(new RemoveConsent(Issuer, Subject, ClientId), 1, [Consented],
            async store => await store.FindConsentAsync(Issuer, Subject, ClientId, default) is null, [], [new SaveConsent(Rows.Consent(clientId: "other"))]),
        ["create a session"] = new(SignIn, 1, [], async store => await store.FindSessionAsync(SessionKey, default) is not null, [new CreateSession(Rows.Session(subject: "other"))]),
        ["touch a session"] = new(new TouchSession(SessionKey, Now.AddHours(1), Now.AddHours(2)), 64, [SignIn],
            async store => await store.FindSessionAsync(SessionKey, default) is { } s && s.SeenAt == Now.AddHours(1) && s.IdleExpiresAt == Now.AddHours(2), [], [new CreateSession(Rows.Session("another"))]),
        ["remove a session"] = new(new RemoveSession(SessionKey), 1, [SignIn], async store => await store.FindSessionAsync(SessionKey, default) is null, []),
        ["remove the sessions of an account"] = new(new RemoveSessionsOf(Subject), 64, [SignIn], async store => await store.FindSessionAsync(SessionKey, default) is null),
        ["several together"] = new(new Together([new UseAssertion(TokenHash, Now), Consented, CreatePending, Advance(GrantId, 0)]), 1, [],
            Grant(g => g.Generation == 1), [new UseAssertion(TokenHash, Now)], [CreatePending]),
        ["nothing together"] = new(new Together([]), 64, [], _ => Task.FromResult(true)),
    };

    public static TheoryData<string> Names => [.. All.Keys];

    private static Func<IGrantStore, Task<bool>> Grant(Func<Grant, bool> looks) =>
        async store => await store.FindGrantAsync(GrantId, default) is { } grant && looks(grant);
}
