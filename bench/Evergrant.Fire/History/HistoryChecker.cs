namespace Evergrant.Fire.History;

/// <summary>Judges the history of a grant: the edges, what every single answer must keep, and the search for an order that explains all answers.</summary>
internal static class HistoryChecker
{
    /// <summary>Judges one grant.</summary>
    /// <param name="history">Its operations, by the time they were invoked.</param>
    /// <param name="undecided">Whether the search was given up; nothing is said about such a history, and it is counted.</param>
    /// <returns>Null when everything is explained.</returns>
    public static Violation? Check(GrantHistory history, out bool undecided)
    {
        undecided = false;
        TokenFamily family = TokenFamily.Read(history, out Violation? violation);
        violation ??= SingleAnswers(history, family) ?? Budget(history, family);
        if (violation is not null) return violation;
        SearchResult result = new Linearization(history, family).Search(history.Operations);
        undecided = result.Undecided;
        if (result.Explained || result.Undecided) return null;
        (string invariant, string sentence) = Name(result, family);
        IReadOnlyList<Operation> shown = Shrinking.Shrink(history, family, result.Failed!);
        return new Violation(invariant, sentence, history.Grant, shown, history.Operations.Count - shown.Count);
    }

    /// <summary>A violation as text, with the tokens by their number.</summary>
    public static string Print(GrantHistory history, Violation violation) => violation.Print(TokenFamily.Read(history, out _).IndexOf);

    private static Violation? SingleAnswers(GrantHistory history, TokenFamily family)
    {
        long lost = history.Operations.FirstOrDefault(o => o.Kind == OperationKind.Loss)?.Invoked ?? long.MaxValue;
        long? dead = null;
        Operation? killer = null;
        foreach (Operation o in history.Operations)
        {
            if (o.Decision == "CaughtUp" && o.Returned < lost) return One("I1", "the store was behind a token, and no loss was declared", o);
            if (o.Status == 500) return One("I13", "a request was answered with 500", o);
            if (o.Outcome == Outcome.Error && o.By == Requester.Holder && o.Kind is OperationKind.Redeem or OperationKind.Refresh && o.Error != "invalid_grant") return One("I13", $"a request in order was refused with {o.Error}", o);
            // Said here by its name, although no order would explain it either.
            if (o.Outcome == Outcome.Ok && o.Kind is not (OperationKind.Revoke or OperationKind.Loss) && o.Invoked > dead && o.Returned < lost)
                return new Violation("I3", "a token was good after the revocation was confirmed", history.Grant, [killer!, o], history.Operations.Count - 2);
            if (o is { Kind: OperationKind.Revoke, Outcome: Outcome.Ok, By: Requester.Holder } && family.IndexOf(o.Shown) is not null && (dead is null || o.Returned < dead)) (dead, killer) = (o.Returned, o);
        }
        return null;

        Violation One(string invariant, string sentence, Operation o) => new(invariant, sentence, history.Grant, [o], history.Operations.Count - 1);
    }

    // I9: of the answers that are certain, no ten rotations in a row may have more repetitions than the budget. A request that found out about its own commit in doubt repeats nothing.
    private static Violation? Budget(GrantHistory history, TokenFamily family)
    {
        if (history.Rules.Budget is not { } budget || history.Operations.Any(o => o.Kind == OperationKind.Loss)) return null;
        var answers = new SortedDictionary<int, List<Operation>>();
        foreach (Operation o in history.Operations)
        {
            if (o is not { Kind: OperationKind.Refresh, Outcome: Outcome.Ok } || family.IndexOf(o.Shown) is not { } index) continue;
            if (!answers.TryGetValue(index, out List<Operation>? of)) answers[index] = of = [];
            of.Add(o);
        }
        foreach (int first in answers.Keys)
        {
            List<Operation> repeated = [.. Enumerable.Range(first, 10).Where(answers.ContainsKey).SelectMany(i => answers[i].Skip(1)).Where(o => o.Decision != "Rotated")];
            if (repeated.Count > budget) return new Violation("I9", $"{repeated.Count} retries within ten rotations, and {budget} are allowed", history.Grant, repeated, history.Operations.Count - repeated.Count);
        }
        return null;
    }

    private static (string Invariant, string Sentence) Name(SearchResult result, TokenFamily family)
    {
        Operation o = result.Failed!;
        ModelState state = result.Before;
        int? index = family.IndexOf(o.Shown);
        if (index > state.Generation && !state.Revoked) return ("I1", "a token is ahead of every state that the answers allow: a durable rotation was lost");
        if (o.Outcome == Outcome.Ok)
        {
            if (o.Kind == OperationKind.Redeem) return ("I10", "a code was redeemed twice");
            if (state.Revoked) return ("I5", "a token was good after its family had died");
            if (o.Kind == OperationKind.Ask) return ("I7", "a token that had been passed by was called good");
            return index < state.Generation - 1 ? ("I5", "a token that had been passed by twice was accepted") : ("I5", "a token that had been passed by was accepted outside the retry rule");
        }
        if (!state.Revoked && (index == state.Generation || o.Kind == OperationKind.AskAccess)) return ("I6", "a live token was refused, and nothing in the history killed its family");
        if (!state.Revoked && index == state.Generation - 1) return ("I4", "a retry within the rule was refused");
        return ("I7", "no order of the operations explains this answer");
    }
}
