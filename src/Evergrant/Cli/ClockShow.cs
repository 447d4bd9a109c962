using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Evergrant.Cli;

/// <summary>clock show: the server's time beside the system's.</summary>
internal static class ClockShow
{
    /// <summary>The command.</summary>
    public static Command Command(Execution execution)
    {
        var command = new Command("show", "Show the server's time, and how far it is ahead of the system's") { CommandLine.Json };
        command.SetAction((parse, cancellationToken) => execution.RunAsync(parse, (invocation, _) => Task.FromResult(Write(invocation, parse.GetValue(CommandLine.Json))), cancellationToken));
        return command;
    }

    /// <summary>Says what time it is.</summary>
    public static int Write(Invocation invocation, bool json)
    {
        DateTimeOffset now = invocation.On.Time.GetUtcNow();
        // Clocks that are kept right differ by less.
        TimeSpan ahead = now - TimeProvider.System.GetUtcNow() is var difference && difference > TimeSpan.FromSeconds(1) ? difference : TimeSpan.Zero;
        if (json)
        {
            JsonOutput.Write(invocation.Out, new JsonObject { ["now"] = now.ToString("O", CultureInfo.InvariantCulture), ["ahead"] = Rounded(ahead).ToString("c", CultureInfo.InvariantCulture) });
            return ExitCode.Done;
        }
        invocation.Out.WriteLine(ahead == TimeSpan.Zero ? $"It is {Invocation.At(now)}, as the system says." : $"It is {Invocation.At(now)}, {Words(Rounded(ahead))} ahead of the system.");
        return ExitCode.Done;
    }

    private static TimeSpan Rounded(TimeSpan span) => TimeSpan.FromSeconds(Math.Round(span.TotalSeconds));

    private static string Words(TimeSpan span) => span.Days == 0 ? span.ToString("c", CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{span.Days} {(span.Days == 1 ? "day" : "days")}{(span - TimeSpan.FromDays(span.Days) is var rest && rest > TimeSpan.Zero ? $" and {rest:c}" : "")}");
}
