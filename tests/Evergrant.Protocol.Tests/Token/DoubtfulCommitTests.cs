using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;
using Evergrant.Protocol.Token;
using Xunit;

namespace Evergrant.Protocol.Tests.Token;

public class DoubtfulCommitTests
{
    // 60 s and three retries: what a public client has by default.
    private static readonly Client Public = Sample.Native;

    [Fact]
    public void A_rotation_that_was_made_is_known_by_its_mark_and_confirmed_without_a_retry()
    {
        Grant row = Sample.Grant(Public, 1);
        Change rotation = Rotate(row, 1);
        Assert.False(DoubtfulCommit.IsMade(rotation, row));
        Assert.True(Row.TryApply(ref row, rotation));
        Assert.True(DoubtfulCommit.IsMade(rotation, row));
        Grant before = row;
        Repeated again = Assert.IsType<Repeated>(Row.Refresh(Public, row, 1, Sample.Now));
        Rotated settled = Assert.IsType<Rotated>(DoubtfulCommit.Settle(rotation, again, row));
        Assert.Equal((2L, 1L), (settled.RefreshGeneration, settled.Presented));
        Assert.True(Row.TryApply(ref row, settled.Change));
        Assert.Equal(before, row);
    }

    [Fact]
    public void A_rotation_that_somebody_else_made_in_the_same_instant_is_not_taken_for_the_own_one()
    {
        Grant row = Sample.Grant(Public, 1);
        Change own = Rotate(row, 1);
        Assert.True(Row.TryApply(ref row, Rotate(row, 2)));
        Assert.False(DoubtfulCommit.IsMade(own, row));
    }

    [Fact]
    public void A_retry_that_was_counted_is_not_counted_again()
    {
        Grant row = Sample.Grant(Public, 1);
        Assert.True(Row.TryApply(ref row, Rotate(row, 1)));
        Change retry = ((Granted)Row.Refresh(Public, row, 1, Sample.Now.AddSeconds(1))).Change;
        Assert.True(Row.TryApply(ref row, retry));
        Repeated again = Assert.IsType<Repeated>(Row.Refresh(Public, row, 1, Sample.Now.AddSeconds(1)));
        Assert.True(Row.TryApply(ref row, Assert.IsType<Repeated>(DoubtfulCommit.Settle(retry, again, row)).Change));
        Assert.Equal(1, row.Retries.Total);
    }

    private static Change Rotate(Grant row, long mark) => ((Granted)Row.Refresh(Public, row, row.Generation, Sample.Now, Sample.Refresh() with { Mark = mark })).Change;
}
