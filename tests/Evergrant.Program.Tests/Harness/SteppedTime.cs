namespace Evergrant.Program.Tests.Harness;

/// <summary>A machine's clocks: time passes on both, and only the wall clock can be set.</summary>
internal sealed class SteppedTime(DateTimeOffset now) : TimeProvider
{
    private long _wall = now.Ticks;
    private long _passed;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public void Pass(TimeSpan span)
    {
        Interlocked.Add(ref _passed, span.Ticks);
        Interlocked.Add(ref _wall, span.Ticks);
    }

    public void Step(TimeSpan span) => Interlocked.Add(ref _wall, span.Ticks);

    public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref _wall), TimeSpan.Zero);

    public override long GetTimestamp() => Interlocked.Read(ref _passed);
}
