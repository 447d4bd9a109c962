namespace Evergrant.Fire.History;

/// <summary>What an operation may answer and do in a state: at most one way to say yes and one to say no.</summary>
/// <param name="CanSucceed">Whether yes is allowed.</param>
/// <param name="AfterSuccess">The state after yes.</param>
/// <param name="CanFail">Whether no is allowed.</param>
/// <param name="AfterFailure">The state after no.</param>
internal readonly record struct Allowed(bool CanSucceed, ModelState AfterSuccess, bool CanFail, ModelState AfterFailure)
{
    public static Allowed Success(ModelState after) => new(true, after, false, default);

    public static Allowed Failure(ModelState after) => new(false, default, true, after);

    public static Allowed Nothing => default;
}

/// <summary>The promise as a state machine (grants.md, the refresh decision).</summary>
internal sealed class Model(GrantRules rules)
{
    /// <summary>Begins before the redemption, or after it.</summary>
    public ModelState Start(bool redeemed) => new(redeemed ? 1 : 0, false, false, 0, long.MinValue, long.MinValue);

    /// <summary>What is allowed.</summary>
    /// <param name="state">The state it meets.</param>
    /// <param name="operation">The operation.</param>
    /// <param name="index">Number of the token shown; null for one that was never given.</param>
    public Allowed Of(ModelState state, Operation operation, int? index)
    {
        if (operation.Kind == OperationKind.Revoke)
            return Allowed.Success(operation.By == Requester.Stranger || index is null || state.Revoked ? state : state.Dead()) with { CanFail = operation.By == Requester.Stranger, AfterFailure = state };
        if (operation.Kind == OperationKind.AskAccess) return state.Revoked || state.Generation == 0 ? Allowed.Failure(state) : Allowed.Success(state);
        // Row 1 and row 2: whoever does not hold the token changes nothing. Row 3: dead is dead.
        if (index is not { } shown || operation.By == Requester.Stranger || state.Revoked) return Allowed.Failure(state);
        if (operation.Kind == OperationKind.Ask) return Asked(state, shown);
        // Row 8, and a code that is redeemed.
        if (shown == state.Generation) return Allowed.Success(state.Advanced(rules, shown + 1, operation.Invoked, operation.Returned));
        if (shown > state.Generation)
        {
            // Row 10: only after a loss that the drill declared. Otherwise the store must not be behind.
            return state.Lost ? Allowed.Success(state.Advanced(rules, shown + 1, operation.Invoked, operation.Returned)) : Allowed.Nothing;
        }
        if (shown > 0 && shown == state.Generation - 1) return Retried(state, operation);
        return Allowed.Failure(state.Dead());
    }

    // Row 9 where the rule allows; row 6 where it does not. Near the end of the window both are right.
    private Allowed Retried(ModelState state, Operation operation)
    {
        bool may = rules.Retry != RetryForm.Never, must = may;
        if (rules.Retry == RetryForm.Window)
        {
            long shortest = state.RotatedTo == Operation.Pending ? 0 : Math.Max(0, operation.Invoked - state.RotatedTo);
            long longest = operation.Returned == Operation.Pending ? Operation.Pending : operation.Returned - state.RotatedFrom;
            may = shortest < rules.Window + rules.Slack;
            must = longest < rules.Window - rules.Slack;
        }
        if (rules.Budget is { } budget)
        {
            if (state.Retries == ModelState.AnyRetries) must = false;
            else if (state.TotalRetries() >= budget) may = must = false;
        }
        return new Allowed(may, state.Counted(rules), !must, state.Dead());
    }

    private static Allowed Asked(ModelState state, int shown)
    {
        if (shown == 0) return Allowed.Failure(state);
        if (shown == state.Generation) return Allowed.Success(state);
        if (shown < state.Generation) return Allowed.Failure(state);
        return state.Lost ? Allowed.Success(state) : Allowed.Nothing;
    }
}
