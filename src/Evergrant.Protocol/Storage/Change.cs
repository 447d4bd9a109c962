using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Sessions;

namespace Evergrant.Protocol.Storage;

/// <summary>A change of one stored thing that carries its own condition. A store makes it with one statement whose row count is the answer.</summary>
public abstract record Change;

/// <summary>Writes a new grant. Holds when the id is new and, where SessionKey is given, that session is still there: whoever ends it later ends the grant as well.</summary>
/// <param name="Grant">The row.</param>
/// <param name="SessionKey">Hash of the cookie value of the session that the End-User authorized in; null for none.</param>
public sealed record CreateGrant(Grant Grant, byte[]? SessionKey = null) : Change;

/// <summary>Says that a user has not come to hold another live grant for a client, and keeps it so until the end of the transaction. Holds when every grant that is active
/// and has not ended at the instant is known. Stands first in a <see cref="Together"/>.</summary>
/// <param name="GrantId">The grant that is being redeemed, which does not count.</param>
/// <param name="Issuer">Issuer.</param>
/// <param name="Subject">Account id.</param>
/// <param name="ClientId">Client.</param>
/// <param name="Known">Grants that were read.</param>
/// <param name="At">The instant of the decision.</param>
public sealed record HoldsNoOther(Guid GrantId, string Issuer, string Subject, string ClientId, IReadOnlyList<Guid> Known, DateTimeOffset At) : Change;

/// <summary>Ends every grant that is not revoked and matches all members given. Holds always.</summary>
/// <param name="Issuer">Issuer; null for any.</param>
/// <param name="Subject">Account id; null for any.</param>
/// <param name="ClientId">Client; null for any.</param>
/// <param name="SessionId">Session the grant ends with; null for any.</param>
/// <param name="Why">The cause.</param>
/// <param name="At">Becomes revoked_at.</param>
public sealed record RevokeGrants(string? Issuer, string? Subject, string? ClientId, string? SessionId, RevocationCause Why, DateTimeOffset At) : Change;

/// <summary>Puts one access token on the list of the dead until it would have expired. Holds always.</summary>
/// <param name="TokenHash">SHA-256 of the token's id.</param>
/// <param name="ExpiresAt">When the row may go.</param>
public sealed record DenyAccessToken(byte[] TokenHash, DateTimeOffset ExpiresAt) : Change;

/// <summary>Notes the jti of a client assertion. Holds when it was not noted before.</summary>
/// <param name="AssertionHash">SHA-256 over issuer, client and jti.</param>
/// <param name="ExpiresAt">When the row may go.</param>
public sealed record UseAssertion(byte[] AssertionHash, DateTimeOffset ExpiresAt) : Change;

/// <summary>Writes what the End-User agreed to into the grant that a device asked for. Holds when the grant is Requested and, where SessionKey is given, that session is still there.</summary>
/// <param name="Grant">The row as it is then: Pending, with its subject, its session and what was authorized.</param>
/// <param name="SessionKey">Hash of the cookie value of the session that the End-User authorized in; null for none.</param>
public sealed record ApproveGrant(Grant Grant, byte[]? SessionKey = null) : Change;

/// <summary>Writes a handle. Holds when its key is new.</summary>
/// <param name="Handle">The row.</param>
public sealed record AddHandle(Handle Handle) : Change;

/// <summary>Removes a handle. Holds when it was there: of several who use it, one does.</summary>
/// <param name="Key">Hash of what was handed out.</param>
public sealed record RemoveHandle(byte[] Key) : Change;

/// <summary>Writes something to be told to a client. Holds when its id is new.</summary>
/// <param name="Delivery">The row.</param>
public sealed record AddDelivery(Delivery Delivery) : Change;

/// <summary>Takes a delivery for a try: counts it and puts the next one off. Holds when it is there and has been tried so often: of several who take it, one does.</summary>
/// <param name="Id">The delivery.</param>
/// <param name="Tries">Tries as read.</param>
/// <param name="DueAt">When it may be tried next, should this try come to nothing.</param>
public sealed record TakeDelivery(Guid Id, int Tries, DateTimeOffset DueAt) : Change;

/// <summary>Removes a delivery. Holds when it was there.</summary>
/// <param name="Id">The delivery.</param>
public sealed record RemoveDelivery(Guid Id) : Change;

/// <summary>Writes or replaces the consent of a user for a client. Holds always.</summary>
/// <param name="Consent">The row.</param>
public sealed record SaveConsent(Consent Consent) : Change;

/// <summary>Removes the consent of a user for a client. Holds when there was one.</summary>
/// <param name="Issuer">Issuer.</param>
/// <param name="Subject">Account id.</param>
/// <param name="ClientId">Client.</param>
public sealed record RemoveConsent(string Issuer, string Subject, string ClientId) : Change;

/// <summary>Writes a new session. Holds when its key is new.</summary>
/// <param name="Session">The row.</param>
public sealed record CreateSession(Session Session) : Change;

/// <summary>Moves a session's idle end. Holds when the session exists.</summary>
/// <param name="Key">Hash of the cookie value.</param>
/// <param name="SeenAt">Last use.</param>
/// <param name="IdleExpiresAt">New idle end.</param>
public sealed record TouchSession(byte[] Key, DateTimeOffset SeenAt, DateTimeOffset IdleExpiresAt) : Change;

/// <summary>Removes a session. Holds when it existed.</summary>
/// <param name="Key">Hash of the cookie value.</param>
public sealed record RemoveSession(byte[] Key) : Change;

/// <summary>Removes every session of an account. Holds always.</summary>
/// <param name="Subject">Account id.</param>
public sealed record RemoveSessionsOf(string Subject) : Change;

/// <summary>Several changes that hold together or not at all: one transaction, Conflict when the condition of any does not hold.</summary>
/// <param name="Changes">The changes, in order.</param>
public sealed record Together(IReadOnlyList<Change> Changes) : Change;
