using System.Collections.Concurrent;
using Evergrant.Fire.History;

namespace Evergrant.Fire.Storms;

/// <summary>What a crowd did and what its histories showed. Counted by all lanes at once.</summary>
internal sealed class CrowdCount
{
    private const int KeptViolations = 20;
    private readonly ConcurrentQueue<string> _violations = new();
    private readonly ConcurrentDictionary<string, int> _invariants = new();
    private long _operations, _unknown, _askedAgain, _undecided, _checkMicros;
    private int _grants, _probed;

    /// <summary>Operations recorded and checked.</summary>
    public long Operations => Interlocked.Read(ref _operations);

    /// <summary>Operations whose outcome stayed unknown.</summary>
    public long Unknown => Interlocked.Read(ref _unknown);

    /// <summary>Refreshes without an answer whose token was shown again later and brought its successor.</summary>
    public long AskedAgain => Interlocked.Read(ref _askedAgain);

    /// <summary>Violations of some invariants.</summary>
    public int Of(params ReadOnlySpan<string> invariants)
    {
        int sum = 0;
        foreach (string invariant in invariants) sum += _invariants.GetValueOrDefault(invariant);
        return sum;
    }

    /// <summary>Histories whose search was given up.</summary>
    public long Undecided => Interlocked.Read(ref _undecided);

    /// <summary>Grants.</summary>
    public int Grants => _grants;

    /// <summary>Grants whose last token was tried at the end and worked.</summary>
    public int Probed => _probed;

    /// <summary>The first violation: its invariant, and how many operations had been checked by then; null for none.</summary>
    public (string Invariant, long Operations)? First { get; private set; }

    /// <summary>Violations by invariant.</summary>
    public IReadOnlyDictionary<string, int> Invariants => _invariants;

    /// <summary>The first violations, each with its shortest history.</summary>
    public IReadOnlyList<string> Violations => [.. _violations];

    /// <summary>Number of violations.</summary>
    public int Violated => _invariants.Values.Sum();

    /// <summary>Operations checked in a second of one core.</summary>
    public double CheckRate => Operations / Math.Max(1e-6, Interlocked.Read(ref _checkMicros) / 1e6);

    /// <summary>Takes the history of a grant that is closed.</summary>
    public void Take(GrantHistory history, bool probed)
    {
        long started = MonotonicClock.Now;
        Violation? violation = HistoryChecker.Check(history, out bool undecided);
        Interlocked.Add(ref _checkMicros, MonotonicClock.Now - started);
        Interlocked.Add(ref _operations, history.Operations.Count);
        Interlocked.Add(ref _unknown, history.Operations.Count(o => o.Outcome == Outcome.Unknown));
        HashSet<TokenHash> lost = [.. history.Operations.Where(o => o is { Outcome: Outcome.Unknown, Kind: OperationKind.Refresh }).Select(o => o.Shown)];
        if (lost.Count > 0) Interlocked.Add(ref _askedAgain, history.Operations.Where(o => o is { Outcome: Outcome.Ok, Kind: OperationKind.Refresh } && lost.Contains(o.Shown)).Select(o => o.Shown).Distinct().Count());
        Interlocked.Increment(ref _grants);
        if (probed) Interlocked.Increment(ref _probed);
        if (undecided) Interlocked.Increment(ref _undecided);
        if (violation is null) return;
        lock (_violations) First ??= (violation.Invariant, Operations);
        _invariants.AddOrUpdate(violation.Invariant, 1, (_, n) => n + 1);
        if (_violations.Count < KeptViolations) _violations.Enqueue(HistoryChecker.Print(history, violation));
    }
}
