using Evergrant.Fire.History;

namespace Evergrant.Fire.Tests.History;

/// <summary>A fault that the toy server can have.</summary>
public enum ToyFault
{
    None,
    UnlockedRace,
    GrandparentAccepted,
    NoReuseDetection,
    NoGrace,
    LostAfterFailover,
    WindowReopened,
    VolatileRevocation,
    RefreshBeatsRevocation,
    FamilyKilledByFault,
    BudgetIgnored,
    CodeTwice,
    ForgedAccepted,
    ForeignKills,
    LateRevocation,
}

/// <summary>A grant in a dozen lines, right unless it is given a fault. It knows nothing of time but what it is told.</summary>
internal sealed class ToyServer(GrantRules rules, ToyFault fault, Random random, int grant)
{
    private View _now;
    private View _snapshot;
    private long? _revokedFrom;

    internal readonly record struct View(int Generation, bool Revoked, long RotatedAt, long Retries, int Fork);

    /// <summary>What a request reads before it decides.</summary>
    public View Read() => _now;

    /// <summary>Name of a token of this grant.</summary>
    public TokenHash Token(int generation, int fork = 0) => new(((ulong)grant << 40) | ((ulong)fork << 20) | (uint)generation | (1UL << 39));

    /// <summary>The machine restarts or fails over: what a right server has written stays.</summary>
    public void Restart(long at)
    {
        if (fault == ToyFault.LostAfterFailover) _now = _snapshot;
        if (fault == ToyFault.WindowReopened) _now = _now with { RotatedAt = at };
        if (fault == ToyFault.VolatileRevocation) _now = _now with { Revoked = false };
    }

    /// <summary>Takes effect at one instant.</summary>
    /// <param name="kind">What is asked.</param>
    /// <param name="index">Generation of the token shown; null for one that is forged.</param>
    /// <param name="by">Who asks.</param>
    /// <param name="read">What was read before.</param>
    /// <param name="at">The instant.</param>
    public (bool Ok, TokenHash Given, int Generation) Take(OperationKind kind, int? index, Requester by, View read, long at)
    {
        if (random.Next(12) == 0) _snapshot = _now;
        View view = fault is ToyFault.UnlockedRace or ToyFault.RefreshBeatsRevocation && kind == OperationKind.Refresh ? read : _now;
        if (_revokedFrom <= at) (_now, view) = (_now with { Revoked = true }, view with { Revoked = true });
        if (by == Requester.Stranger)
        {
            if (fault == ToyFault.ForeignKills) _now = _now with { Revoked = true };
            return default;
        }
        if (index is not { } shown)
        {
            if (fault == ToyFault.ForgedAccepted && kind == OperationKind.Refresh && !view.Revoked) return (true, Token(view.Generation, view.Fork), view.Generation);
            return (kind == OperationKind.Revoke, default, 0);
        }
        if (kind == OperationKind.Revoke)
        {
            if (fault == ToyFault.LateRevocation) _revokedFrom = at + 300_000;
            else _now = _now with { Revoked = true };
            return (true, default, 0);
        }
        if (view.Revoked) return default;
        if (kind == OperationKind.AskAccess) return (view.Generation > 0, default, 0);
        if (kind == OperationKind.Ask) return (shown == view.Generation && shown > 0, default, 0);
        if (fault == ToyFault.CodeTwice && kind == OperationKind.Redeem) (view, _now) = (view with { Generation = 0 }, _now with { Generation = 0 });
        if (shown == view.Generation) return Rotate(view, at);
        bool near = shown == view.Generation - 1 || (fault == ToyFault.GrandparentAccepted && shown == view.Generation - 2);
        if (near && shown > 0 && fault != ToyFault.NoGrace && MayRetry(view, at))
        {
            if (random.Next(fault == ToyFault.FamilyKilledByFault ? 3 : int.MaxValue) == 0) _now = _now with { Revoked = true };
            else _now = _now with { Retries = _now.Retries + ((_now.Retries & 15) < 15 ? 1 : 0) };
            return (true, Token(shown + 1, shown + 1 == view.Generation ? view.Fork : 0), shown + 1);
        }
        if (fault != ToyFault.NoReuseDetection) _now = _now with { Revoked = true };
        return default;
    }

    private (bool Ok, TokenHash Given, int Generation) Rotate(View view, long at)
    {
        // Two that read the same generation without a lock both rotate, each to a token of its own.
        int fork = fault == ToyFault.UnlockedRace && _now.Generation != view.Generation ? random.Next(1, 1000) : 0;
        _now = new View(view.Generation + 1, view.Revoked, at, (view.Retries << 4) & ((1L << 40) - 1), fork);
        return (true, Token(_now.Generation, fork), _now.Generation);
    }

    private bool MayRetry(View view, long at)
    {
        if (rules.Retry == RetryForm.Never || (rules.Retry == RetryForm.Window && at >= view.RotatedAt + rules.Window)) return false;
        if (fault == ToyFault.BudgetIgnored || rules.Budget is not { } budget) return true;
        int total = 0;
        for (long rest = view.Retries; rest != 0; rest >>= 4) total += (int)(rest & 15);
        return total < budget;
    }
}
