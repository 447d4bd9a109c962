using System.Globalization;
using System.Text;

namespace Evergrant.Fire.History;

/// <summary>A promise that a history shows broken.</summary>
/// <param name="Invariant">Which one, as I1 to I16 of the reliability plan.</param>
/// <param name="Sentence">What happened.</param>
/// <param name="Grant">Number of the grant.</param>
/// <param name="Shown">The operations that contradict each other, whatever the outcome of the others was.</param>
/// <param name="LeftOut">How many others the history has.</param>
internal sealed record Violation(string Invariant, string Sentence, int Grant, IReadOnlyList<Operation> Shown, int LeftOut)
{
    /// <summary>The violation with its shortest history, one operation a line.</summary>
    /// <param name="index">Number of a token in its family; null for a token that nobody was given.</param>
    public string Print(Func<TokenHash, int?> index)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Invariant}: {Sentence} (grant {Grant}; {Shown.Count} operations, {LeftOut} others do not matter)");
        long start = Shown.Count > 0 ? Shown[0].Invoked : 0;
        foreach (Operation o in Shown)
        {
            string end = o.Returned == Operation.Pending ? "…" : Milliseconds(o.Returned - start);
            text.Append(CultureInfo.InvariantCulture, $"\n    {Milliseconds(o.Invoked - start),10} – {end,10} ms  node {o.Node}  {o.Kind}{(o.By == Requester.Stranger ? " by a stranger" : "")} {Name(o.Shown)} → ");
            text.Append(o.Outcome switch
            {
                Outcome.Ok => o.Given == TokenHash.None ? "ok" : "ok, " + Name(o.Given),
                Outcome.Error => $"{o.Status} {o.Error}",
                _ => "unknown",
            });
            if (o.Decision is not null) text.Append(CultureInfo.InvariantCulture, $" ({o.Decision})");
        }
        return text.ToString();

        string Name(TokenHash token) => token == TokenHash.None ? "" : index(token) is { } i ? i == 0 ? "the code" : $"T{i}" : $"token {token}";
    }

    private static string Milliseconds(long micros) => (micros / 1000.0).ToString("0.000", CultureInfo.InvariantCulture);
}
