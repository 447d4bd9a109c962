using System.Globalization;
using Evergrant.Protocol.Grants;

namespace Evergrant.Fire.Explorer;

/// <summary>Every interleaving of a few requests and misfortunes, on the server's own decisions; and the same on wrong ones, each of which must be found.</summary>
internal sealed class ExploreDrill : IDrill
{
    public string Name => "explore";

    public string Sentence => "All interleavings of a few clients, a thief, a revocation, crashes, a store that goes back, key rotation and time, to the end.";

    /// <summary>The policies, one for each form of the retry rule.</summary>
    public static IReadOnlyList<GrantPolicy> Policies { get; } =
    [
        GrantPolicy.Confidential,
        new() { Name = "window and budget", Retry = RetryRule.For(TimeSpan.FromSeconds(60)), RetryBudget = 1 },
        new() { Name = "window, budget and tabs", Retry = RetryRule.For(TimeSpan.FromSeconds(120)), RetryBudget = 1, RetryUncounted = TimeSpan.FromSeconds(40) },
        new() { Name = "no retry", Retry = RetryRule.Never },
    ];

    /// <summary>Small spaces, each with a few kinds of misfortune together: seconds.</summary>
    public static IReadOnlyList<(string Name, Budget Left, int Slots)> Small { get; } =
    [
        ("retries and races", new Budget(5, 0, 0, 0, 0, 0, 0, 2), 3),
        ("thief, stranger, revocation", new Budget(3, 1, 1, 1, 0, 0, 0, 0), 2),
        ("crash and loss", new Budget(4, 0, 0, 1, 1, 1, 0, 0), 2),
        ("key rotation", new Budget(4, 0, 0, 0, 0, 0, 1, 1), 2),
    ];

    /// <summary>Large spaces: minutes.</summary>
    public static IReadOnlyList<(string Name, Budget Left, int Slots)> Large { get; } =
    [
        ("eight requests, three at a time", new Budget(8, 0, 0, 0, 0, 0, 0, 2), 3),
        ("thief, stranger, revocation, time", new Budget(4, 2, 1, 1, 0, 0, 0, 1), 2),
        ("crash, loss, key rotation, time", new Budget(4, 0, 0, 1, 1, 1, 1, 1), 2),
        ("a little of everything", new Budget(3, 1, 1, 1, 1, 1, 1, 1), 2),
    ];

    public Task<DrillResult> RunAsync(DrillSetting setting, CancellationToken cancellationToken)
    {
        List<DrillFigure> figures = [];
        List<string> violations = [];
        foreach ((string name, Budget left, int slots) in setting.Scale >= 1 ? [.. Small, .. Large] : Small)
        {
            foreach (GrantPolicy policy in Policies)
            {
                ExplorationResult result = new Exploration(new Rules(policy), left, slots).Run(cancellationToken);
                string figure = string.Create(CultureInfo.InvariantCulture, $"{result.States:N0} states, {result.Steps:N0} steps, {result.Depth} deep");
                setting.Say($"{name}, {policy.Name}: {figure}");
                figures.Add(new("G5", $"explored: {name}; policy {policy.Name}", figure));
                if (result.Violation is not null) violations.Add($"{name}, {policy.Name}: {result.Violation}\n    {string.Join("\n    ", result.Trace)}");
            }
        }
        int found = 0;
        foreach ((string name, string _, Func<GrantPolicy, Rules> make) in PlantedBugs.All)
        {
            if (Find(make, cancellationToken) is { } result)
            {
                found++;
                setting.Say($"{name}: {result.Violation} after {result.Trace.Count} steps");
            }
            else violations.Add($"the planted bug '{name}' was not found");
        }
        figures.Add(new("G5", "planted bugs found", $"{found} of {PlantedBugs.All.Count}"));
        return Task.FromResult(new DrillResult(figures, violations));
    }

    /// <summary>Explores the small spaces until a bug shows.</summary>
    /// <returns>Null when it never does.</returns>
    public static ExplorationResult? Find(Func<GrantPolicy, Rules> make, CancellationToken cancellationToken) =>
        Small.SelectMany(s => Policies.Select(p => new Exploration(make(p), s.Left, s.Slots).Run(cancellationToken))).FirstOrDefault(r => r.Violation is not null);
}
