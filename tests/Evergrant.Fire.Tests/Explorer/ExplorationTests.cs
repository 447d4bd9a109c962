using Evergrant.Fire.Explorer;
using Evergrant.Protocol.Grants;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Evergrant.Fire.Tests.Explorer;

public sealed class ExplorationTests(ITestOutputHelper output)
{
    public static TheoryData<string> Spaces => [.. ExploreDrill.Small.Select(s => s.Name)];

    public static TheoryData<string> Bugs => [.. PlantedBugs.All.Select(b => b.Name)];

    [Theory]
    [MemberData(nameof(Spaces))]
    public void No_interleaving_of_a_few_requests_and_misfortunes_breaks_an_invariant(string name)
    {
        (_, Budget left, int slots) = ExploreDrill.Small.First(s => s.Name == name);
        foreach (GrantPolicy policy in ExploreDrill.Policies)
        {
            ExplorationResult result = new Exploration(new Rules(policy), left, slots).Run(TestContext.Current.CancellationToken);
            output.WriteLine($"{policy.Name}: {result.States} states, {result.Steps} steps, {result.Depth} deep");
            Assert.True(result.Violation is null, $"{result.Violation}\n{string.Join('\n', result.Trace)}");
            Assert.True(result.States > 1_000);
        }
    }

    [Theory]
    [MemberData(nameof(Bugs))]
    public void A_bug_that_is_planted_in_the_rules_is_found(string name)
    {
        (_, string invariant, Func<GrantPolicy, Rules> make) = PlantedBugs.All.First(b => b.Name == name);
        ExplorationResult result = Assert.IsType<ExplorationResult>(ExploreDrill.Find(make, TestContext.Current.CancellationToken));
        output.WriteLine($"{result.Violation} ({result.States} states)\n    {string.Join("\n    ", result.Trace)}");
        Assert.StartsWith(invariant + ":", result.Violation, StringComparison.Ordinal);
    }

    [Fact]
    public void No_long_random_history_breaks_an_invariant()
    {
        var many = new Budget(55, 3, 6, 1, 4, 0, 1, 40);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300).WithEndSize(400), Prop.ForAll<int[]>(choices =>
        {
            foreach (GrantPolicy policy in ExploreDrill.Policies)
            {
                ExplorationResult result = new Exploration(new Rules(policy), many, 3).Walk(choices);
                Assert.True(result.Violation is null, $"{policy.Name}: {result.Violation}\n{string.Join('\n', result.Trace)}");
            }
        }));
    }
}
