using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;
using Evergrant.Protocol.Token;

namespace Evergrant.Fire.Explorer;

/// <summary>What came out.</summary>
/// <param name="States">Different states.</param>
/// <param name="Steps">Steps taken between them.</param>
/// <param name="Depth">Steps of the longest way to a new state.</param>
/// <param name="Violation">The invariant and the sentence; null when everything held.</param>
/// <param name="Trace">The shortest way there, one step a line.</param>
internal sealed record ExplorationResult(int States, long Steps, int Depth, string? Violation, IReadOnlyList<string> Trace);

/// <summary>
/// Goes through every interleaving of a few clients' requests, a thief's, a stranger's, a revocation, crashes, a store that goes back, key rotation and clock steps,
/// breadth first, each state once, and asserts the invariants of grants.md at every step. The space is finite, because everything may happen only so often.
/// </summary>
internal sealed class Exploration(Rules rules, Budget left, int slots)
{
    private readonly HashSet<World> _seen = [];
    private readonly List<(int From, Step Step)> _ways = [];
    private readonly Dictionary<(RowView Row, Actor Actor, byte Shown, byte ShownKey, byte Clock, byte Key), TokenDecision> _decisions = [];
    private List<(World World, int Way)> _next = [];
    private World _at;
    private int _way;
    private long _steps;
    private string? _violation;
    private Step _violatedBy;

    /// <summary>Explores until there is nothing new, or an invariant breaks.</summary>
    /// <param name="cancellationToken">Ends it early.</param>
    public ExplorationResult Run(CancellationToken cancellationToken)
    {
        World start = Start();
        _seen.Add(start);
        _ways.Add((-1, default));
        List<(World World, int Way)> level = [(start, 0)];
        int depth = 0;
        for (; level.Count > 0 && _violation is null; depth++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _next = [];
            foreach ((World world, int way) in level)
            {
                (_at, _way) = (world, way);
                Steps(world);
                if (_violation is not null) break;
            }
            level = _next;
        }
        return new ExplorationResult(_seen.Count, _steps, depth - 1, _violation, _violation is null ? [] : [.. Trace(), _violatedBy.ToString()]);
    }

    /// <summary>Goes one way instead of all: a long history, with the same assertions at every step.</summary>
    /// <param name="choices">Which of the next steps is taken, modulo their number; the history ends with them.</param>
    public ExplorationResult Walk(IEnumerable<int> choices)
    {
        _at = Start();
        _ways.Add((-1, default));
        foreach (int choice in choices)
        {
            _next = [];
            _seen.Clear();
            Steps(_at);
            if (_violation is not null || _next.Count == 0) break;
            (_at, _way) = _next[(int)((uint)choice % (uint)_next.Count)];
        }
        return new ExplorationResult(_ways.Count, _steps, _ways.Count, _violation, _violation is null ? [] : [.. Trace(), _violatedBy.ToString()]);
    }

    private World Start() => new(new(RowState.Pending, 0, 0, 1, 0), new(RowState.Pending, 0, 0, 1, 0), default, default, default, 0, World.Nothing, 0, 0, 0, 1, false, false, left);

    private void Steps(World world)
    {
        int free = -1;
        for (int slot = 0; slot < slots && _violation is null; slot++)
        {
            Request request = world[slot];
            switch (request.Phase)
            {
                case Phase.Free:
                    if (free < 0) free = slot;
                    break;
                case Phase.Decided:
                    Commit(world, slot, request);
                    if (rules.AnswersEarly && request.Actor != Actor.Revoker && Decide(request) is Granted early)
                        Take(Learnt(world, request.Actor, (byte)early.RefreshGeneration!, (byte)early.Grant.KeyNumber), new("{0} is given {1} before the commit", request.Actor, (int)early.RefreshGeneration!));
                    break;
                default:
                    Answer(world, slot, request);
                    break;
            }
        }
        Happen(world);
        if (free >= 0) Send(world, free);
    }

    // Pure, so asked once.
    private TokenDecision Decide(Request request)
    {
        var asked = (request.Read, request.Actor, request.Shown, request.ShownKey, request.Clock, request.Key);
        if (_decisions.TryGetValue(asked, out TokenDecision? decision)) return decision;
        return _decisions[asked] = rules.Decide(request.Actor, request.Shown, request.ShownKey, rules.Row(request.Read), Rules.At(request.Clock), Rules.KeysOf(request.Key));
    }

