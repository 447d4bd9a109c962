using Evergrant.Protocol;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;
using Evergrant.Protocol.Token;

namespace Evergrant.Fire.Explorer;

/// <summary>Wrong rules, one bug each: the exploration must find every one of them.</summary>
internal static class PlantedBugs
{
    private static readonly OAuthError No = new("invalid_grant", "No.", Refusal.RefreshTokenUnknown);

    /// <summary>The bugs with the invariant that each breaks first.</summary>
    public static IReadOnlyList<(string Name, string Invariant, Func<GrantPolicy, Rules> Make)> All { get; } =
    [
        ("grandparent accepted", "I5", p => new Grandparent(p)),
        ("no reuse detection", "I5", p => new Decided(p, (d, _, _, _) => d is Replayed replayed ? new Refused(replayed.Error, replayed.Grant, replayed.Presented) : d)),
        ("no grace", "I9", p => new Seen(p, (row, shown, _) => shown == row.Generation - 1 && shown > 0 ? row with { Generation = shown + 2 } : row)),
        ("retry refused", "I4", p => new Decided(p, (d, _, _, _) => d is Repeated ? new Refused(No) : d)),
        ("retry advances", "I2", p => new Decided(p, (d, _, row, _) => d is Repeated r
            ? r with { Change = new AdvanceGrant(r.Grant.Id, r.Grant.Generation, r.Grant.Generation + 1, r.Grant.KeyNumber, r.Grant.GenerationAt, r.Grant.IdleExpiresAt, r.Grant.ExpiresAt, r.Grant.Retries, 1, 0) { RetriesBefore = row.Retries }, RefreshGeneration = r.Grant.Generation + 1 } : d)),
        ("retry made with the newest key", "I2", p => new Decided(p, (d, _, _, keys) => d is Repeated r ? r with { Grant = r.Grant with { KeyNumber = keys.CurrentNumber } } : d)),
        ("stranger kills", "I9", p => new Decided(p, (d, actor, row, _) => actor == Actor.Stranger && row.State == GrantState.Active ? new Replayed(No, row, 0, new RevokeGrant(row.Id, RevocationCause.RefreshTokenReplayed, row.GenerationAt)) : d)),
        ("stranger accepted", "I5", p => new Served(p)),
        ("window opened anew", "I5", p => new Seen(p, (row, _, now) => row with { GenerationAt = now })),
        ("budget ignored", "I5", p => new Uncounted(p)),
        ("ahead taken for a replay", "I9", p => new Decided(p, (d, _, row, _) => d is CaughtUp c ? new Replayed(No, row, c.Presented, new RevokeGrant(row.Id, RevocationCause.RefreshTokenReplayed, row.GenerationAt)) : d)),
        ("code redeemed twice", "I5", p => new CodeTwice(p)),
        ("unlocked advance", "I5", p => new Unlocked(p)),
        ("refresh beats revocation", "I3", p => new Resurrecting(p)),
        ("answer before commit", "I1", p => new Early(p)),
        ("revocation lost by a crash", "I3", p => new Forgetful(p)),
    ];

    /// <summary>The decision sees another row.</summary>
    private class Seen(GrantPolicy policy, Func<Grant, int, DateTimeOffset, Grant> seen) : Rules(policy)
    {
        public override TokenDecision Decide(Actor actor, int shown, int shownKey, Grant row, DateTimeOffset now, CredentialKeys keys) => base.Decide(actor, shown, shownKey, seen(row, shown, now), now, keys);
    }

    private sealed class Grandparent(GrantPolicy policy) : Seen(policy, (row, shown, _) => shown >= 1 && shown < row.Generation - 1 ? row with { Generation = shown + 1 } : row)
    {
        // What the wrong decision wants is made.
        public override Grant? Apply(Grant row, Change change) => change is CountRetry count && row.State == GrantState.Active && count.Generation < row.Generation ? row : base.Apply(row, change);
    }

    /// <summary>The decision is turned into another one.</summary>
    private sealed class Decided(GrantPolicy policy, Func<TokenDecision, Actor, Grant, CredentialKeys, TokenDecision> turn) : Rules(policy)
    {
        public override TokenDecision Decide(Actor actor, int shown, int shownKey, Grant row, DateTimeOffset now, CredentialKeys keys) => turn(base.Decide(actor, shown, shownKey, row, now, keys), actor, row, keys);
    }

    private sealed class Served(GrantPolicy policy) : Rules(policy)
    {
        public override TokenDecision Decide(Actor actor, int shown, int shownKey, Grant row, DateTimeOffset now, CredentialKeys keys) => base.Decide(Actor.Holder, shown, shownKey, row, now, keys);
    }

    private sealed class Uncounted(GrantPolicy policy) : Rules(policy)
    {
        public override TokenDecision Decide(Actor actor, int shown, int shownKey, Grant row, DateTimeOffset now, CredentialKeys keys) => base.Decide(actor, shown, shownKey, row with { Retries = default }, now, keys);

        public override Grant? Apply(Grant row, Change change) => base.Apply(row, change is CountRetry count ? count with { Before = null } : change);
    }

    private sealed class CodeTwice(GrantPolicy policy) : Seen(policy, (row, shown, _) => shown == 0 && row.State == GrantState.Active ? row with { State = GrantState.Pending, Generation = 0 } : row)
    {
        public override Grant? Apply(Grant row, Change change) => change is AdvanceGrant { From: 0 } && row.State == GrantState.Active ? row : base.Apply(row, change);
    }

    private sealed class Unlocked(GrantPolicy policy) : Rules(policy)
    {
        public override Grant? Apply(Grant row, Change change) => change is AdvanceGrant a && row.State != GrantState.Revoked ? a.Onto(row) : base.Apply(row, change);
    }

    private sealed class Resurrecting(GrantPolicy policy) : Rules(policy)
    {
        public override Grant? Apply(Grant row, Change change) => change is AdvanceGrant a && row.Generation == a.From ? a.Onto(row) : base.Apply(row, change);
    }

    private sealed class Early(GrantPolicy policy) : Rules(policy)
    {
        public override bool AnswersEarly => true;
    }

    private sealed class Forgetful(GrantPolicy policy) : Rules(policy)
    {
        public override Grant AfterCrash(Grant row) => row.State == GrantState.Revoked ? row with { State = GrantState.Active } : row;
    }
}
