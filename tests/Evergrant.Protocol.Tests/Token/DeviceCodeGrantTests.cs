using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;
using Evergrant.Protocol.Token;
using Xunit;

namespace Evergrant.Protocol.Tests.Token;

public class DeviceCodeGrantTests
{
    private static readonly Client Client = Sample.Web with { GrantTypes = [DeviceCodeGrant.Name, "refresh_token"] };
    private static readonly Grant Pending = Sample.Grant(Client, 0);
    private static readonly Grant Requested = Pending with { State = GrantState.Requested, Subject = null };

    private static TokenDecision Decide(Grant? row, Client? by = null, bool tooFast = false, DateTimeOffset? now = null) => DeviceCodeGrant.Decide(
        new TokenRequest { GrantType = DeviceCodeGrant.Name, Mark = 5 }, row is null ? null : Sample.Shown(row, 0, CredentialKind.DeviceCode), row, Sample.Issuer, by ?? Client, Sample.Catalogue, Sample.Keys, now ?? Sample.Now, tooFast);

    private static Refusal Refused(TokenDecision decision) => Assert.IsType<Refused>(decision).Error.Refusal;

    [Fact]
    public void What_is_not_a_device_code_of_this_row_is_unknown()
    {
        Assert.Equal(Refusal.DeviceCodeUnknown, Refused(Decide(null)));
        Assert.Equal(Refusal.DeviceCodeUnknown, Refused(DeviceCodeGrant.Decide(
            new TokenRequest { GrantType = DeviceCodeGrant.Name }, Sample.Shown(Pending, 0, CredentialKind.DeviceCode), Pending with { Salt = new byte[16] }, Sample.Issuer, Client, Sample.Catalogue, Sample.Keys, Sample.Now, false)));
    }

    [Fact]
    [Requirement("RFC8628-3.4-02")]
    public void Another_client_gets_nothing_whatever_the_state()
    {
        foreach (Grant row in new[] { Requested, Pending, Sample.Grant(Client, 1) }) Assert.Equal(Refusal.DeviceCodeOfAnotherClient, Refused(Decide(row, Client with { ClientId = "other" })));
    }

    [Fact]
    [Requirement("RFC8628-3.5-01", "RFC8628-3.5-02", "RFC8628-3.5-03", "RFC8628-3.5-04")]
    public void While_nobody_has_answered_the_device_waits_and_every_end_has_its_error()
    {
        Assert.Equal("authorization_pending", Assert.IsType<Waiting>(Decide(Requested)).Error.Code);
        Assert.Equal("slow_down", Assert.IsType<Waiting>(Decide(Requested, tooFast: true)).Error.Code);
        Assert.Equal("expired_token", Assert.IsType<Refused>(Decide(Requested, now: Requested.IdleExpiresAt)).Error.Code);
        Assert.Equal("access_denied", Assert.IsType<Refused>(Decide(Requested with { State = GrantState.Revoked, RevokedWhy = RevocationCause.DeniedByUser })).Error.Code);
        Assert.Equal(("invalid_grant", Refusal.GrantRevoked), (Assert.IsType<Refused>(Decide(Requested with { State = GrantState.Revoked, RevokedWhy = RevocationCause.RevokedByOperator })).Error is { } e ? (e.Code, e.Refusal) : default));
    }

    [Fact]
    public void An_answer_is_fetched_within_the_life_of_the_code_and_asked_for_too_often_or_not()
    {
        Redeemed redeemed = Assert.IsType<Redeemed>(Decide(Pending, tooFast: true));
        Assert.Equal((1L, 1L, GrantState.Active, 5L), (redeemed.RefreshGeneration, redeemed.Grant.Generation, redeemed.Grant.State, redeemed.Grant.Mark));
        Assert.Equal("expired_token", Assert.IsType<Refused>(Decide(Pending, now: Pending.IdleExpiresAt)).Error.Code);
    }

    [Fact]
    public void A_second_use_is_a_retry_until_the_tokens_were_used_and_a_replay_then()
    {
        Grant row = Assert.IsType<Redeemed>(Decide(Pending)).Grant;
        Repeated repeated = Assert.IsType<Repeated>(Decide(row));
        Assert.Equal((1L, 1), (repeated.RefreshGeneration, repeated.Grant.Retries.Total));
        Replayed replayed = Assert.IsType<Replayed>(Decide(row with { Generation = 2 }));
        Assert.Equal(new RevokeGrant(row.Id, RevocationCause.CodeReplayed, Sample.Now), replayed.Change);
    }

    [Fact]
    public void A_policy_without_retries_and_a_grant_without_a_refresh_token_know_no_second_use()
    {
        Client strict = Client with { Policy = GrantPolicy.Confidential with { Retry = RetryRule.Never } };
        Assert.IsType<Replayed>(Decide(Assert.IsType<Redeemed>(Decide(Pending, strict)).Grant, strict));
        Grant bare = Pending with { Authorized = Pending.Authorized with { IssuesRefreshToken = false } };
        Redeemed redeemed = Assert.IsType<Redeemed>(Decide(bare));
        Assert.Null(redeemed.RefreshGeneration);
        Assert.IsType<Replayed>(Decide(redeemed.Grant));
    }
}
