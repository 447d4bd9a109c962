using System.CommandLine;
using System.Globalization;
using Evergrant.Hosting;

namespace Evergrant.Cli;

/// <summary>In the server: the work is done with the server's services, and what is printed goes back.</summary>
internal sealed class ServedExecution : Execution
{
    private readonly Invocation _invocation;

    private ServedExecution(Invocation invocation) => _invocation = invocation;

    /// <summary>Carries out a command that came over the socket.</summary>
    public static async Task<CommandReply> RunAsync(Operations operations, CommandRequest request, CancellationToken cancellationToken)
    {
        await using var output = new StringWriter(CultureInfo.InvariantCulture);
        await using var error = new StringWriter(CultureInfo.InvariantCulture);
        var execution = new ServedExecution(new Invocation(operations, output, error, request.Input, request.Folder, request.Width, request.Actor ?? "an unknown user"));
        int code = await CommandLine.RunAsync(CommandLine.ForServer(execution), request.Arguments, output, error, cancellationToken);
        return new CommandReply(code, output.ToString(), error.ToString());
    }

    /// <inheritdoc/>
    public override Task<int> RunAsync(ParseResult parse, Work work, CancellationToken cancellationToken, Func<CancellationToken, Task<string?>>? input = null, params string[] further) =>
        work(_invocation, cancellationToken);

    /// <inheritdoc/>
    public override bool? Confirm(string question) => null;
}
