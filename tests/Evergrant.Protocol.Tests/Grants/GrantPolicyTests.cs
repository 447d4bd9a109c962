using Evergrant.Protocol.Grants;

namespace Evergrant.Protocol.Tests.Grants;

public class GrantPolicyTests
{
    [Fact]
    [Requirement("RFC6749-4.1.2-04", "RFC6750-5.3-01")]
    public void What_is_built_in_keeps_to_the_recommended_lifetimes()
    {
        foreach (GrantPolicy policy in (GrantPolicy[])[GrantPolicy.Confidential, GrantPolicy.Public])
        {
            Assert.True(policy.CodeLifetime <= TimeSpan.FromMinutes(10));
            Assert.True(policy.AccessTokenLifetime <= TimeSpan.FromHours(1));
            Assert.True(policy.Rotate);
            Assert.Equal(ReplayReaction.Revoke, policy.OnReplay);
        }
    }

    [Fact]
    public void A_bare_bearer_token_has_a_window_and_a_budget()
    {
        Assert.Equal((RetryRule.For(TimeSpan.FromSeconds(60)), 3), (GrantPolicy.Public.Retry, GrantPolicy.Public.RetryBudget));
        Assert.Equal((RetryRule.UntilAcknowledged, null), (GrantPolicy.Confidential.Retry, GrantPolicy.Confidential.RetryBudget));
    }

    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, true)]
    public void The_end_of_a_grant_itself_is_outside(int milliseconds, bool ended)
    {
        DateTimeOffset at = Sample.Now.AddMilliseconds(milliseconds);
        Assert.Equal(ended, (Sample.Grant() with { ExpiresAt = Sample.Now }).HasEnded(at));
        Assert.Equal(ended, (Sample.Grant() with { IdleExpiresAt = Sample.Now }).HasEnded(at));
        Assert.False((Sample.Grant() with { IdleExpiresAt = null, ExpiresAt = null }).HasEnded(DateTimeOffset.MaxValue));
    }
}
