using Evergrant.Load.Measure;
using Xunit;

namespace Evergrant.Load.Tests.Measure;

/// <summary>Which statements belong to a refresh.</summary>
public sealed class StatementCountTests
{
    private static readonly StatementCount[] Some =
    [
        new("select id, generation from grants where id = $1", 200, 4, 0),
        new("update grants\n    set generation = $3 where id = $1", 100, 5, 75),
        new("insert into events values ($1)", 3, 1, 0),
        new("select clock_timestamp()", 1, 1, 0),
    ];

    [Fact]
    public void Reads_changes_and_others_are_told_apart() => Assert.Equal((2, 1, 0.04), StatementCount.PerRefresh(Some, 100));

    [Theory]
    [InlineData("select key from sessions where id = $1")]
    [InlineData("delete from grants where id = $1")]
    [InlineData("update grants_archive set generation = $1")]
    public void Another_table_or_act_is_neither_a_read_nor_a_change(string text)
    {
        var statement = new StatementCount(text, 1, 1, 0);
        Assert.False(statement.ReadsGrant);
        Assert.False(statement.ChangesGrant);
    }

    [Fact]
    public void Rare_statements_are_counted_together()
    {
        var lines = StatementCount.Table(Some, 200).ToList();
        Assert.Equal("| `select id, generation from grants where id = $1` | 1.000 | 20 | 0.00 |", lines[2]);
        Assert.Equal("| `update grants set generation = $3 where id = $1` | 0.500 | 50 | 0.75 |", lines[3]);
        Assert.Equal("| `insert into events values ($1)` | 0.015 | 333 | 0.00 |", lines[4]);
        Assert.Equal("| 1 others together | 0.0050 | | |", lines[5]);
    }
}
