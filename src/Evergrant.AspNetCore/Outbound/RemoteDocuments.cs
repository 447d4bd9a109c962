using System.Collections.Concurrent;

namespace Evergrant.AspNetCore.Outbound;

/// <summary>Documents that were fetched, kept for as long as their kind allows. Whoever asks while a fetch of the same URL is under way waits for that one.</summary>
internal sealed class RemoteDocuments(OutboundFetcher fetcher, TimeProvider clock)
{
    private const int MaximumDocuments = 1_000;

    private readonly ConcurrentDictionary<(string Kind, string Url), Entry> _entries = new();
    private readonly ConcurrentDictionary<(string Kind, string Url), Lazy<Task<Entry>>> _fetches = new();

    /// <summary>Finds a document, or fetches it.</summary>
    /// <param name="url">Its URL.</param>
    /// <param name="kind">What it is.</param>
    /// <param name="cancellationToken">Ends the wait, not the fetch, which others may wait for.</param>
    /// <param name="olderThan">Fetch it again when the last attempt is at least so old, though it might be kept for longer; null to believe it for as long as its kind says.</param>
    public async ValueTask<FetchOutcome> GetAsync(string url, DocumentKind kind, CancellationToken cancellationToken, TimeSpan? olderThan = null)
    {
        DateTimeOffset now = clock.GetUtcNow();
        (string, string) key = (kind.Name, url);
        if (_entries.TryGetValue(key, out Entry? known) && now - known.TriedAt < (olderThan ?? known.Age) && now >= known.TriedAt) return known.At(now, kind);
        if (!fetcher.Allows(url)) return new(null, FetchFault.UrlNotAllowed);
        Lazy<Task<Entry>> fetch = _fetches.GetOrAdd(key, k => new Lazy<Task<Entry>>(() => FetchAsync(k, kind)));
        return (await fetch.Value.WaitAsync(cancellationToken)).At(clock.GetUtcNow(), kind);
    }

    /// <summary>Forgets a document that turned out to be of no use: whoever asks next fetches it again.</summary>
    /// <param name="url">Its URL.</param>
    /// <param name="kind">What it is.</param>
    public void Forget(string url, DocumentKind kind) => _entries.TryRemove((kind.Name, url), out _);

    private async Task<Entry> FetchAsync((string Kind, string Url) key, DocumentKind kind)
    {
        try
        {
            FetchOutcome outcome = await fetcher.GetAsync(key.Url, kind, CancellationToken.None);
            DateTimeOffset now = clock.GetUtcNow();
            Entry? before = _entries.GetValueOrDefault(key);
            Entry entry = outcome.Document is { } document
                ? new Entry(document, now, now, kind.AgeOf(document), FetchFault.None)
                : new Entry(before?.Document, before?.GotAt ?? now, now, kind.FailureAge, outcome.Fault);
            if (entry.Age <= TimeSpan.Zero && entry.Document is null) _entries.TryRemove(key, out _);
            else if (kind.MostAge > TimeSpan.Zero || kind.FailureAge > TimeSpan.Zero)
            {
                if (_entries.Count >= MaximumDocuments) _entries.Clear();
                _entries[key] = entry;
            }
            return entry;
        }
        finally
        {
            _fetches.TryRemove(key, out _);
        }
    }

    /// <param name="Document">The last one that came; null for none.</param>
    /// <param name="GotAt">When it came.</param>
    /// <param name="TriedAt">When it was asked for last.</param>
    /// <param name="Age">For how long after that nobody asks again.</param>
    /// <param name="Fault">What went wrong the last time.</param>
    private sealed record Entry(FetchedDocument? Document, DateTimeOffset GotAt, DateTimeOffset TriedAt, TimeSpan Age, FetchFault Fault)
    {
        /// <summary>What it is good for now: an old copy stands in for one that cannot be fetched, up to the most that its kind allows.</summary>
        public FetchOutcome At(DateTimeOffset now, DocumentKind kind) => new(Fault == FetchFault.None || now - GotAt < kind.MostAge ? Document : null, Fault);
    }
}
