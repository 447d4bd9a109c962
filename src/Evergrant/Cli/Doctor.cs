using System.CommandLine;
using System.Text.Json.Nodes;
using Evergrant.Hosting;

namespace Evergrant.Cli;

/// <summary>doctor: looks for what is wrong or will go wrong, from settings and files to keys and clients.</summary>
internal static class Doctor
{
    /// <summary>The command.</summary>
    public static Command Command(Execution execution)
    {
        var command = new Command("doctor", "Look for what is wrong or will go wrong") { CommandLine.Json };
        command.Add(DoctorMcp.Command(execution));
        command.SetAction(async (parse, cancellationToken) =>
        {
            try
            {
                return await execution.RunAsync(parse, (invocation, c) => ExamineAsync(invocation, parse.GetValue(CommandLine.Json), c), cancellationToken);
            }
            catch (UnusableException e)
            {
                // Settings with which no server can start are what the doctor is asked about.
                return Write(Console.Out, parse.GetValue(CommandLine.Json), [.. e.Faults.Select(f => new Finding(Severity.Fault, "settings", f))]);
            }
        });
        return command;
    }

    private static async Task<int> ExamineAsync(Invocation invocation, bool json, CancellationToken cancellationToken)
    {
        var findings = new List<Finding>();
        findings.AddRange(FileExamination.Of(invocation.On.Settings, invocation.On.Time.GetUtcNow()));
        findings.AddRange(RuntimeExamination.Of(Environment.Version));
        findings.AddRange(await StoreExamination.OfAsync(invocation.On, cancellationToken));
        return Write(invocation.Out, json, findings);
    }

    public static int Write(TextWriter output, bool json, List<Finding> findings)
    {
        int faults = findings.Count(f => f.Severity == Severity.Fault), warnings = findings.Count(f => f.Severity == Severity.Warning);
        if (json)
        {
            JsonOutput.Write(output, new JsonObject
            {
                ["findings"] = JsonOutput.Array(findings.Select(f => new JsonObject { ["severity"] = f.Severity.ToString().ToLowerInvariant(), ["about"] = f.About, ["text"] = f.Text })),
            });
        }
        else
        {
            foreach (Finding finding in findings.OrderByDescending(f => f.Severity)) output.WriteLine($"{finding.Severity.ToString().ToLowerInvariant(),-8} {finding.About}: {finding.Text}");
            output.WriteLine(faults + warnings == 0 ? "All is well." : $"{faults} faults, {warnings} warnings.");
        }
        return faults > 0 ? ExitCode.Refused : ExitCode.Done;
    }
}

/// <summary>Something that the doctor has found.</summary>
/// <param name="Severity">How bad it is.</param>
/// <param name="About">What it is about: settings, files, runtime, store, key, client, user, resource, mcp.</param>
/// <param name="Text">What is wrong, and what to do.</param>
internal sealed record Finding(Severity Severity, string About, string Text);

/// <summary>How bad a finding is.</summary>
internal enum Severity
{
    /// <summary>As it is; good to know.</summary>
    Note,

    /// <summary>It works, but somebody should look.</summary>
    Warning,

    /// <summary>It does not work, or is not safe.</summary>
    Fault,
}
