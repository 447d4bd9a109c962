using System.CommandLine;
using System.Globalization;
using Evergrant.Hosting;

namespace Evergrant.Cli;

/// <summary>In the server: the work is done with the server's services, and what is printed goes back.</summary>
internal sealed class ServedExecution : Execution
{
    // Made once and for every command, some at the same time: options remember each command that they were ever added to. What belongs to one command comes with its configuration.
    private static readonly RootCommand Commands = CommandLine.ForServer(new ServedExecution());

    private ServedExecution() { }

    /// <summary>Carries out a command that came over the socket.</summary>
    public static async Task<CommandReply> RunAsync(Operations operations, CommandRequest request, CancellationToken cancellationToken)
    {
        await using var output = new StringWriter(CultureInfo.InvariantCulture);
        await using var error = new StringWriter(CultureInfo.InvariantCulture);
        var invocation = new Invocation(operations, output, error, request.Input, request.Folder, request.Width, request.Actor ?? "an unknown user");
        int code = await CommandLine.RunAsync(Commands, request.Arguments, new Configuration(invocation) { Output = output, Error = error }, cancellationToken);
        return new CommandReply(code, output.ToString(), error.ToString());
    }

    /// <inheritdoc/>
    public override Task<int> RunAsync(ParseResult parse, Work work, CancellationToken cancellationToken, Func<CancellationToken, Task<string?>>? input = null, params string[] further) =>
        work(((Configuration)parse.InvocationConfiguration).Invocation, cancellationToken);

    /// <inheritdoc/>
    public override bool? Confirm(string question) => null;

    private sealed class Configuration(Invocation invocation) : InvocationConfiguration
    {
        public Invocation Invocation => invocation;
    }
}
