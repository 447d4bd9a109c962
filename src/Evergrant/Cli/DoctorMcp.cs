using System.CommandLine;

namespace Evergrant.Cli;

/// <summary>doctor mcp: whether clients of the Model Context Protocol find their way, and what would fail for them.</summary>
internal static class DoctorMcp
{
    private static readonly Option<string?> Resource = new("--resource") { Description = "URL of the MCP server whose tokens come from here", HelpName = "URL" };

    /// <summary>The command.</summary>
    public static Command Command(Execution execution)
    {
        var command = new Command("mcp", "Ask the running server what clients of the Model Context Protocol ask, and say what would fail for them") { Resource, CommandLine.Issuer, CommandLine.Json };
        command.SetAction((parse, cancellationToken) => execution.RunAsync(parse, (invocation, c) => ExamineAsync(invocation, parse, c), cancellationToken));
        return command;
    }

    private static async Task<int> ExamineAsync(Invocation invocation, ParseResult parse, CancellationToken cancellationToken)
    {
        if (invocation.Issuer(parse.GetValue(CommandLine.Issuer)) is not { } issuer) return ExitCode.Unusable;
        string? resource = parse.GetValue(Resource);
        if (resource is not null && (!Uri.TryCreate(resource, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("https" or "http") || resource.Contains('#'))) return invocation.Unusable($"--resource: {resource} is not an https URL");
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { Timeout = TimeSpan.FromSeconds(10), MaxResponseContentBufferSize = 1 << 20 };
        var findings = new List<Finding>();
        await new McpExamination(invocation.On, http, findings).RunAsync(issuer, resource, cancellationToken);
        return Doctor.Write(invocation.Out, parse.GetValue(CommandLine.Json), findings);
    }
}
