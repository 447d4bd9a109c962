using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Sessions;

namespace Evergrant.Protocol.Storage;

/// <summary>Grants and what stands around them. It knows no policy: it reads rows and makes changes whose condition it checks.</summary>
/// <remarks>Safe for concurrent use. Every member throws <see cref="StoreUnavailableException"/> when the store cannot be asked.
/// What a read returns includes every change that was answered <see cref="CommitResult.Committed"/> before the read began.</remarks>
public interface IGrantStore
{
    /// <summary>Reads one grant.</summary>
    /// <param name="id">Grant id.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The row, or null.</returns>
    ValueTask<Grant?> FindGrantAsync(Guid id, CancellationToken cancellationToken);

    /// <summary>Reads grants, newest first.</summary>
    /// <param name="filter">What to read.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<IReadOnlyList<Grant>> ListGrantsAsync(GrantFilter filter, CancellationToken cancellationToken);

    /// <summary>Makes a change durable if its condition holds, and its event with it in one transaction.</summary>
    /// <param name="change">The change.</param>
    /// <param name="record">Event that is written if and only if the change commits; null for none.</param>
    /// <param name="cancellationToken">Ends the wait before the change has been handed to the writer; after that the outcome is waited for.</param>
    ValueTask<CommitResult> CommitAsync(Change change, EventRecord? record, CancellationToken cancellationToken);

    /// <summary>Writes an event that belongs to no change (a refusal).</summary>
    /// <param name="record">The event.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask RecordAsync(EventRecord record, CancellationToken cancellationToken);

    /// <summary>Whether an access token was put on the list of the dead.</summary>
    /// <param name="tokenHash">SHA-256 of the token's id.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<bool> IsDeniedAsync(ReadOnlyMemory<byte> tokenHash, CancellationToken cancellationToken);

    /// <summary>Reads the consent of a user for a client, or null.</summary>
    /// <param name="issuer">Issuer.</param>
    /// <param name="subject">Account id.</param>
    /// <param name="clientId">Client.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<Consent?> FindConsentAsync(string issuer, string subject, string clientId, CancellationToken cancellationToken);

    /// <summary>Reads what a user has consented to, by issuer and client.</summary>
    /// <param name="subject">Account id.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<IReadOnlyList<Consent>> ListConsentsAsync(string subject, CancellationToken cancellationToken);

    /// <summary>Reads a session, or null.</summary>
    /// <param name="key">Hash of the cookie value.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<Session?> FindSessionAsync(ReadOnlyMemory<byte> key, CancellationToken cancellationToken);

    /// <summary>Reads a handle, or null; one that has expired may still be there.</summary>
    /// <param name="key">Hash of what was handed out.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<Handle?> FindHandleAsync(ReadOnlyMemory<byte> key, CancellationToken cancellationToken);

    /// <summary>Reads deliveries that are due, those first that have been due longest.</summary>
    /// <param name="now">The instant to judge by.</param>
    /// <param name="limit">Rows at most.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<IReadOnlyList<Delivery>> ListDeliveriesAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken);

    /// <summary>Reads the event with a reference, or null.</summary>
    /// <param name="reference">As shown to the client.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<EventRecord?> FindEventAsync(string reference, CancellationToken cancellationToken);

    /// <summary>Reads the events of a grant, oldest first, at most 1,000.</summary>
    /// <param name="grantId">Grant.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<IReadOnlyList<EventRecord>> ListEventsAsync(Guid grantId, CancellationToken cancellationToken);

    /// <summary>Removes what has expired, in one small batch that stops no request: grants past their end, sessions, handles, deliveries, denials, assertions, old events.</summary>
    /// <param name="now">The instant to judge by.</param>
    /// <param name="keepEventsFor">Retention of events; ended grants are kept as long, so that they can be explained.</param>
    /// <param name="limit">Rows per kind at most.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>How many rows went; less than the limit when there is nothing more.</returns>
    ValueTask<int> CleanUpAsync(DateTimeOffset now, TimeSpan keepEventsFor, int limit, CancellationToken cancellationToken);
}

/// <summary>Which grants to list; members that are null match all.</summary>
/// <param name="Issuer">Issuer.</param>
/// <param name="Subject">Account id.</param>
/// <param name="ClientId">Client.</param>
/// <param name="LiveAt">Only grants that are not revoked and not ended at this instant.</param>
/// <param name="Limit">Rows at most.</param>
/// <param name="AuthorizedIn">Public id of the session in which the End-User authorized, whether or not the grant ends with it. Together with Subject, by which they are found.</param>
/// <param name="State">Only grants in this state.</param>
public sealed record GrantFilter(string? Issuer = null, string? Subject = null, string? ClientId = null, DateTimeOffset? LiveAt = null, int Limit = 100, string? AuthorizedIn = null, GrantState? State = null);
