using System.Diagnostics;
using Evergrant.Fire.History;
using Xunit;

namespace Evergrant.Fire.Tests.History;

public sealed class HistoryCheckerTests(ITestOutputHelper output)
{
    private static readonly GrantRules[] Rules =
    [
        new(RetryForm.UntilAcknowledged),
        new(RetryForm.Never),
        new(RetryForm.Window) { Window = 500_000, Slack = 0 },
        new(RetryForm.Window) { Window = 500_000, Slack = 0, Budget = 3 },
        new(RetryForm.UntilAcknowledged) { Budget = 2 },
    ];

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(5, true)]
    public void A_right_server_is_never_accused(int clients, bool bounded)
    {
        int operations = 0;
        long started = Stopwatch.GetTimestamp();
        for (int seed = 0; seed < 5_000; seed++)
        {
            GrantHistory history = new ToyRun(Rules[seed % Rules.Length], ToyFault.None, new Random(seed), seed + 1).Run(40, clients, bounded);
            Violation? violation = HistoryChecker.Check(history, out bool undecided);
            Assert.True(violation is null, violation is null ? "" : $"seed {seed}: {HistoryChecker.Print(history, violation)}");
            Assert.False(undecided, $"seed {seed}");
            operations += history.Operations.Count;
        }
        output.WriteLine($"{operations} operations, {operations / Stopwatch.GetElapsedTime(started).TotalSeconds:0} a second");
    }

    [Theory]
    [InlineData(ToyFault.UnlockedRace, "I2")]
    [InlineData(ToyFault.GrandparentAccepted, "I5")]
    [InlineData(ToyFault.NoReuseDetection, "I5")]
    [InlineData(ToyFault.NoGrace, "I4")]
    [InlineData(ToyFault.LostAfterFailover, "I6")]
    [InlineData(ToyFault.WindowReopened, "I5")]
    [InlineData(ToyFault.VolatileRevocation, "I3")]
    [InlineData(ToyFault.RefreshBeatsRevocation, "I3")]
    [InlineData(ToyFault.FamilyKilledByFault, "I6")]
    [InlineData(ToyFault.BudgetIgnored, "I9")]
    [InlineData(ToyFault.CodeTwice, "I10")]
    [InlineData(ToyFault.ForgedAccepted, "I8")]
    [InlineData(ToyFault.ForeignKills, "I6")]
    [InlineData(ToyFault.LateRevocation, "I3")]
    public void A_server_with_a_fault_is_caught_by_the_invariant_it_breaks(ToyFault fault, string invariant)
    {
        var caught = new SortedDictionary<string, int>(StringComparer.Ordinal);
        string? shortest = null;
        for (int seed = 0; seed < 1_000; seed++)
        {
            GrantHistory history = new ToyRun(Rules[seed % Rules.Length], fault, new Random(seed), seed + 1).Run(40, 1 + (seed % 3));
            if (HistoryChecker.Check(history, out _) is not { } violation) continue;
            caught[violation.Invariant] = caught.GetValueOrDefault(violation.Invariant) + 1;
            string text = HistoryChecker.Print(history, violation);
            if (violation.Invariant == invariant && (shortest is null || text.Length < shortest.Length)) shortest = text;
        }
        output.WriteLine($"{string.Join(", ", caught)}\n{shortest}");
        Assert.Contains(invariant, caught.Keys);
    }

    [Fact]
    public void A_long_history_of_one_grant_is_checked_at_a_steady_pace()
    {
        GrantHistory history = LongLived(50_000);
        long started = Stopwatch.GetTimestamp();
        Assert.Null(HistoryChecker.Check(history, out bool undecided));
        Assert.False(undecided);
        output.WriteLine($"{history.Operations.Count / Stopwatch.GetElapsedTime(started).TotalSeconds:0} operations a second");
    }

    [Fact]
    public void Fifty_parallel_refreshes_of_one_token_are_no_trouble_for_the_search()
    {
        foreach (GrantRules rules in Rules)
        {
            var history = new GrantHistory(1, rules) { Root = new TokenHash(100), BeginsRedeemed = true };
            int allowed = rules.Retry == RetryForm.Never ? 1 : rules.Budget is { } budget ? 1 + budget : 50;
            for (int i = 0; i < 50; i++)
            {
                bool ok = i >= 50 - allowed;
                history.Add(new Operation { Kind = OperationKind.Refresh, Shown = new TokenHash(100), Invoked = i, Returned = 1_000 - i, Outcome = ok ? Outcome.Ok : Outcome.Error, Given = ok ? new TokenHash(101) : default, Error = ok ? null : "invalid_grant", Status = ok ? 200 : 400 });
            }
            Assert.Null(HistoryChecker.Check(history, out bool undecided));
            Assert.False(undecided);
        }
    }

    [Fact]
    public void A_declared_loss_excuses_a_token_that_is_ahead_and_nothing_else_does()
    {
        Assert.Equal("I1", HistoryChecker.Check(Ahead(declared: false), out _)?.Invariant);
        Assert.Null(HistoryChecker.Check(Ahead(declared: true), out _));

        static GrantHistory Ahead(bool declared)
        {
            var history = new GrantHistory(1, new(RetryForm.UntilAcknowledged)) { Root = new TokenHash(101), BeginsRedeemed = true };
            for (int i = 1; i <= 6; i++)
            {
                if (declared && i == 4) history.Add(new Operation { Kind = OperationKind.Loss, Invoked = 395, Returned = 396, Outcome = Outcome.Ok });
                history.Add(new Operation { Kind = OperationKind.Refresh, Shown = new TokenHash(100 + (ulong)i), Invoked = i * 100, Returned = (i * 100) + 50, Outcome = Outcome.Ok, Given = new TokenHash(101 + (ulong)i), Status = 200, Decision = i == 4 ? "CaughtUp" : "Rotated" });
            }
            return history;
        }
    }

    [Fact]
    public void After_a_loss_a_token_that_was_passed_by_may_be_the_newest_again()
    {
        Assert.Equal("I7", HistoryChecker.Check(Asked(null), out _)?.Invariant);
        // Before both, the loss explains nothing; after the refresh, or while its answer was under way, it does.
        Assert.Equal("I7", HistoryChecker.Check(Asked(150), out _)?.Invariant);
        Assert.Null(HistoryChecker.Check(Asked(245), out _));
        Assert.Null(HistoryChecker.Check(Asked(270), out _));

        static GrantHistory Asked(long? loss)
        {
            var history = new GrantHistory(1, new(RetryForm.UntilAcknowledged)) { Root = new TokenHash(100), BeginsRedeemed = true };
            history.Add(new Operation { Kind = OperationKind.Refresh, Shown = new TokenHash(100), Invoked = 100, Returned = 140, Outcome = Outcome.Ok, Given = new TokenHash(101), Status = 200 });
            history.Add(new Operation { Kind = OperationKind.Refresh, Shown = new TokenHash(101), Invoked = 200, Returned = 250, Outcome = Outcome.Ok, Given = new TokenHash(102), Status = 200 });
            history.Add(new Operation { Kind = OperationKind.Ask, Shown = new TokenHash(101), Invoked = 300, Returned = 350, Outcome = Outcome.Ok, Status = 200 });
            if (loss is { } at) history.Lose(at);
            return history;
        }
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData(150L, null)]
    [InlineData(260L, "I7")]
    public void What_was_kept_is_there_after_a_loss(long? kept, string? invariant)
    {
        var history = new GrantHistory(1, new(RetryForm.UntilAcknowledged)) { Root = new TokenHash(100), BeginsRedeemed = true };
        history.Add(new Operation { Kind = OperationKind.Refresh, Shown = new TokenHash(100), Invoked = 100, Returned = 140, Outcome = Outcome.Ok, Given = new TokenHash(101), Status = 200 });
        history.Add(new Operation { Kind = OperationKind.Refresh, Shown = new TokenHash(101), Invoked = 200, Returned = 250, Outcome = Outcome.Ok, Given = new TokenHash(102), Status = 200 });
        history.Add(new Operation { Kind = OperationKind.Ask, Shown = new TokenHash(101), Invoked = 300, Returned = 350, Outcome = Outcome.Ok, Status = 200 });
        history.Lose(270, kept);
        Assert.Equal(invariant, HistoryChecker.Check(history, out bool undecided)?.Invariant);
        Assert.False(undecided);
    }

    [Fact]
    public void A_long_history_with_many_losses_is_decided()
    {
        var history = new GrantHistory(1, new(RetryForm.UntilAcknowledged)) { Root = new TokenHash(1), BeginsRedeemed = true };
        long at = 1000;
        ulong token = 1;
        for (int loss = 0; loss < 30; loss++)
        {
            long kept = at + 5;
            for (int i = 0; i < 200; i++, at += 10, token++)
            {
                // Now and then nobody answers, and the token is shown again; it is over when the store is.
                if (i % 40 == 20) history.Add(new Operation { Kind = OperationKind.Refresh, Shown = new TokenHash(token), Invoked = at - 1, Returned = 1000 + ((loss + 1) * 2000) - 7, Status = 503 });
                history.Add(new Operation
                {
                    Kind = OperationKind.Refresh, Shown = new TokenHash(token), Invoked = at, Returned = at + 3, Outcome = Outcome.Ok, Given = new TokenHash(token + 1), Status = 200,
                    Decision = i == 0 && loss > 0 ? "CaughtUp" : "Rotated",
                });
            }
            history.Lose(at - 5, kept);
        }
        Assert.Null(HistoryChecker.Check(history, out bool undecided));
        Assert.False(undecided);
        output.WriteLine($"{history.Operations.Count} operations");
    }

    [Fact]
    public void A_violation_is_shown_by_a_handful_of_operations()
    {
        GrantHistory history = LongLived(400);
        Operation last = history.Operations[^1];
        history.Add(new Operation { Kind = OperationKind.Refresh, Shown = history.Operations[200].Shown, Invoked = last.Returned + 10, Returned = last.Returned + 20, Outcome = Outcome.Ok, Given = history.Operations[200].Given, Status = 200 });
        Violation violation = Assert.IsType<Violation>(HistoryChecker.Check(history, out _));
        string text = HistoryChecker.Print(history, violation);
        output.WriteLine(text);
        Assert.Equal("I5", violation.Invariant);
        Assert.InRange(violation.Shown.Count, 1, 5);
        Assert.Contains("T201 → ok, T202", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_history_is_written_as_one_line_of_JSON_for_each_operation()
    {
        GrantHistory history = LongLived(3);
        var stream = new MemoryStream();
        history.Write(stream);
        string[] lines = System.Text.Encoding.UTF8.GetString(stream.ToArray()).TrimEnd('\n').Split('\n');
        Assert.Equal(3, lines.Length);
        Assert.StartsWith("""{"op":"refresh","grant":1,"by":"holder","arg":"00000000000f4241","node":0,"inv":100,"ret":150,"result":"ok","out":"00000000000f4242","status":200""", lines[0], StringComparison.Ordinal);
    }

    private static GrantHistory LongLived(int count)
    {
        var history = new GrantHistory(1, new(RetryForm.UntilAcknowledged)) { Root = new TokenHash(1_000_001), BeginsRedeemed = true };
        for (int i = 1; i <= count; i++)
        {
            history.Add(new Operation { Kind = OperationKind.Refresh, Shown = new TokenHash(1_000_000 + (ulong)i), Invoked = i * 100, Returned = (i * 100) + 50, Outcome = Outcome.Ok, Given = new TokenHash(1_000_001 + (ulong)i), Status = 200 });
        }
        return history;
    }
}
