using System.Diagnostics.Metrics;
using Evergrant.Protocol;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Registration;
using Evergrant.Protocol.Storage;
using Evergrant.Protocol.Token;
using Microsoft.Extensions.Logging;

namespace Evergrant.AspNetCore;

/// <summary>What a refusal or another decision worth telling is about.</summary>
/// <param name="Decision">Name of the decision.</param>
/// <param name="Endpoint">Folder word of the endpoint.</param>
/// <param name="Issuer">Issuer; null when unknown.</param>
/// <param name="ClientId">Client; null when unknown.</param>
/// <param name="Error">The error; null when nothing was refused.</param>
/// <param name="Grant">The grant; null for none.</param>
/// <param name="Presented">Generation that was presented; null for none.</param>
/// <param name="Policy">Policy that decided; null for none.</param>
/// <param name="Subject">Account; null for the grant's, or none.</param>
/// <param name="Stranger">The client's id is whatever the caller wrote: no client has it.</param>
internal sealed record Told(
    string Decision, string Endpoint, string? Issuer, string? ClientId, OAuthError? Error = null, Grant? Grant = null, long? Presented = null, string? Policy = null, string? Subject = null, bool Stranger = false);

/// <summary>Says everything to the operator and little to the caller: log line, metric and event, under one short reference.</summary>
internal sealed partial class RefusalLog : IDisposable
{
    private const int StoredPerMinute = 600;

    private static readonly string[] SecretPrefixes =
    [
        ClientSecret.Prefix, RegistrationTokens.InitialPrefix, RegistrationTokens.AccessPrefix, SealedAccessToken.Prefix, .. Enum.GetValues<CredentialKind>().Select(GrantCredential.PrefixOf),
        "eyJ", // a JWT: base64url of {"
    ];

    private readonly IGrantStore _store;
    private readonly TimeProvider _clock;
    private readonly ILogger<RefusalLog> _log;
    private readonly Meter _meter = new("Evergrant");
    private readonly Counter<long> _decisions;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _stored = [];
    private readonly bool _storesAll;
    private long _minute;

    public RefusalLog(IGrantStore store, EvergrantOptions options, TimeProvider clock, ILogger<RefusalLog> log)
    {
        // On a developer's own machine nobody floods, and whoever tries the server by the thousand wants each refusal explained.
        _storesAll = options.Development;
        _store = store;
        _clock = clock;
        _log = log;
        _decisions = _meter.CreateCounter<long>("evergrant.decisions", description: "Decisions by name and refusal");
    }

    /// <summary>Makes the event of a decision; it is logged and counted at once, and stored by the caller together with its change.</summary>
    public EventRecord Make(Told told)
    {
        var record = new EventRecord
        {
            Reference = EventReference.Create(),
            At = _clock.GetUtcNow(),
            Decision = told.Decision,
            Refusal = told.Error?.Refusal.ToString(),
            Error = told.Error?.Code,
            Endpoint = told.Endpoint,
            Issuer = told.Issuer,
            ClientId = told.Stranger && LooksSecret(told.ClientId) ? null : Shortened(told.ClientId),
            GrantId = told.Grant?.Id,
            Presented = told.Presented,
            Generation = told.Grant?.Generation,
            Policy = told.Policy ?? told.Grant?.Authorized.Policy,
            Subject = told.Subject ?? told.Grant?.Subject,
        };
        Count(told.Decision, record.Refusal);
        if (IsAlarm(record)) LogLostWrites(_log, record.Decision, record.GrantId, record.Generation, record.Presented, record.ClientId, record.Reference);
        else LogDecision(_log, record.Decision, record.Refusal, record.Endpoint, record.ClientId, record.GrantId, record.Reference);
        return record;
    }

    /// <summary>Makes and stores the event of a refusal that changes nothing. A flood of refusals of one client is counted, not stored.</summary>
    /// <returns>The reference.</returns>
    public async ValueTask<string> RecordAsync(Told told, CancellationToken cancellationToken)
    {
        EventRecord record = Make(told);
        // All strangers together have the share of one client: with a share for each name they would fill the disk.
        // A store that does not answer is not asked once more to keep that it did not: the answer would come later still.
        if (told.Error?.Refusal != Refusal.StoreUnavailable && MayStore(told.Stranger ? "" : record.ClientId ?? ""))
        {
            try
            {
                await _store.RecordAsync(record, cancellationToken);
            }
            catch (StoreUnavailableException exception)
            {
                // The refusal stands without its record; the log line above has the same facts.
                LogUnstored(_log, exception, record.Reference);
            }
        }
        return record.Reference;
    }

    /// <summary>Counts a decision that needs no event.</summary>
    public void Count(string decision, string? refusal) => _decisions.Add(1, new("decision", decision), new("refusal", refusal));

    /// <summary>Logs a fault of ours under a reference.</summary>
    public string Fault(Exception exception, string endpoint)
    {
        string reference = EventReference.Create();
        LogFault(_log, exception, endpoint, reference);
        return reference;
    }

    /// <summary>The description of an error with its reference, in the characters of RFC 6749 section 5.2.</summary>
    public static string Describe(OAuthError error, string reference) => $"{error.Description} Reference {reference}.";

    public void Dispose() => _meter.Dispose();

    // Only this server can have made a token that is ahead of its row: the store has lost what was confirmed.
    private static bool IsAlarm(EventRecord record) => record.Decision == nameof(CaughtUp) || record.Refusal == nameof(Refusal.StoreLostWrites);

    private static string? Shortened(string? clientId) => clientId is { Length: > 128 } ? clientId[..128] : clientId;

    // Whoever puts name and secret in each other's place names a client that nobody is. The prefixes tell what it really is.
    private static bool LooksSecret(string? text) => text is not null && SecretPrefixes.Any(prefix => text.Contains(prefix, StringComparison.Ordinal));

    private bool MayStore(string client)
    {
        if (_storesAll) return true;
        lock (_lock)
        {
            long minute = _clock.GetUtcNow().Ticks / TimeSpan.TicksPerMinute;
            if (minute != _minute || _stored.Count > 10_000)
            {
                _minute = minute;
                _stored.Clear();
            }
            int count = _stored.GetValueOrDefault(client);
            _stored[client] = count + 1;
            return count < StoredPerMinute;
        }
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "The store has lost writes: {Decision}, grant {GrantId} was at generation {Generation} when a token of generation {Presented} was shown, client {ClientId}, reference {Reference}")]
    private static partial void LogLostWrites(ILogger logger, string decision, Guid? grantId, long? generation, long? presented, string? clientId, string reference);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Decision} {Refusal} at {Endpoint}, client {ClientId}, grant {GrantId}, reference {Reference}")]
    private static partial void LogDecision(ILogger logger, string decision, string? refusal, string endpoint, string? clientId, Guid? grantId, string reference);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The event {Reference} could not be stored")]
    private static partial void LogUnstored(ILogger logger, Exception exception, string reference);

    [LoggerMessage(Level = LogLevel.Error, Message = "A fault at {Endpoint}, reference {Reference}")]
    private static partial void LogFault(ILogger logger, Exception exception, string endpoint, string reference);
}
