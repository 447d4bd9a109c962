namespace Evergrant.Policies.Tests.Hosts;

/// <summary>A clock that stands still until a case moves it. Each case has its own, though all share one host: it goes along with the case's asynchronous flow.</summary>
internal sealed class CaseClock : TimeProvider
{
    public static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly AsyncLocal<StrongBox?> Now = new();

    /// <summary>Gives the flow that calls it a clock of its own.</summary>
    public static void Begin() => Now.Value = new StrongBox { At = Start };

    public static DateTimeOffset At => Now.Value?.At ?? Start;

    public static void MoveTo(DateTimeOffset at) => Now.Value!.At = at;

    public override DateTimeOffset GetUtcNow() => At;

    private sealed class StrongBox
    {
        public DateTimeOffset At { get; set; }
    }
}
