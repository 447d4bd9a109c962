namespace Evergrant.Policies.Tests;

public class PairwiseTests
{
    [Fact]
    public void Every_allowed_pair_of_values_has_a_policy() => Assert.InRange(Pairwise.Missing(), 0, 0);

    [Fact]
    public void All_27_providers_have_their_policy() => Assert.Equal(27, Variant.Policies.Keys.Count(name => !name.StartsWith("pairs-", StringComparison.Ordinal)));
}
