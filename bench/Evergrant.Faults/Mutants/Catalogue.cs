using Evergrant.Faults.Hooks;

namespace Evergrant.Faults.Mutants;

/// <summary>Every mutant by its name.</summary>
public static class Catalogue
{
    private static readonly Dictionary<string, (string Sentence, Func<Mutant> Make)> All = new(StringComparer.Ordinal)
    {
        ["unlocked-race"] = ("two that read the same generation both advance it", () => new UnlockedRace()),
        ["grandparent-accepted"] = ("a token that was passed by twice is taken for a retry", () => new GrandparentAccepted()),
        ["no-reuse-detection"] = ("a replay is refused and the family lives on", () => new NoReuseDetection()),
        ["no-grace"] = ("a retry within the rule is taken for a replay", () => new NoGrace()),
        ["answer-before-commit"] = ("the answer leaves, and the commit follows", () => new AnswerBeforeCommit()),
        ["lost-on-restart"] = ("after a start every grant is one rotation behind, as after a fail-over to a lagging replica", () => new LostOnRestart()),
        ["window-reopened"] = ("a start opens every retry window anew", () => new WindowReopened()),
        ["volatile-revocation"] = ("revocations live in memory", () => new VolatileRevocation()),
        ["late-revocation"] = ("a revocation is confirmed before it is made", () => new LateRevocation()),
        ["refresh-beats-revocation"] = ("a refresh that began before a revocation brings the family back", () => new RefreshBeatsRevocation()),
        ["killed-by-fault"] = ("a fault of the store ends the family it struck", () => new KilledByFault()),
        ["hiccup-refused"] = ("a row that cannot be read for a moment is answered with invalid_grant", () => new HiccupRefused()),
        ["two-successors"] = ("a retry brings a successor of its own", () => new TwoSuccessors()),
        ["budget-ignored"] = ("retries are not counted", () => new BudgetIgnored()),
        ["stranger-kills"] = ("another client's request ends the family", () => new StrangerKills()),
        ["code-twice"] = ("a code is redeemed as often as it is shown", () => new CodeTwice()),
        ["forged-accepted"] = ("the tag of a token is not looked at", () => new ForgedAccepted()),
        ["cached-rows"] = ("rows are kept in memory for a while and questions answered from there", () => new CachedRows()),
    };

    /// <summary>The names, each with what is wrong.</summary>
    public static IReadOnlyList<(string Name, string Sentence)> Names { get; } = [.. All.Select(m => (m.Key, m.Value.Sentence))];

    /// <summary>Makes one.</summary>
    /// <exception cref="ArgumentException">There is none of this name.</exception>
    internal static Mutant Make(string name) => All.TryGetValue(name, out (string Sentence, Func<Mutant> Make) mutant) ? mutant.Make() : throw new ArgumentException($"There is no mutant named {name}.");
}
