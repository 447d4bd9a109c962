using Evergrant.Protocol.Grants;

namespace Evergrant.Protocol.Tests.Grants;

public class GrantPolicyTests
{
    [Fact]
    [Requirement("RFC6749-4.1.2-04", "RFC6750-5.3-01")]
    public void What_is_built_in_keeps_to_the_recommended_lifetimes()
    {
        foreach (GrantPolicy policy in GrantPolicy.BuiltIn)
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

    [Fact]
    [Requirement("BBA-6.3.2.3-04")]
    public void An_application_in_a_browser_differs_from_other_public_clients_in_its_tabs_alone()
    {
        Assert.Equal(TimeSpan.FromSeconds(10), GrantPolicy.PublicBrowser.RetryUncounted);
        Assert.Equal(GrantPolicy.Public, GrantPolicy.PublicBrowser with { Name = "public", RetryUncounted = null });
        Assert.Equal(["confidential", "public", "public-browser"], GrantPolicy.BuiltIn.Select(p => p.Name));
    }

    /// <summary>Tabs that refresh at once, under a policy that tells them from a thief by the time: the budget is there for those who come later.</summary>
    [Theory]
    [InlineData(9_999, 0xFF_FFFF_FFFF, true, false)]
    [InlineData(10_000, 2, true, true)]
    [InlineData(10_000, 3, false, true)]
    [InlineData(60_000, 0, false, true)]
    public void Retries_at_once_are_not_held_against_the_budget(int milliseconds, long before, bool permitted, bool counted)
    {
        GrantPolicy policy = GrantPolicy.PublicBrowser;
        Grant grant = Sample.Grant(Sample.Page) with { GenerationAt = Sample.Now, Retries = new RetryHistory(before) };
        DateTimeOffset now = Sample.Now.AddMilliseconds(milliseconds);
        Assert.Equal(permitted, policy.PermitsRetry(grant, now));
        Assert.Equal(before + (counted ? 1 : 0), policy.RetryOf(grant, now).ApplyTo(grant)!.Retries.Bits);
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(3, 0)]
    public void A_policy_that_allows_no_retry_at_all_has_none_at_once_either(int budget, int? uses)
    {
        GrantPolicy policy = GrantPolicy.Public with { Name = "tabs", RetryBudget = budget, RetryUses = uses, RetryUncounted = TimeSpan.FromSeconds(10) };
        Assert.False(policy.PermitsRetry(Sample.Grant(Sample.Native) with { GenerationAt = Sample.Now }, Sample.Now));
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