    // What nobody asked for.
    private void Happen(World world)
    {
        Budget may = world.Left;
        if (may.Crashes > 0 && (world.First.Phase != Phase.Free || (RowState)rules.AfterCrash(rules.Row(world.Row)).State != world.Row.State))
            Take(world with { First = default, Second = default, Third = default, Row = Rules.View(rules.AfterCrash(rules.Row(world.Row))), Left = may with { Crashes = (byte)(may.Crashes - 1) } }, new("the node crashes, and everything under way with it"));
        if (may.Losses > 0 && world.Before != world.Row)
            Take(world with { Row = world.Before, Lost = true, Left = may with { Losses = (byte)(may.Losses - 1) } }, new("the store goes back to {1}", Token: world.Before.Generation));
        if (may.Rotations > 0 && world.Key < Rules.LastKey) Take(world with { Key = (byte)(world.Key + 1), Left = may with { Rotations = (byte)(may.Rotations - 1) } }, new("the credential key is rotated"));
        if (may.Ticks > 0) Take(world with { Clock = (byte)(world.Clock + 1), Left = may with { Ticks = (byte)(may.Ticks - 1) } }, new("40 seconds pass"));
        if (may.Thefts > 0 && world.Stolen != world.Held) Take(world with { Stolen = world.Held }, new("the thief copies {1}", Token: world.Held));
    }

    private void Send(World world, int slot)
    {
        Budget may = world.Left;
        if (may.Sends > 0)
        {
            World sent = world with { Left = may with { Sends = (byte)(may.Sends - 1) } };
            Read(sent, slot, Actor.Holder, world.Held);
            if (world.Held > 0) Read(sent, slot, Actor.Holder, (byte)(world.Held - 1));
        }
        if (may.Thefts > 0 && world.Stolen != World.Nothing) Read(world with { Left = may with { Thefts = (byte)(may.Thefts - 1) } }, slot, Actor.Thief, world.Stolen);
        if (may.Strangers > 0) Read(world with { Left = may with { Strangers = (byte)(may.Strangers - 1) } }, slot, Actor.Stranger, world.Held);
        if (may.Revocations > 0 && world.Held > 0) Read(world with { Left = may with { Revocations = (byte)(may.Revocations - 1) } }, slot, Actor.Revoker, world.Held);
    }

    // The row is read and the decision made; a refusal is answered at once.
    private void Read(World world, int slot, Actor actor, byte shown)
    {
        byte shownKey = KeyOf(world, shown);
        var request = new Request(Phase.Decided, actor, shown, shownKey, world.Row, world.Clock, world.Key, 0, 0);
        if (actor == Actor.Revoker)
        {
            Take(world.Row.State == RowState.Revoked ? world with { Confirmed = true } : world.With(slot, request), new Step("{0} shows {1}", actor, shown));
            return;
        }
        TokenDecision decision = Decide(request);
        Due due = Oracle.Of(rules.Policy, world.Row, actor, shown, world.Clock);
        var what = new Step("{0} shows {1}: {2}", actor, shown, decision.Name);
        if (decision is Refused or Replayed { Change: null })
        {
            if (due == Due.Death && world.Row.State != RowState.Revoked) Broken("I5", "a replay outside the rule ended nothing", what);
            else if (due != Due.Refusal) Broken(due == Due.Repetition ? "I4" : "I9", $"{due} was due, and the answer was a refusal", what);
            Take(world, what);
            return;
        }
        Take(world.With(slot, request), what);
    }

    private void Commit(World world, int slot, Request request)
    {
        Grant row = rules.Row(world.Row);
        var what = new Step("the change of the {0} with {1} is committed", request.Actor, request.Shown);
        if (request.Actor == Actor.Revoker)
        {
            Grant? revoked = rules.Apply(row, new RevokeGrant(row.Id, RevocationCause.RevokedByClient, Rules.At(request.Clock)));
            Changed(world, revoked, slot, request with { Phase = Phase.Committed }, what);
            return;
        }
        TokenDecision decision = Decide(request);
        Due due = Oracle.Of(rules.Policy, request.Read, request.Actor, request.Shown, request.Clock);
        Change change = decision is Replayed replayed ? replayed.Change! : ((Granted)decision).Change;
        if (rules.Apply(row, change) is not { } after)
        {
            // The world moved: read and decided again.
            Read(world.With(slot, default), slot, request.Actor, request.Shown);
            return;
        }
        Judge(world, request, decision, due, row, after, what);
        Request answered = decision is Granted granted ? request with { Phase = Phase.Committed, Given = (byte)granted.RefreshGeneration!, GivenKey = (byte)granted.Grant.KeyNumber } : default;
        Changed(world, after, slot, answered, what);
    }

