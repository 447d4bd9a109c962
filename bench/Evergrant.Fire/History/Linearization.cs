namespace Evergrant.Fire.History;

/// <summary>What the search found.</summary>
/// <param name="Explained">Whether an order of the operations explains all answers.</param>
/// <param name="Undecided">Whether the search was given up; then nothing is said.</param>
/// <param name="Failed">The operation whose answer no order explains.</param>
/// <param name="Before">A state the grant may have been in when that answer came.</param>
internal readonly record struct SearchResult(bool Explained, bool Undecided, Operation? Failed, ModelState Before);

/// <summary>
/// Searches for a linearization (Wing and Gong; just in time, after Lowe): goes through invocations and answers by time and keeps every
/// configuration, a state with the set of open operations that have taken effect in it, that explains all answers up to here.
/// </summary>
/// <remarks>An operation of unknown outcome may take effect at any point until its bound, or never. Three rules keep the configurations few, and none loses an explanation:
/// an operation whose answer is explained now and which changes nothing is placed now; of several that are alike the first to end is placed first;
/// of two configurations that differ only in unknown operations used, the one that used fewer stays.</remarks>
internal sealed class Linearization(GrantHistory history, TokenFamily family)
{
    private const int Most = 20_000;
    private const int Slots = 128;

    private readonly Model _model = new(history.Rules);
    private readonly Operation?[] _open = new Operation?[Slots];
    private readonly int?[] _shown = new int?[Slots];
    private readonly Configurations _next = new();
    private readonly HashSet<Configuration> _seen = [];
    private List<Configuration> _frontier = [];
    private UInt128 _known;
    private int _used;
    private int _kept;

    /// <summary>Searches.</summary>
    /// <param name="operations">The operations, by the time they were invoked.</param>
    public SearchResult Search(IReadOnlyList<Operation> operations)
    {
        _frontier.Add(new Configuration(_model.Start(history.BeginsRedeemed), 0));
        foreach ((long _, bool ends, Operation operation) in Events(operations))
        {
            if (operation.Kind == OperationKind.Loss)
            {
                // What was answered by now will be there after it; or it happens.
                if (ends) _kept = _frontier.Min(c => c.State.Generation);
                else Lose();
                continue;
            }
            if (!ends)
            {
                if (!Open(operation)) return new SearchResult(false, true, null, default);
                continue;
            }
            int slot = Array.IndexOf(_open, operation, 0, _used);
            ModelState before = _frontier[0].State;
            if (!Close(slot)) return new SearchResult(false, true, null, default);
            if (_frontier.Count == 0) return new SearchResult(false, false, operation, before);
        }
        return new SearchResult(true, false, null, default);
    }

    private static List<(long At, bool Ends, Operation Operation)> Events(IReadOnlyList<Operation> operations)
    {
        var events = new List<(long At, bool Ends, Operation Operation)>(operations.Count * 2);
        foreach (Operation operation in operations)
        {
            events.Add((operation.Invoked, false, operation));
            if (operation.Kind == OperationKind.Loss)
            {
                if (operation.Kept is { } kept) events.Add((kept, true, operation));
            }
            else if (operation.Returned != Operation.Pending) events.Add((operation.Returned, true, operation));
        }
        // What begins in the microsecond in which another ends may be before it.
        events.Sort(static (a, b) => a.At != b.At ? a.At.CompareTo(b.At) : a.Ends.CompareTo(b.Ends));
        return events;
    }

    private bool Open(Operation operation)
    {
        int slot = Array.IndexOf(_open, null);
        if (slot < 0) return false;
        _open[slot] = operation;
        _shown[slot] = family.IndexOf(operation.Shown);
        _used = Math.Max(_used, slot + 1);
        if (operation.Outcome == Outcome.Unknown) return true;
        _known |= UInt128.One << slot;
        // Settled at once where it can be: a refusal by a dead family, a question.
        for (int i = 0; i < _frontier.Count; i++) _frontier[i] = Settle(_frontier[i]);
        return true;
    }

    // The answer of this operation is here: it has taken effect in every configuration that stays. One of unknown outcome may also never have.
    private bool Close(int slot)
    {
        UInt128 bit = UInt128.One << slot;
        bool mayBeMissing = _open[slot]!.Outcome == Outcome.Unknown;
        _next.Clear();
        _seen.Clear();
        foreach (Configuration configuration in _frontier)
        {
            if ((configuration.Placed & bit) != 0) _next.Add(configuration with { Placed = configuration.Placed & ~bit }, _known & ~bit);
            else
            {
                if (mayBeMissing) _next.Add(configuration, _known & ~bit);
                if (!Place(configuration, slot, bit)) return false;
            }
        }
        _open[slot] = null;
        _known &= ~bit;
        while (_used > 0 && _open[_used - 1] is null) _used--;
        _frontier = _next.Take(_frontier);
        return true;
    }

