using System.Diagnostics;

namespace Evergrant.Fuzz.Report;

/// <summary>Looks from a thread of its own whether an input comes back at all. One that does not cannot be ended: it is written down, and the process ends.</summary>
internal sealed class Watchdog : IDisposable
{
    private static readonly TimeSpan Never = TimeSpan.FromSeconds(20);

    private readonly Timer _timer;
    private readonly string _folder;
    private ReadOnlyMemory<byte> _input;
    private string _target = "";
    private long _begun;

    /// <summary>Begins to look.</summary>
    /// <param name="folder">Where an input that never comes back is written.</param>
    public Watchdog(string folder)
    {
        _folder = folder;
        _timer = new Timer(_ => Look(), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
    }

    /// <summary>An input begins.</summary>
    public void Begin(string target, ReadOnlyMemory<byte> input)
    {
        (_target, _input) = (target, input);
        Volatile.Write(ref _begun, Stopwatch.GetTimestamp());
    }

    /// <summary>It has come back.</summary>
    public void End() => Volatile.Write(ref _begun, 0);

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        long begun = Volatile.Read(ref _begun);
        if (begun == 0 || Stopwatch.GetElapsedTime(begun) < Never) return;
        string path = new Finding(_target, "does not come back", _input.ToArray()).Write(_folder);
        Console.Error.WriteLine($"{_target}: an input does not come back: {path}");
        Environment.Exit(3);
    }
}
