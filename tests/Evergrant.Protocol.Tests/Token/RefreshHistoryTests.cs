using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;
using Evergrant.Protocol.Token;

namespace Evergrant.Protocol.Tests.Token;

/// <summary>Random histories of one grant: its client, a thief who copies tokens, lost answers, races, revocations and a clock that moves. The invariants of docs/grants.md hold in each.</summary>
public class RefreshHistoryTests
{
    private const int Histories = 400;
    private const int Steps = 30;

    public static TheoryData<string, GrantPolicy> Policies => new()
    {
        { "web", GrantPolicy.Confidential },
        { "native", GrantPolicy.Public },
        { "native", GrantPolicy.PublicBrowser },
        { "web", GrantPolicy.Confidential with { Retry = RetryRule.Never } },
        { "web", GrantPolicy.Confidential with { Rotate = false } },
        { "native", GrantPolicy.Public with { OnReplay = ReplayReaction.Reject } },
    };

    [Theory]
    [MemberData(nameof(Policies))]
    public void The_invariants_hold_in_every_history(string clientId, GrantPolicy policy)
    {
        Client client = (clientId == "web" ? Sample.Web : Sample.Native) with { Policy = policy };
        for (int seed = 0; seed < Histories / 5; seed++)
        {
            var history = new RefreshHistory(client, policy, seed);
            for (int step = 0; step < Steps; step++) history.Step();
        }
    }

    /// <summary>I4: a client that lost answers and asks again within the rule always ends with a token that works.</summary>
    [Fact]
    public void A_client_that_loses_every_second_answer_is_never_locked_out()
    {
        Client client = Sample.Web;
        Grant row = Sample.Grant(generation: 1);
        long held = 1;
        var random = new Random(7);
        for (int i = 0; i < 500; i++)
        {
            Granted granted = Assert.IsAssignableFrom<Granted>(Row.Refresh(client, row, held, Sample.Now.AddMinutes(i)));
            Assert.True(Row.TryApply(ref row, granted.Change));
            if (random.Next(2) == 0) held = granted.RefreshGeneration!.Value;
        }
    }

    /// <summary>Two requests with one token at once: both have read the same row; one is first.</summary>
    [Fact]
    public void Two_requests_at_once_end_as_one_rotation_and_one_repetition()
    {
        Grant row = Sample.Grant();
        Granted first = (Granted)Row.Refresh(Sample.Web, row, 5, Sample.Now);
        Granted second = (Granted)Row.Refresh(Sample.Web, row, 5, Sample.Now);
        Assert.True(Row.TryApply(ref row, first.Change));
        Assert.False(Row.TryApply(ref row, second.Change));
        Repeated again = Assert.IsType<Repeated>(Row.Refresh(Sample.Web, row, 5, Sample.Now));
        Assert.Equal(first.RefreshGeneration, again.RefreshGeneration);
    }
}
