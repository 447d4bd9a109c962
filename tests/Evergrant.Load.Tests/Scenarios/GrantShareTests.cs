using Evergrant.Load.Scenarios;
using Xunit;

namespace Evergrant.Load.Tests.Scenarios;

/// <summary>No grant is refreshed by two workers, who would take each other's token for a replay.</summary>
public sealed class GrantShareTests
{
    private const int Picks = 20_000;

    [Theory]
    [InlineData(64, 10_000, 10_000)]
    [InlineData(7, 1_003, 100)]
    [InlineData(64, 20, 20)]
    public void Every_grant_in_use_belongs_to_one_worker(int workers, int count, int inUse)
    {
        var taken = Taken(GrantShare.Of(workers, count, inUse));
        Assert.Equal(count / (count / inUse), taken.Sum(numbers => numbers.Count));
        Assert.Equal(taken.Sum(numbers => numbers.Count), taken.SelectMany(numbers => numbers).Distinct().Count());
        Assert.All(taken.SelectMany(numbers => numbers), number => Assert.InRange(number, 1, count));
    }

    [Fact]
    public void Grants_in_use_reach_from_the_beginning_of_the_table_to_its_end()
    {
        var numbers = Taken(GrantShare.Of(8, 10_000, 100)).SelectMany(some => some).Order().ToList();
        Assert.Equal(Enumerable.Range(1, 100).Select(block => block * 100), numbers);
    }

    [Fact]
    public void Any_grant_is_any_but_those_in_use()
    {
        var taken = Taken(GrantShare.Of(8, 1_000, 100, any: true));
        var numbers = taken.SelectMany(some => some).ToList();
        Assert.Equal(900, numbers.Distinct().Count());
        Assert.Equal(900, numbers.Count);
        Assert.DoesNotContain(numbers, number => number % 10 == 0);
    }

    private static List<HashSet<int>> Taken(IReadOnlyList<GrantShare> shares)
    {
        var random = new Random(1);
        return [.. shares.Select(share => Enumerable.Range(0, Picks).Select(_ => share.Pick(random)).ToHashSet())];
    }
}
