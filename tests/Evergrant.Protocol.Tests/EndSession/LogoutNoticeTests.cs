using Evergrant.Protocol.Clients;
using Evergrant.Protocol.EndSession;
using Evergrant.Protocol.Storage;

namespace Evergrant.Protocol.Tests.EndSession;

public sealed class LogoutNoticeTests
{
    private static readonly Client Told = Sample.Web with { BackchannelLogoutUri = "https://app.example/back" };

    [Fact]
    public void A_client_without_a_back_channel_is_told_nothing() => Assert.Empty(LogoutNotice.For(Sample.Web, "alice", ["s1"], all: true));

    [Fact]
    public void The_end_of_an_account_is_told_once_or_by_session_where_the_client_needs_it()
    {
        Assert.Equal([new LogoutNotice("alice", "s1")], LogoutNotice.For(Told, "alice", ["s1"], all: false));
        Assert.Equal([new LogoutNotice("alice", null)], LogoutNotice.For(Told, "alice", ["s2", "s1"], all: true));
        Client each = Told with { BackchannelLogoutSessionRequired = true };
        Assert.Equal([new("alice", "s2"), new LogoutNotice("alice", "s1")], LogoutNotice.For(each, "alice", ["s2", "s1"], all: true));
        Assert.Equal(20, LogoutNotice.For(each, "alice", [.. Enumerable.Range(0, 100).Select(i => $"s{i}")], all: true).Count);
    }

    [Fact]
    public void A_notice_comes_back_from_its_delivery()
    {
        foreach (LogoutNotice notice in new[] { new LogoutNotice("älice \"", "s"), new LogoutNotice("bob", null) })
            Assert.Equal(notice, LogoutNotice.Read(Delivery.Begun(Guid.Empty, DeliveryKind.LogoutToken, Sample.Issuer, "web", notice.Write(), Sample.Now)));
    }

    [Fact]
    public void A_delivery_is_tried_five_times_with_longer_pauses_within_its_life()
    {
        Delivery delivery = Delivery.Begun(Guid.Empty, DeliveryKind.LogoutToken, Sample.Issuer, "web", "", Sample.Now);
        var pauses = new List<TimeSpan> { delivery.DueAt - Sample.Now };
        while (delivery.Next(delivery.DueAt) is { } take)
        {
            Assert.Equal(delivery.Tries, take.Tries);
            pauses.Add(take.DueAt - delivery.DueAt);
            delivery = delivery with { Tries = take.Tries + 1, DueAt = take.DueAt };
        }
        Assert.Equal([30, 120, 600, 3600, 3600], pauses.Select(p => p.TotalSeconds));
        Assert.Equal(Delivery.MostTries, delivery.Tries);
        Assert.Null((delivery with { Tries = 1 }).Next(delivery.ExpiresAt));
        Assert.True(Delivery.Lifetime > pauses[..4].Aggregate(TimeSpan.Zero, (a, b) => a + b));
    }
}