    private bool Place(Configuration configuration, int until, UInt128 bit)
    {
        if (!_seen.Add(configuration)) return true;
        if (_seen.Count > Most) return false;
        for (int slot = 0; slot < _used; slot++)
        {
            if (_open[slot] is not { } operation || (configuration.Placed & (UInt128.One << slot)) != 0) continue;
            Allowed allowed = _model.Of(configuration.State, operation, _shown[slot]);
            if (slot != until && IsBehindOneAlike(slot, configuration, allowed)) continue;
            if (allowed.CanSucceed && Fits(operation, slot, configuration.State, success: true) && !Step(allowed.AfterSuccess, slot)) return false;
            if (allowed.CanFail && Fits(operation, slot, configuration.State, success: false) && !Step(allowed.AfterFailure, slot)) return false;
        }
        return true;

        bool Step(ModelState after, int slot)
        {
            // Using up an unknown operation that changes nothing explains nothing.
            if (_open[slot]!.Outcome == Outcome.Unknown && after == configuration.State) return true;
            Configuration stepped = Settle(new Configuration(after, configuration.Placed | (UInt128.One << slot)));
            if (slot != until && (stepped.Placed & bit) == 0) return Place(stepped, until, bit);
            _next.Add(stepped with { Placed = stepped.Placed & ~bit }, _known & ~bit);
            return true;
        }
    }

    // Places every open operation of known outcome that this state explains and that changes nothing.
    private Configuration Settle(Configuration configuration)
    {
        UInt128 placed = configuration.Placed;
        // A dead family takes no notice of unknown operations: which of them were used does not matter any more.
        if (configuration.State.Revoked) placed &= _known;
        for (UInt128 rest = _known & ~placed; rest != 0; rest &= rest - 1)
        {
            int slot = (int)UInt128.TrailingZeroCount(rest);
            Operation operation = _open[slot]!;
            Allowed allowed = _model.Of(configuration.State, operation, _shown[slot]);
            bool success = operation.Outcome == Outcome.Ok;
            if (!(success ? allowed.CanSucceed : allowed.CanFail) || (success ? allowed.AfterSuccess : allowed.AfterFailure) != configuration.State) continue;
            if (Fits(operation, slot, configuration.State, success)) placed |= UInt128.One << slot;
        }
        return configuration with { Placed = placed };
    }

    private bool Fits(Operation operation, int slot, ModelState state, bool success)
    {
        if (operation.Outcome == Outcome.Unknown) return true;
        if (operation.Outcome == Outcome.Ok != success) return false;
        // The successor of a token is known by its index: a token that is shown again gives the same one.
        return !success || operation.Kind is not (OperationKind.Refresh or OperationKind.Redeem) || family.IndexOf(operation.Given) == _shown[slot] + 1;
    }

    // Whether another open operation of the same kind, token and answer ends before this one and is not placed yet.
    private bool IsBehindOneAlike(int slot, Configuration configuration, Allowed allowed)
    {
        Operation operation = _open[slot]!;
        // Where the instant of a rotation counts, who rotated matters.
        if (history.Rules.Retry == RetryForm.Window && allowed.CanSucceed && allowed.AfterSuccess.Generation != configuration.State.Generation) return false;
        for (int other = 0; other < _used; other++)
        {
            if (other == slot || _open[other] is not { } alike || (configuration.Placed & (UInt128.One << other)) != 0) continue;
            if (alike.Kind == operation.Kind && alike.Shown == operation.Shown && alike.By == operation.By && alike.Outcome == operation.Outcome && alike.Given == operation.Given
                && (alike.Returned < operation.Returned || (alike.Returned == operation.Returned && other < slot))) return true;
        }
        return false;
    }

    // Open operations with a good answer still to come that this state explains: the server may have had it before the loss.
    private UInt128 Answered(Configuration configuration)
    {
        UInt128 answered = 0;
        for (UInt128 rest = _known & ~configuration.Placed; rest != 0; rest &= rest - 1)
        {
            int slot = (int)UInt128.TrailingZeroCount(rest);
            if (_open[slot]!.Outcome == Outcome.Ok && _model.Of(configuration.State, _open[slot]!, _shown[slot]).CanSucceed) answered |= UInt128.One << slot;
        }
        return answered;
    }

    // The store goes back to any earlier state, or any since what is known to be kept; what was open may be there or not.
    private void Lose()
    {
        _next.Clear();
        foreach (Configuration configuration in _frontier)
        {
            ModelState state = configuration.State;
            UInt128 answered = Answered(configuration);
            for (int generation = Math.Min(_kept, state.Generation); generation <= state.Generation; generation++)
            {
                var earlier = new ModelState(generation, false, true, history.Rules.Budget is null ? 0 : ModelState.AnyRetries, 0, history.Rules.Retry == RetryForm.Window ? Operation.Pending : 0);
                // Every set of those that were answered may have been made and lost; the others come after the loss.
                UInt128 made = 0;
                do
                {
                    _next.Add(new Configuration(earlier, configuration.Placed | made), _known);
                    if (state.Revoked) _next.Add(new Configuration(earlier.Dead(), configuration.Placed | made), _known);
                    made = (made - answered) & answered;
                }
                while (made != 0);
            }
        }
        _frontier = _next.Take(_frontier);
        _kept = 0;
    }
}
