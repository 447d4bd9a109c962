using System.CommandLine;
using System.Text.Json.Nodes;
using Evergrant.Hosting;

namespace Evergrant.Cli;

/// <summary>clock advance: moves the time of a server in development mode forward, through every lifetime, timer and clean-up on the way. It does not go back.</summary>
internal static class ClockAdvance
{
    // As long as POST /dev/clock allows.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(36600);

    private static readonly Argument<string> By = new("by") { Description = "How far: 7d, 12h, 90m, 2w, 6mo, 1y, parts together as 1d12h, or d.hh:mm:ss" };

    /// <summary>The command.</summary>
    public static Command Command(Execution execution)
    {
        var command = new Command("advance", "Move the time of a development server forward") { By, CommandLine.Json };
        command.SetAction((parse, cancellationToken) => execution.ChangeAsync(parse,
            (invocation, c) => AdvanceAsync(invocation, parse.GetRequiredValue(By), parse.GetValue(CommandLine.Json), c), cancellationToken));
        return command;
    }

    private static async Task<int> AdvanceAsync(Invocation invocation, string by, bool json, CancellationToken cancellationToken)
    {
        if (invocation.On.Time is not MovableClock clock)
        {
            return invocation.Refuse(invocation.On.Settings.Development
                ? "the time moves in a server that runs; start it first: evergrant start"
                : "only the time of a development server can be moved (evergrant start)");
        }
        if (FriendlyDuration.Read(by, clock.GetUtcNow()) is not { } span || span > Longest)
        {
            return invocation.Unusable($"{by} is no duration of more than zero and at most a hundred years; write 7d, 12h, 90m, 2w, 6mo, 1y, 1d12h or d.hh:mm:ss");
        }
        DateTimeOffset now = clock.GetUtcNow();
        await invocation.Changes.ChangeAsync(
            "clock", new JsonObject { ["now"] = JsonOutput.At(now) }, new JsonObject { ["now"] = JsonOutput.At(now + span) },
            _ =>
            {
                clock.Advance(span);
                return Task.CompletedTask;
            },
            cancellationToken);
        return ClockShow.Write(invocation, json);
    }
}
