using System.CommandLine;

namespace Evergrant.Cli;

/// <summary>The work of a command: everything it does to a server.</summary>
internal delegate Task<int> Work(Invocation invocation, CancellationToken cancellationToken);

/// <summary>Where the work of a command is done: in the process that was started, or in the server that holds the folder. The commands are the same.</summary>
internal abstract class Execution
{
    /// <summary>Does the work.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="work">The work.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="input">Reads what the command takes in, on the side of whoever gave it; null for nothing.</param>
    /// <param name="further">Arguments to add when the command is sent on.</param>
    /// <returns>Exit code.</returns>
    public abstract Task<int> RunAsync(ParseResult parse, Work work, CancellationToken cancellationToken, Func<CancellationToken, Task<string?>>? input = null, params string[] further);

    /// <summary>As <see cref="RunAsync"/>, for work that changes something: what it changes is written down.</summary>
    public Task<int> ChangeAsync(ParseResult parse, Work work, CancellationToken cancellationToken, Func<CancellationToken, Task<string?>>? input = null, params string[] further) =>
        RunAsync(parse, (invocation, c) => AuditTrail.FollowAsync(invocation, parse, work, c), cancellationToken, input, further);

    /// <summary>Asks for a yes on the terminal; null where nobody can be asked.</summary>
    public abstract bool? Confirm(string question);
}
