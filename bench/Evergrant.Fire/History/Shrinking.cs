namespace Evergrant.Fire.History;

/// <summary>Makes a violating history short enough to read.</summary>
/// <remarks>An operation is not simply dropped: without it the rest could contradict itself for that reason alone. It is weakened to one of unknown outcome instead, and
/// left out of what is shown when the contradiction stands whatever its outcome was. So what is shown contradicts itself, with no ifs.</remarks>
internal static class Shrinking
{
    // Each try is a whole search; a long history is shortened in pieces first.
    private const int MostTries = 2_000;

    /// <summary>The operations that contradict each other.</summary>
    /// <param name="history">The whole history.</param>
    /// <param name="family">Its tokens; they keep their numbers.</param>
    /// <param name="failed">The operation whose answer could not be explained.</param>
    public static IReadOnlyList<Operation> Shrink(GrantHistory history, TokenFamily family, Operation failed)
    {
        // Nothing that began after the failing answer has a part in it; what was under way then has an unknown end.
        List<Operation> operations = [.. history.Operations.Where(o => o.Invoked <= failed.Returned).Select(o => o == failed || o.Returned <= failed.Returned ? o : o.Weakened())];
        List<int> known = [.. Enumerable.Range(0, operations.Count).Where(i => operations[i].Outcome != Outcome.Unknown && operations[i] != failed && operations[i].Kind != OperationKind.Loss)];
        int tries = 0;
        for (int piece = Math.Max(1, known.Count / 2); ; piece = Math.Max(1, piece / 2))
        {
            for (int at = 0; at < known.Count && tries < MostTries;)
            {
                int[] some = [.. known.Skip(at).Take(piece)];
                List<Operation> weaker = [.. operations];
                foreach (int i in some) weaker[i] = operations[i].Weakened();
                tries++;
                SearchResult result = new Linearization(history, family).Search(weaker);
                if (!result.Explained && !result.Undecided)
                {
                    operations = weaker;
                    known.RemoveRange(at, some.Length);
                }
                else at += piece;
            }
            if (piece == 1 || tries >= MostTries) break;
        }
        return [.. operations.Where(o => o.Outcome != Outcome.Unknown)];
    }
}
