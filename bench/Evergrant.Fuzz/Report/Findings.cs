using System.Collections.Concurrent;

namespace Evergrant.Fuzz.Report;

/// <summary>What was found in a run: each sentence once for each target, with the first input that showed it.</summary>
/// <param name="folder">Where the inputs are written; null for nowhere.</param>
internal sealed class Findings(string? folder)
{
    private readonly ConcurrentDictionary<(string Target, string Sentence), string> _first = new();
    private int _unobserved;

    /// <summary>Exceptions of tasks that nobody looked at.</summary>
    public int Unobserved => _unobserved;

    /// <summary>Whether nothing was found.</summary>
    public bool None => _first.IsEmpty && _unobserved == 0;

    /// <summary>A line for each.</summary>
    public IReadOnlyList<string> Lines => [.. _first.Select(f => $"{f.Key.Target}: {f.Key.Sentence}{f.Value}").Order(StringComparer.Ordinal), .. _unobserved > 0 ? [$"{_unobserved} exceptions that nobody looked at"] : Array.Empty<string>()];

    /// <summary>Counts exceptions that nobody looks at from now on.</summary>
    public void WatchTasks() => TaskScheduler.UnobservedTaskException += (_, _) => Interlocked.Increment(ref _unobserved);

    /// <summary>Takes one.</summary>
    public void Take(Finding finding)
    {
        if (_first.TryAdd((finding.Target, finding.Sentence), "") && folder is not null) _first[(finding.Target, finding.Sentence)] = $" ({finding.Write(folder)})";
    }
}
