namespace Evergrant.Fire.History;

/// <summary>The tokens of a grant in their order, learnt from the answers alone: each answer is an edge from the token shown to the token given.</summary>
internal sealed class TokenFamily
{
    private readonly Dictionary<TokenHash, int> _index = [];

    private TokenFamily()
    {
    }

    /// <summary>Number of a token: 0 for the code, n for the n-th refresh token; null for a token that was never given.</summary>
    public int? IndexOf(TokenHash token) => _index.TryGetValue(token, out int index) ? index : null;

    /// <summary>Reads the edges; an edge that contradicts another is a violation of itself.</summary>
    public static TokenFamily Read(GrantHistory history, out Violation? violation)
    {
        violation = null;
        var family = new TokenFamily();
        var successor = new Dictionary<TokenHash, Operation>();
        var parent = new Dictionary<TokenHash, Operation>();
        foreach (Operation o in history.Operations)
        {
            if (o.Outcome != Outcome.Ok || o.Kind is not (OperationKind.Refresh or OperationKind.Redeem)) continue;
            if (o.Given == TokenHash.None) violation ??= Of(history, "I2", "an answer carried no refresh token", o);
            else if (!successor.TryAdd(o.Shown, o) && successor[o.Shown].Given != o.Given) violation ??= Of(history, "I2", "one token brought two different successors", successor[o.Shown], o);
            else if (!parent.TryAdd(o.Given, o) && parent[o.Given].Shown != o.Shown) violation ??= Of(history, "I2", "two tokens brought the same successor", parent[o.Given], o);
        }
        TokenHash at = history.Root;
        for (int index = history.BeginsRedeemed ? 1 : 0; family._index.TryAdd(at, index) && successor.TryGetValue(at, out Operation? next); index++) at = next.Given;
        foreach (Operation o in history.Operations)
        {
            if (violation is not null) break;
            if (o.Outcome == Outcome.Ok && o.Kind is not (OperationKind.Revoke or OperationKind.AskAccess or OperationKind.Loss) && family.IndexOf(o.Shown) is null)
                violation = Of(history, "I8", "a token was accepted that the server never gave out", o);
        }
        return family;
    }

    private static Violation Of(GrantHistory history, string invariant, string sentence, params Operation[] operations) =>
        new(invariant, sentence, history.Grant, operations, history.Operations.Count - operations.Length);
}
