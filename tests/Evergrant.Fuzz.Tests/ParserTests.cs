using System.Text;
using Evergrant.Fuzz.Mutation;
using Evergrant.Fuzz.Parsers;
using Evergrant.Fuzz.Report;
using Xunit;

namespace Evergrant.Fuzz.Tests;

/// <summary>The short form of <c>bench/fuzz parsers</c>, and that it would find something.</summary>
public class ParserTests
{
    public static TheoryData<string> Names => [.. ParserTargets.All.Select(t => t.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void No_parser_throws_or_hangs_on_mutated_input(string name)
    {
        ParserTarget target = ParserTargets.All.Single(t => t.Name == name);
        var found = new Findings(null);
        using var watch = new Watchdog(Path.GetTempPath());
        var run = new ParserRun(target, seed: 7);
        run.Run(name.StartsWith("sign", StringComparison.Ordinal) ? 300 : 10_000, watch, found.Take);
        Assert.Empty(found.Lines);
        Assert.NotEqual(0, run.Ways);
    }

    [Fact]
    public void Every_earlier_finding_stays_corrected()
    {
        foreach (ParserTarget target in ParserTargets.All)
        {
            foreach (byte[] input in Earlier.InputsOf(target.Name)) target.Read(input);
        }
        Assert.NotEmpty(Earlier.InputsOf("client"));
    }

    [Fact]
    public void A_parser_with_a_fault_is_caught()
    {
        var faulty = new ParserTarget("faulty", ParserTargets.Seeds("{\"a\":1}"), input => input.Span.IndexOf("}"u8) < 0 && input.Length > 3 ? throw new InvalidOperationException("unbalanced") : input.Length);
        var found = new Findings(null);
        using var watch = new Watchdog(Path.GetTempPath());
        new ParserRun(faulty, seed: 1).Run(2_000, watch, found.Take);
        Assert.Equal(["faulty: InvalidOperationException: unbalanced"], found.Lines);
    }

    [Fact]
    public void The_same_seed_makes_the_same_inputs_and_none_is_too_long()
    {
        Mutator one = new(3), other = new(3);
        byte[] seed = Encoding.UTF8.GetBytes(new string('a', Mutator.Longest - 1));
        HashSet<string> seen = [];
        for (int i = 0; i < 2_000; i++)
        {
            byte[] made = one.Change(seed, "b&c=d"u8).ToArray();
            Assert.Equal(made, other.Change(seed, "b&c=d"u8).ToArray());
            Assert.InRange(made.Length, 0, Mutator.Longest);
            seen.Add(Convert.ToHexString(made.AsSpan(0, Math.Min(64, made.Length))) + made.Length);
        }
        Assert.True(seen.Count > 100, $"{seen.Count} different inputs");
    }
}
