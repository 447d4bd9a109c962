using System.CommandLine;
using System.Text;
using Evergrant.Declared;

namespace Evergrant.Cli;

/// <summary>apply: makes clients, users, scopes and resources as a file declares them, after showing what changes.</summary>
internal static class Apply
{
    private static readonly Option<string> File = new("--file", "-f") { Description = "The declared state; - is standard input", HelpName = "FILE", Required = true };
    private static readonly Option<bool> Yes = new("--yes", "-y") { Description = "Do not ask" };
    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "Show what would change, and change nothing" };

    /// <summary>The command.</summary>
    public static Command Command(Execution execution)
    {
        var command = new Command("apply", "Make clients, users, scopes and resources as a file declares them") { File, Yes, DryRun, CommandLine.Json };
        command.SetAction((parse, cancellationToken) => RunAsync(execution, parse, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(Execution execution, ParseResult parse, CancellationToken cancellationToken)
    {
        // Read once, and on the side of whoever gives the command.
        Task<string?>? read = null;
        Task<string?> Input(CancellationToken c) => read ??= TextInput.FileAsync(parse.GetRequiredValue(File), c);
        Task<int> Show() => execution.RunAsync(parse, (invocation, c) => ShowAsync(invocation, parse, c), cancellationToken, Input, parse.GetValue(DryRun) ? [] : ["--dry-run"]);
        Task<int> Carry() => execution.ChangeAsync(parse, (invocation, c) => ApplyAsync(invocation, parse, c), cancellationToken, Input, parse.GetValue(Yes) ? [] : ["--yes"]);

        if (parse.GetValue(DryRun)) return await Show();
        if (parse.GetValue(Yes)) return await Carry();
        int shown = await Show();
        if (shown != ExitCode.Done) return shown;
        switch (execution.Confirm("Apply this?"))
        {
            case true:
                return await Carry();
            case false:
                return ExitCode.Refused;
            default:
                await Console.Error.WriteLineAsync("evergrant: nobody can be asked here; nothing was changed. --yes applies without asking");
                return ExitCode.Unusable;
        }
    }

    private static async Task<int> ShowAsync(Invocation invocation, ParseResult parse, CancellationToken cancellationToken)
    {
        Plan plan = await PlanAsync(invocation, cancellationToken);
        if (parse.GetValue(CommandLine.Json)) PlanOutput.WriteJson(invocation.Out, plan.Changes);
        else PlanOutput.Write(invocation.Out, plan.Changes);
        return ExitCode.Done;
    }

    private static async Task<int> ApplyAsync(Invocation invocation, ParseResult parse, CancellationToken cancellationToken)
    {
        Plan plan = await PlanAsync(invocation, cancellationToken);
        IReadOnlyList<PlannedChange> done = await plan.ApplyAsync(invocation.On, invocation.Changes, cancellationToken);
        if (parse.GetValue(CommandLine.Json)) PlanOutput.WriteJson(invocation.Out, done);
        else PlanOutput.Write(invocation.Out, done);
        return ExitCode.Done;
    }

    private static async Task<Plan> PlanAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        DeclaredState state = await DeclaredState.ReadAsync(Encoding.UTF8.GetBytes(invocation.Input ?? ""), "the declared state", invocation.On, cancellationToken);
        return await Plan.MakeAsync(state, invocation.On, cancellationToken);
    }
}
