using System.CommandLine;
using Evergrant.AspNetCore.Explain;

namespace Evergrant.Cli;

/// <summary>explain: why a request was refused, or what became of a grant or a token.</summary>
internal static class Explain
{
    private static readonly Argument<string?> Query = new("reference") { Description = "A reference (7F3K-9Q2M) or a grant's id; left out: a token on standard input", Arity = ArgumentArity.ZeroOrOne };

    /// <summary>The command.</summary>
    public static Command Command(Execution execution)
    {
        var command = new Command("explain", "Tell why a request was refused, and the story of its grant") { Query, CommandLine.Json };
        // A token is a secret: it comes on standard input, never as an argument.
        command.SetAction((parse, cancellationToken) => execution.RunAsync(
            parse, (invocation, c) => ExplainAsync(invocation, parse, c), cancellationToken, input: parse.GetValue(Query) is null ? c => TextInput.SecretAsync("Reference, grant or token", c) : null));
        return command;
    }

    private static async Task<int> ExplainAsync(Invocation invocation, ParseResult parse, CancellationToken cancellationToken)
    {
        string? query = (parse.GetValue(Query) ?? invocation.Input)?.Trim();
        if (string.IsNullOrEmpty(query)) return invocation.Unusable("name a reference or a grant, or give a token on standard input");
        if (await invocation.On.Explainer.ExplainAsync(query, cancellationToken) is not { } explanation) return invocation.Refuse("nothing is known about it: it is not ours, it is mistyped, or its time of keeping is over");
        if (parse.GetValue(CommandLine.Json)) JsonOutput.Write(invocation.Out, ExplanationOutput.ToJson(explanation));
        else ExplanationOutput.Write(invocation, explanation);
        return ExitCode.Done;
    }
}
