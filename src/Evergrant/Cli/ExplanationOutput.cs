using System.Text.Json.Nodes;
using Evergrant.AspNetCore.Explain;

namespace Evergrant.Cli;

/// <summary>Shows an explanation.</summary>
internal static class ExplanationOutput
{
    /// <summary>For people.</summary>
    public static void Write(Invocation invocation, Explanation explanation)
    {
        invocation.Out.WriteLine(explanation.Title);
        invocation.Out.WriteLine();
        Table.WritePairs(invocation, explanation.Facts.Select(f => (f.Label, (string?)f.Text)));
        if (explanation.Story.Count > 0)
        {
            invocation.Out.WriteLine();
            Table.Write(invocation, "", ["when", "what", "detail"], explanation.Story.Select(IReadOnlyList<string> (s) => [Invocation.At(s.At), s.What, s.Detail]));
        }
        invocation.Out.WriteLine();
        Table.WritePairs(invocation, [("Rule", explanation.Rule), ("What to do", explanation.Advice)]);
    }

    /// <summary>For programs.</summary>
    public static JsonObject ToJson(Explanation explanation) => new()
    {
        ["title"] = explanation.Title,
        ["facts"] = JsonOutput.Array(explanation.Facts.Select(f => new JsonObject { ["label"] = f.Label, ["text"] = f.Text })),
        ["story"] = JsonOutput.Array(explanation.Story.Select(s => new JsonObject { ["at"] = JsonOutput.At(s.At), ["what"] = s.What, ["detail"] = s.Detail })),
        ["rule"] = explanation.Rule,
        ["advice"] = explanation.Advice,
    };
}
