using Xunit;

namespace Evergrant.House.Tests.Purity;

public class PurityTests
{
    private const string Protocol = "Evergrant.Protocol";

    [Fact]
    public void The_protocol_uses_no_clock_no_randomness_no_host_and_no_database()
    {
        using FileStream assembly = File.OpenRead(Tree.AssemblyOf(Protocol).Location);
        Fault.None(PurityRules.Faults(assembly));
    }

    [Fact]
    public void The_protocol_waits_only_in_Storage() => Fault.None(PurityRules.Waits(Tree.AssemblyOf(Protocol), Protocol));

    [Fact]
    public void The_sources_of_the_protocol_wait_only_in_Storage() =>
        Fault.None(Tree.Under("src/" + Protocol, ".cs")
            .Where(f => !f.StartsWith($"src/{Protocol}/Storage/", StringComparison.Ordinal))
            .SelectMany(f => PurityRules.Waits(f, Tree.Read(f))));

    [Fact]
    public void Nothing_of_ours_uses_Data_Protection() => Fault.None(Tree.Projects.Select(Tree.AssemblyOf).SelectMany(assembly =>
    {
        using FileStream file = File.OpenRead(assembly.Location);
        return PurityRules.DataProtection(file).Select(used => $"{assembly.GetName().Name} uses {used}");
    }));

    [Fact]
    public void A_forbidden_use_is_found_in_a_built_assembly()
    {
        // This suite itself calls the clock, to be found here.
        _ = TimeProvider.System.GetUtcNow() > DateTimeOffset.UtcNow;
        using FileStream assembly = File.OpenRead(typeof(PurityTests).Assembly.Location);
        Assert.Superset(new HashSet<string> { "System.TimeProvider", "System.DateTimeOffset.get_UtcNow" }, PurityRules.Faults(assembly).ToHashSet());
    }

    [Fact]
    public void Waiting_is_found_in_signatures_and_in_sources()
    {
        Assert.Contains(PurityRules.Waits(typeof(PurityTests).Assembly, Protocol), m => m.EndsWith(nameof(Waiter.WaitAsync), StringComparison.Ordinal));
        Assert.Equal(["f:2: Task<int> X();"], PurityRules.Waits("f", "// Task\nTask<int> X();\n"));
    }

    private static class Waiter
    {
        public static IReadOnlyList<Task> WaitAsync() => [];
    }
}
