using Evergrant.Protocol.Keys;

namespace Evergrant.Protocol.Tests.Keys;

public class RootKeyRecordTests
{
    [Fact]
    public void The_key_that_became_active_last_makes_what_is_new()
    {
        RootKeyRecord[] keys = [Of(1, -2), Of(2, -1), Of(3, 1), Of(4, null)];
        Assert.Equal(2, RootKeyRecord.Active(keys, Sample.Now)!.Number);
        Assert.Equal(3, RootKeyRecord.Active(keys, Sample.Now.AddDays(1))!.Number);
        Assert.Null(RootKeyRecord.Active([Of(4, null)], Sample.Now));
    }

    [Fact]
    public void Of_keys_active_since_the_same_instant_the_highest_number_counts_and_a_dropped_key_never_does()
    {
        Assert.Equal(2, RootKeyRecord.Active([Of(1, 0), Of(2, 0)], Sample.Now)!.Number);
        Assert.Equal(1, RootKeyRecord.Active([Of(1, 0), Of(2, 0) with { DroppedAt = Sample.Now }], Sample.Now)!.Number);
    }

    private static RootKeyRecord Of(int number, int? days) => new(number, [], Sample.Now, days is { } from ? Sample.Now.AddDays(from) : null, null);
}
