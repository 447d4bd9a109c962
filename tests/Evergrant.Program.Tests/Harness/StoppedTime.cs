namespace Evergrant.Program.Tests.Harness;

/// <summary>Time that stands until it is set.</summary>
internal sealed class StoppedTime : TimeProvider
{
    public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => Now;
}
