using Evergrant.Protocol.Grants;

namespace Evergrant.Protocol.Tests.Grants;

public sealed class RefreshTokenLifeTests
{
    private static RefreshTokenLife Of(int? idle, int? absolute, GrantPolicy? policy = null) => RefreshTokenLife.Of(
        Sample.Grant() with
        {
            IdleExpiresAt = idle is { } i ? Sample.Now.AddSeconds(i) : null,
            ExpiresAt = absolute is { } a ? Sample.Now.AddSeconds(a) : null,
            Authorized = Sample.Grant().Authorized with { Rules = policy ?? GrantPolicy.Confidential },
        },
        Sample.Web, Sample.Now);

    [Theory]
    [InlineData(null, null, null, null)]
    [InlineData(100, null, 100L, null)]
    [InlineData(null, 500, 500L, 500L)]
    [InlineData(100, 500, 100L, 500L)]
    [InlineData(900, 500, 500L, 500L)]
    [InlineData(-5, 500, 0L, 500L)]
    public void The_token_never_ends_behind_its_authorization(int? idle, int? absolute, long? timeout, long? authorization) => Assert.Equal(new RefreshTokenLife(timeout, authorization), Of(idle, absolute));

    [Fact]
    public void Nobody_is_told_of_the_grace() => Assert.Equal(70, Of(100, null, GrantPolicy.Confidential with { IdleGrace = TimeSpan.FromSeconds(30) }).Timeout);

    [Fact]
    public void Where_the_present_settings_count_they_are_told() =>
        // Generation 5 began a minute ago.
        Assert.Equal((long)TimeSpan.FromDays(14).TotalSeconds - 60, Of(int.MaxValue, null, GrantPolicy.Confidential with { IdleLive = true }).Timeout);
}
