using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;
using Evergrant.Protocol.Token;

namespace Evergrant.Protocol.Tests.Token;

/// <summary>The decision table, row by row.</summary>
public class RefreshTokenGrantTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    private static TokenDecision Decide(
        Grant? grant, long presented, Client? client = null, GrantPolicy? policy = null, TokenRequest? request = null, string issuer = Sample.Issuer, DateTimeOffset? now = null, string? provenKey = null)
    {
        Client asking = client ?? Sample.Web;
        if (policy is not null) asking = asking with { Policy = policy };
        return RefreshTokenGrant.Decide(
            (request ?? Sample.Refresh()).With(Sample.Proving(provenKey)), Sample.Shown(grant ?? Sample.Grant(), presented), grant, issuer, asking, Sample.Catalogue, Sample.Keys, now ?? Sample.Now);
    }

    private static void IsRefused(Refusal refusal, string code, TokenDecision decision)
    {
        OAuthError error = Assert.IsType<Refused>(decision).Error;
        Assert.Equal((refusal, code), (error.Refusal, error.Code));
    }

    [Fact]
    public void The_live_token_is_rotated_and_the_change_names_what_was_read()
    {
        Grant grant = Sample.Grant();
        Rotated rotated = Assert.IsType<Rotated>(Decide(grant, 5));
        Assert.Equal((6L, 6L, 5L), (rotated.Grant.Generation, rotated.RefreshGeneration, rotated.Presented));
        AdvanceGrant change = Assert.IsType<AdvanceGrant>(rotated.Change);
        Assert.Equal((5L, 6L, Sample.Now, Sample.Now.AddDays(14), grant.ExpiresAt), (change.From, change.To, change.At, change.IdleExpiresAt, change.ExpiresAt));
        Assert.Equal((6, 0), (change.AccessSerial, change.AccessFloor));
        Assert.Equal(grant.Authorized, rotated.Grant.Authorized);
    }

    [Theory]
    [Requirement("ATTACK-392")]
    [InlineData(int.MaxValue - 1L)]
    [InlineData(int.MaxValue)]
    [InlineData(uint.MaxValue)]
    [InlineData(long.MaxValue - 1)]
    public void A_counter_goes_on_beyond_every_smaller_number_and_ends_before_it_wraps(long generation)
    {
        Grant grant = Sample.Grant() with { Generation = generation };
        Rotated rotated = Assert.IsType<Rotated>(Decide(grant, generation));
        Assert.Equal(generation + 1, rotated.RefreshGeneration);
        Grant last = Sample.Grant() with { Generation = long.MaxValue };
        IsRefused(Refusal.GrantExpired, "invalid_grant", Decide(last, long.MaxValue));
        IsRefused(Refusal.GrantExpired, "invalid_grant", Decide(grant, long.MaxValue));
    }

    [Fact]
    public void A_token_of_no_grant_is_unknown() => IsRefused(Refusal.RefreshTokenUnknown, "invalid_grant", Decide(null, 5));

    [Fact]
    public void A_token_that_cannot_be_read_is_unknown() => IsRefused(Refusal.RefreshTokenUnknown, "invalid_grant",
        RefreshTokenGrant.Decide(Sample.Refresh(), null, Sample.Grant(), Sample.Issuer, Sample.Web, Sample.Catalogue, Sample.Keys, Sample.Now));

    [Fact]
    [Requirement("RFC6749-10.3-02", "RFC9700-4.14.2-04")]
    public void A_token_whose_tag_is_of_another_row_is_unknown_and_kills_nothing()
    {
        Grant other = Sample.Grant() with { Salt = new byte[16] };
        TokenDecision decision = RefreshTokenGrant.Decide(
            Sample.Refresh(), Sample.Shown(other, 1), Sample.Grant(), Sample.Issuer, Sample.Web, Sample.Catalogue, Sample.Keys, Sample.Now);
        IsRefused(Refusal.RefreshTokenUnknown, "invalid_grant", decision);
    }

    [Fact]
    public void A_token_at_another_issuer_is_unknown() => IsRefused(Refusal.RefreshTokenUnknown, "invalid_grant", Decide(Sample.Grant(), 5, issuer: "https://id.example/other"));

    [Theory]
    [InlineData(5)]
    [InlineData(4)]
    [InlineData(1)]
    [InlineData(9)]
    [Requirement("RFC6749-6-03")]
    public void Another_client_changes_nothing_whatever_it_shows(long presented) =>
        IsRefused(Refusal.RefreshTokenOfAnotherClient, "invalid_grant", Decide(Sample.Grant(), presented, Sample.Web with { ClientId = "thief" }));

    [Fact]
    [Requirement("OAUTH21-4.3.1-01")]
    public void A_revoked_grant_gives_nothing() =>
        IsRefused(Refusal.GrantRevoked, "invalid_grant", Decide(Sample.Grant() with { State = GrantState.Revoked, RevokedAt = Sample.Now, RevokedWhy = RevocationCause.RevokedByUser }, 5));

    [Theory]
    [InlineData("mine", "other", Refusal.KeyMismatch, "invalid_grant")]
    [InlineData("mine", null, Refusal.DpopProofMissing, "invalid_dpop_proof")]
    [Requirement("ATTACK-113")]
    public void A_bound_grant_needs_its_key(string bound, string? proven, Refusal refusal, string code)
    {
        IsRefused(refusal, code, Decide(Sample.Grant() with { BoundKey = Sample.KeyOf(bound).Text }, 5, provenKey: proven));
        IsRefused(refusal, code, Decide(Sample.Grant() with { BoundKey = Sample.KeyOf(bound).Text }, 1, provenKey: proven));
    }

    [Fact]
    public void A_bound_grant_is_refreshed_with_its_key() => Assert.IsType<Rotated>(Decide(Sample.Grant() with { BoundKey = Sample.KeyOf("mine").Text }, 5, provenKey: "mine"));

    [Theory]
    [InlineData(-1, true)]
    [InlineData(0, false)]
    [InlineData(1, false)]
    public void The_absolute_end_itself_is_outside(int milliseconds, bool granted)
    {
        Grant grant = Sample.Grant() with { ExpiresAt = Sample.Now };
        TokenDecision decision = Decide(grant, 5, now: Sample.Now + (milliseconds * Tick));
        if (granted) Assert.IsType<Rotated>(decision);
        else IsRefused(Refusal.GrantExpired, "invalid_grant", decision);
    }

    [Theory]
    [InlineData(-1, true)]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [Requirement("RFC9700-4.14.2-06")]
    public void The_idle_end_itself_is_outside(int milliseconds, bool granted)
    {
        Grant grant = Sample.Grant() with { IdleExpiresAt = Sample.Now };
        TokenDecision decision = Decide(grant, 5, now: Sample.Now + (milliseconds * Tick));
        if (granted) Assert.IsType<Rotated>(decision);
        else IsRefused(Refusal.RefreshTokenIdle, "invalid_grant", decision);
    }

    [Fact]
    public void A_grant_without_ends_is_refreshed_forever()
    {
        Grant grant = Sample.Grant() with { ExpiresAt = null, IdleExpiresAt = null };
        Rotated rotated = Assert.IsType<Rotated>(Decide(grant, 5, policy: GrantPolicy.Confidential with { IdleLifetime = null }, now: Sample.Now.AddYears(50)));
        Assert.Null(rotated.Grant.IdleExpiresAt);
        Assert.Null(rotated.Grant.ExpiresAt);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [Requirement("RFC9700-4.14.2-03", "RFC6749-5.2-05")]
    public void A_token_spent_long_ago_revokes_its_family(long presented)
    {
        Replayed replayed = Assert.IsType<Replayed>(Decide(Sample.Grant(), presented));
        Assert.Equal((Refusal.RefreshTokenReplayed, "invalid_grant"), (replayed.Error.Refusal, replayed.Error.Code));
        Assert.Equal(new RevokeGrant(replayed.Grant.Id, RevocationCause.RefreshTokenReplayed, Sample.Now), replayed.Change);
    }

    [Fact]
    public void A_policy_that_only_rejects_revokes_nothing() =>
        Assert.Null(Assert.IsType<Replayed>(Decide(Sample.Grant(), 1, policy: GrantPolicy.Confidential with { OnReplay = ReplayReaction.Reject })).Change);

    [Fact]
    public void Replay_is_seen_before_the_scope_is_looked_at() => Assert.IsType<Replayed>(Decide(Sample.Grant(), 1, request: Sample.Refresh("unheard:of")));

    [Fact]
    public void A_lost_answer_is_repeated_until_the_successor_is_used()
    {
        Grant grant = Sample.Grant();
        Repeated repeated = Assert.IsType<Repeated>(Decide(grant, 4, now: Sample.Now.AddDays(13)));
        Assert.Equal((5L, 4L), (repeated.RefreshGeneration, repeated.Presented));
        Assert.Equal(new CountRetry(grant.Id, 5, null), repeated.Change);
        Assert.Equal((5L, grant.KeyNumber, 1), (repeated.Grant.Generation, repeated.Grant.KeyNumber, repeated.Grant.Retries.Total));
    }

    [Theory]
    [InlineData(-1, true)]
    [InlineData(0, false)]
    [InlineData(1, false)]
    public void The_end_of_the_retry_window_itself_is_outside(int milliseconds, bool granted)
    {
        GrantPolicy policy = GrantPolicy.Confidential with { Retry = RetryRule.For(TimeSpan.FromSeconds(60)) };
        Grant grant = Sample.Grant() with { GenerationAt = Sample.Now.AddSeconds(-60) };
        TokenDecision decision = Decide(grant, 4, policy: policy, now: Sample.Now + (milliseconds * Tick));
        if (granted) Assert.IsType<Repeated>(decision);
        else Assert.IsType<Replayed>(decision);
    }

    [Fact]
    public void Without_a_retry_rule_the_predecessor_is_a_replay() => Assert.IsType<Replayed>(Decide(Sample.Grant(), 4, policy: GrantPolicy.Confidential with { Retry = RetryRule.Never }));

    [Theory]
    [InlineData(2, true)]
    [InlineData(3, false)]
    public void Beyond_the_budget_a_retry_is_a_replay(int before, bool granted)
    {
        Grant grant = Sample.Grant(Sample.Native) with { GenerationAt = Sample.Now, Retries = new RetryHistory(before) };
        TokenDecision decision = Decide(grant, 4, Sample.Native);
        if (granted) Assert.Equal(grant.Retries, Assert.IsType<CountRetry>(Assert.IsType<Repeated>(decision).Change).Before);
        else Assert.IsType<Replayed>(decision);
    }

    [Fact]
    public void The_code_is_no_predecessor_of_the_first_refresh_token() => Assert.IsType<Replayed>(Decide(Sample.Grant(generation: 1), 0));

    [Fact]
    public void The_store_catches_up_with_a_token_that_is_ahead_of_it()
    {
        CaughtUp caughtUp = Assert.IsType<CaughtUp>(Decide(Sample.Grant(), 8));
        AdvanceGrant change = Assert.IsType<AdvanceGrant>(caughtUp.Change);
        Assert.Equal((5L, 9L, 9L), (change.From, change.To, caughtUp.RefreshGeneration));
    }

    [Fact]
    public void The_store_catches_up_from_a_row_that_forgot_the_redemption()
    {
        CaughtUp caughtUp = Assert.IsType<CaughtUp>(Decide(Sample.Grant(generation: 0), 3));
        Assert.Equal((GrantState.Active, 4L), (caughtUp.Grant.State, caughtUp.Grant.Generation));
        Assert.Equal((0L, 4L), (((AdvanceGrant)caughtUp.Change).From, ((AdvanceGrant)caughtUp.Change).To));
    }

    [Fact]
    public void The_idle_end_of_a_row_that_is_behind_says_nothing() => Assert.IsType<CaughtUp>(Decide(Sample.Grant() with { IdleExpiresAt = Sample.Now.AddDays(-3) }, 6));

    [Fact]
    public void A_token_ahead_of_a_revoked_or_ended_row_is_refused()
    {
        IsRefused(Refusal.GrantRevoked, "invalid_grant", Decide(Sample.Grant() with { State = GrantState.Revoked }, 8));
        IsRefused(Refusal.GrantExpired, "invalid_grant", Decide(Sample.Grant() with { ExpiresAt = Sample.Now }, 8));
    }

    [Fact]
    public void A_policy_may_refuse_to_catch_up_and_still_revokes_nothing() =>
        IsRefused(Refusal.StoreLostWrites, "invalid_grant", Decide(Sample.Grant(), 8, policy: GrantPolicy.Confidential with { OnStoreBehind = StoreBehindReaction.Refuse }));

    [Fact]
    public void Without_rotation_the_same_token_is_renewed()
    {
        Renewed renewed = Assert.IsType<Renewed>(Decide(Sample.Grant(), 5, policy: GrantPolicy.Confidential with { Rotate = false }));
        Assert.Equal((5L, 5L), (renewed.Grant.Generation, renewed.RefreshGeneration));
        Assert.Equal(new RenewGrant(renewed.Grant.Id, 5, Sample.Now, Sample.Now.AddDays(14), 6, 0), renewed.Change);
    }

    [Fact]
    [Requirement("RFC9700-2.2.2-01")]
    public void A_public_client_is_rotated_whatever_its_policy_says() =>
        Assert.IsType<Rotated>(Decide(Sample.Grant(Sample.Native), 5, Sample.Native, GrantPolicy.Public with { Rotate = false }));

    [Fact]
    public void A_refresh_kills_the_older_access_tokens_where_the_policy_says_so()
    {
        Rotated rotated = Assert.IsType<Rotated>(Decide(Sample.Grant(), 5, policy: GrantPolicy.Confidential with { OnRefresh = PreviousAccessToken.Revoke }));
        Assert.Equal(rotated.Grant.AccessSerial, rotated.Grant.AccessFloor);
    }

    [Fact]
    public void A_new_generation_is_made_by_the_newest_key()
    {
        CredentialKeys keys = Sample.KeysOf((1, 1), (2, 2));
        Grant grant = Sample.Grant();
        GrantCredential credential = GrantCredential.Read(keys, CredentialKind.RefreshToken, GrantCredential.Write(keys, 1, CredentialKind.RefreshToken, grant, 5))!;
        TokenDecision decision = RefreshTokenGrant.Decide(Sample.Refresh(), credential, grant, Sample.Issuer, Sample.Web, Sample.Catalogue, keys, Sample.Now);
        Assert.Equal(2, Assert.IsType<Rotated>(decision).Grant.KeyNumber);
    }

    [Fact]
    [Requirement("RFC6749-6-01")]
    public void Scope_beyond_the_grant_is_refused_and_nothing_is_spent() => IsRefused(Refusal.ScopeWidened, "invalid_scope", Decide(Sample.Grant(), 5, request: Sample.Refresh("notes:read email")));

    [Fact]
    [Requirement("RFC6749-6-02", "RFC6749-6-05")]
    public void A_narrower_scope_narrows_the_access_token_and_never_the_grant()
    {
        Grant grant = Sample.Grant();
        Rotated rotated = Assert.IsType<Rotated>(Decide(grant, 5, request: Sample.Refresh("notes:read")));
        Assert.Equal("notes:read", rotated.Access.Scope);
        Assert.Equal(grant.Authorized, rotated.Grant.Authorized);
        Assert.Equal(grant.Authorized.Scope, Assert.IsType<Rotated>(Decide(rotated.Grant, 6)).Access.Scope);
    }

    [Fact]
    public void Values_that_libraries_repeat_on_every_refresh_are_left_out_rather_than_refused()
    {
        Grant grant = Sample.Grant() with { Authorized = Sample.Grant().Authorized with { Scope = "notes:read" } };
        Assert.Equal("notes:read", Assert.IsType<Rotated>(Decide(grant, 5, request: Sample.Refresh("openid offline_access notes:read"))).Access.Scope);
    }

    [Fact]
    [Requirement("RFC8707-2.2-01")]
    public void A_resource_beyond_the_grant_is_refused() => IsRefused(Refusal.ResourceWidened, "invalid_target", Decide(Sample.Grant(), 5, request: Sample.Refresh(null, Sample.Files)));

    [Fact]
    [Requirement("RFC8707-2.2-02")]
    public void A_narrower_resource_leaves_the_grant_as_it_is()
    {
        Grant grant = Sample.Grant() with { Authorized = Sample.Grant().Authorized with { Scope = "notes:read files:read", Resources = [Sample.Notes, Sample.Files] } };
        Rotated rotated = Assert.IsType<Rotated>(Decide(grant, 5, request: Sample.Refresh(null, Sample.Notes)));
        Assert.Equal((Sample.Notes, "notes:read"), (string.Join(' ', rotated.Access.Audience), rotated.Access.Scope));
        Assert.Equal([Sample.Notes, Sample.Files], rotated.Grant.Authorized.Resources);
    }

    [Fact]
    [Requirement("ATTACK-112")]
    public void A_lost_answer_is_given_again_to_the_key_that_asked_first_and_to_no_other()
    {
        TokenDecision first = Decide(Sample.Grant() with { GenerationAt = Sample.Now }, 5, provenKey: "mine");
        Grant after = Assert.IsType<Rotated>(first).Grant;
        Assert.Equal(after.Generation, Assert.IsType<Repeated>(Decide(after, 5, provenKey: "mine")).RefreshGeneration);
        IsRefused(Refusal.KeyMismatch, "invalid_grant", Decide(after, 5, provenKey: "other"));
        // The next refresh of a client that authenticates may use another key (RFC 9449 section 5).
        Assert.IsType<Rotated>(Decide(after, 6, provenKey: "other"));
    }

    [Theory]
    [InlineData(ApplicationType.Native)]
    [InlineData(ApplicationType.Browser)]
    public void A_public_client_that_proves_a_key_may_ask_again_until_it_has_the_answer(ApplicationType type)
    {
        Client client = Sample.Native with { ApplicationType = type };
        Grant bound = Sample.Grant(client) with { BoundKey = Sample.KeyOf("mine").Text, Retries = new RetryHistory(0x3330) };
        Grant after = Assert.IsType<Rotated>(Decide(bound, 5, client, provenKey: "mine")).Grant;
        DateTimeOffset later = Sample.Now.AddDays(3);
        Assert.IsType<Repeated>(Decide(after, 5, client, now: later, provenKey: "mine"));
        Assert.IsType<Replayed>(Decide(after with { BoundKey = null }, 5, client, now: later, provenKey: "mine"));
        // What an operator has said holds for both.
        Assert.IsType<Replayed>(Decide(after, 5, client, GrantPolicy.BuiltInFor(client) with { Name = "own" }, now: later, provenKey: "mine"));
    }

    /// <summary>The rows stand in an order: where two hold, the earlier one is the answer.</summary>
    [Fact]
    public void The_rows_are_judged_in_their_order()
    {
        Grant everything = Sample.Grant() with { State = GrantState.Revoked, BoundKey = Sample.KeyOf("mine").Text, ExpiresAt = Sample.Now, IdleExpiresAt = Sample.Now };
        TokenRequest wide = Sample.Refresh("unheard:of", "https://unheard.example");
        Client thief = Sample.Web with { ClientId = "thief" };
        IsRefused(Refusal.RefreshTokenUnknown, "invalid_grant", Decide(everything, 1, thief, request: wide, issuer: "https://other.example"));
        IsRefused(Refusal.RefreshTokenOfAnotherClient, "invalid_grant", Decide(everything, 1, thief, request: wide));
        IsRefused(Refusal.GrantRevoked, "invalid_grant", Decide(everything, 1, request: wide));
        everything = everything with { State = GrantState.Active };
        IsRefused(Refusal.KeyMismatch, "invalid_grant", Decide(everything, 1, request: wide, provenKey: "other"));
        IsRefused(Refusal.GrantExpired, "invalid_grant", Decide(everything, 1, request: wide, provenKey: "mine"));
        everything = everything with { ExpiresAt = null };
        IsRefused(Refusal.RefreshTokenIdle, "invalid_grant", Decide(everything, 1, request: wide, provenKey: "mine"));
        everything = everything with { IdleExpiresAt = null };
        Assert.IsType<Replayed>(Decide(everything, 1, request: wide, provenKey: "mine"));
        IsRefused(Refusal.ScopeWidened, "invalid_scope", Decide(everything, 5, request: wide, provenKey: "mine"));
        IsRefused(Refusal.ScopeWidened, "invalid_scope", Decide(everything, 9, request: wide, provenKey: "mine"));
    }

    [Fact]
    public void The_public_answer_to_every_bad_token_is_the_same()
    {
        Grant grant = Sample.Grant();
        TokenDecision[] decisions =
        [
            Decide(null, 5), Decide(grant, 5, Sample.Web with { ClientId = "thief" }), Decide(grant with { State = GrantState.Revoked }, 5),
            Decide(grant with { ExpiresAt = Sample.Now }, 5), Decide(grant with { IdleExpiresAt = Sample.Now }, 5), Decide(grant, 1),
        ];
        Assert.Single(decisions.Select(d => d is Replayed replayed ? replayed.Error : ((Refused)d).Error).Select(e => (e.Code, e.Description)).Distinct());
    }
}