    private void Changed(World world, Grant? after, int slot, Request request, Step what)
    {
        World then = (after is null ? world : world with { Row = Rules.View(after), Before = world.Row }).With(slot, request);
        Take(then, what);
    }

    // The request that is committed must be one that the row allows now.
    private void Judge(World world, Request request, TokenDecision decision, Due due, Grant row, Grant after, Step what)
    {
        if (after.ExpiresAt != row.ExpiresAt && row.Generation > 0) Broken("I6", "the absolute end moved", what);
        if (after.Retries.Bits is < 0 or >= 1L << 40) Broken("I8", "the history of retries grew", what);
        if (decision is Replayed)
        {
            if (due != Due.Death) Broken("I9", $"{due} was due, and the family died", what);
            return;
        }
        Due now = Oracle.Of(rules.Policy, world.Row, request.Actor, request.Shown, request.Clock);
        if (row.State == GrantState.Revoked) Broken("I3", "a token was given after the grant was revoked", what);
        else if (now == Due.CatchingUp && !world.Lost) Broken("I1", "the store is behind a token, and nothing was lost", what);
        else if (now is Due.Death or Due.Refusal) Broken("I5", $"{now} was due, and a token was given", what);
        else if (now is Due.Advance or Due.CatchingUp && after.Generation != request.Shown + 1) Broken("I2", "the successor is not the next generation", what);
        else if (now == Due.Repetition && (after.Generation != row.Generation || after.Retries != (Oracle.IsUncounted(rules.Policy, world.Row, request.Clock) ? row.Retries : row.Retries.Counted()))) Broken("I2", "a retry changed more than its count", what);
        if (decision is Granted granted && granted.RefreshGeneration != request.Shown + 1) Broken("I2", "the answer does not carry the successor", what);
    }

    private void Answer(World world, int slot, Request request)
    {
        World done = world.With(slot, default);
        if (request.Actor == Actor.Revoker)
        {
            Take(done with { Confirmed = true }, new("the revocation is confirmed"));
            return;
        }
        Take(Learnt(done, request.Actor, request.Given, request.GivenKey), new("{0} is given {1}", request.Actor, request.Given));
        Take(done, new("the answer with {1} is lost", request.Actor, request.Given));
    }

    private World Learnt(World world, Actor actor, byte given, byte key)
    {
        int shift = 2 * given;
        byte known = (byte)((world.Keys >> shift) & 3);
        if (known != 0 && known != key && !world.Lost) Broken("I2", $"T{given} was given twice, and not the same", new("{0} is given {1}", actor, given));
        world = world with { Keys = (world.Keys & ~((UInt128)3 << shift)) | ((UInt128)key << shift), MostGiven = Math.Max(world.MostGiven, given) };
        return actor == Actor.Thief ? world with { Stolen = given } : world with { Held = Math.Max(world.Held, given) };
    }

    // Whoever shows a token shows it as it was given; one that was never given is shown by nobody.
    private static byte KeyOf(World world, int shown) => shown == 0 ? (byte)1 : Math.Max((byte)1, (byte)((world.Keys >> (2 * shown)) & 3));

    private void Take(World world, Step step)
    {
        if (_violation is not null) return;
        _steps++;
        if (!world.Lost)
        {
            if (world.Row.Generation < _at.Row.Generation) Broken("I1", "the generation fell", step);
            if (_at.Row.State == RowState.Revoked && world.Row.State != RowState.Revoked) Broken("I3", "a revoked grant came back to life", step);
            if (world.Confirmed && world.Row.State != RowState.Revoked) Broken("I3", "a revocation is confirmed and not durable", step);
            if (world.MostGiven > world.Row.Generation) Broken("I1", "a token was given that the store does not know", step);
        }
        world = world.InOrder();
        if (!_seen.Add(world)) return;
        _ways.Add((_way, step));
        _next.Add((world, _ways.Count - 1));
    }

    private void Broken(string invariant, string sentence, Step step)
    {
        if (_violation is null) (_violation, _violatedBy) = ($"{invariant}: {sentence}", step);
    }

    private List<string> Trace()
    {
        List<string> steps = [];
        for (int way = _way; way > 0; way = _ways[way].From) steps.Insert(0, _ways[way].Step.ToString());
        return steps;
    }
}
