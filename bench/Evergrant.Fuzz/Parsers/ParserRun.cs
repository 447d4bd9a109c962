using System.Diagnostics;
using Evergrant.Fuzz.Mutation;
using Evergrant.Fuzz.Report;

namespace Evergrant.Fuzz.Parsers;

/// <summary>Sends mutated inputs at one parser. An input that makes it take a way that none took before is kept and mutated further.</summary>
internal sealed class ParserRun(ParserTarget target, int seed)
{
    // A new way is often only another number in a sentence; there must be an end to what is kept.
    private const int Kept = 512;
    private static readonly long Hang = Stopwatch.Frequency;

    private readonly List<byte[]> _corpus = [.. target.Seeds];
    private readonly HashSet<int> _ways = [];

    /// <summary>Ways taken.</summary>
    public int Ways => _ways.Count;

    /// <summary>The longest time one input took.</summary>
    public TimeSpan Longest { get; private set; }

    /// <summary>Runs.</summary>
    /// <param name="count">Inputs.</param>
    /// <param name="watch">Is told of each input, for the case that it never comes back.</param>
    /// <param name="found">Takes what was found.</param>
    public void Run(long count, Watchdog watch, Action<Finding> found)
    {
        foreach (byte[] input in target.Seeds) Try(input, watch, found);
        var mutator = new Mutator(seed);
        byte[] buffer = new byte[Mutator.Longest];
        for (long i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> made = mutator.Change(mutator.Any(_corpus), mutator.Any(_corpus));
            made.CopyTo(buffer);
            Try(buffer.AsMemory(0, made.Length), watch, found);
        }
    }

    private void Try(ReadOnlyMemory<byte> input, Watchdog watch, Action<Finding> found)
    {
        watch.Begin(target.Name, input);
        long begun = Stopwatch.GetTimestamp();
        try
        {
            int way = target.Read(input);
            if (_corpus.Count < Kept && _ways.Add(way)) _corpus.Add(input.ToArray());
        }
        catch (Exception e) // Any exception is what is looked for.
        {
            found(new Finding(target.Name, e is BrokenPropertyException ? e.Message : $"{e.GetType().Name}: {e.Message}", input.ToArray()));
        }
        long took = Stopwatch.GetTimestamp() - begun;
        watch.End();
        if (took > Longest.Ticks * (double)Stopwatch.Frequency / TimeSpan.TicksPerSecond) Longest = Stopwatch.GetElapsedTime(0, took);
        // The machine may have been busy: it is slow only if it is slow again.
        if (took > Hang && Again(input) > Hang) found(new Finding(target.Name, "takes longer than a second", input.ToArray()));
    }

    private long Again(ReadOnlyMemory<byte> input)
    {
        long shortest = long.MaxValue;
        for (int i = 0; i < 3; i++)
        {
            long begun = Stopwatch.GetTimestamp();
            try
            {
                target.Read(input);
            }
            catch (Exception) // Told already.
            {
                return 0;
            }
            shortest = Math.Min(shortest, Stopwatch.GetTimestamp() - begun);
        }
        return shortest;
    }
}
