using Evergrant.Fire.History;

namespace Evergrant.Fire.Tests.History;

/// <summary>Random clients at a toy server: parallel requests, lost answers, retries, thieves, restarts. Time is made up, so a run takes microseconds.</summary>
internal sealed class ToyRun(GrantRules rules, ToyFault fault, Random random, int grant = 1)
{
    private readonly PriorityQueue<Action, long> _events = new();
    private readonly ToyServer _server = new(rules, fault, random, grant);
    private readonly Dictionary<TokenHash, int> _generations = [];
    private readonly List<TokenHash> _held = [];
    private long _now;
    private int _left;

    /// <summary>Runs and gives the history.</summary>
    public GrantHistory Run(int operations, int clients, bool bounded = false)
    {
        TokenHash code = _server.Token(0);
        var history = new GrantHistory(grant, rules) { Root = code };
        Know(code, 0);
        _left = operations;
        for (int i = 0; i < clients; i++) _events.Enqueue(() => Send(history, bounded), i == 0 ? 0 : 50_000 + i);
        while (_events.TryDequeue(out Action? next, out long at))
        {
            _now = at;
            next();
        }
        return history;
    }

    private void Send(GrantHistory history, bool bounded)
    {
        if (_left-- <= 0) return;
        if (random.Next(25) == 0) _server.Restart(_now);
        (OperationKind kind, TokenHash shown, Requester by) = Choose(history.Operations.Count == 0);
        Operation operation = history.Add(new Operation { Kind = kind, Shown = shown, By = by, Invoked = _now });
        long read = _now + random.Next(1, 20_000), effect = read + random.Next(1, 20_000), end = effect + random.Next(1, 20_000);
        int fate = random.Next(20);
        if (fate == 0)
        {
            // Lost: it takes effect or not, and nobody is told; sometimes long after the client has gone on.
            effect += random.Next(3) == 0 ? random.Next(200_000) : 0;
            if (bounded) operation.Returned = Math.Max(end, effect);
            if (random.Next(2) == 0) _events.Enqueue(() => _server.Take(kind, Index(shown), by, _server.Read(), effect), effect);
        }
        else
        {
            _events.Enqueue(() =>
            {
                ToyServer.View view = _server.Read();
                _events.Enqueue(() =>
                {
                    (bool ok, TokenHash given, int generation) = _server.Take(kind, Index(shown), by, view, effect);
                    _events.Enqueue(() => End(operation, ok, given, generation, end), end);
                }, effect);
            }, read);
        }
        int[] pauses = [1, 1_000, 30_000, 60_000, 400_000, 1_500_000];
        _events.Enqueue(() => Send(history, bounded), (fate == 0 ? _now + 40_000 : end) + pauses[random.Next(pauses.Length)]);
    }

    private void End(Operation operation, bool ok, TokenHash given, int generation, long at)
    {
        operation.Returned = at;
        operation.Outcome = ok ? Outcome.Ok : Outcome.Error;
        if (operation.Kind is OperationKind.Refresh or OperationKind.Redeem)
        {
            operation.Error = ok ? null : "invalid_grant";
            operation.Given = ok ? given : default;
            // Sometimes the client dies with the answer in its hands.
            if (ok && random.Next(10) != 0) Know(given, generation);
        }
    }

    private (OperationKind Kind, TokenHash Shown, Requester By) Choose(bool first)
    {
        if (first) return (OperationKind.Redeem, _held[0], Requester.Holder);
        TokenHash shown = _held[Math.Max(0, _held.Count - 1 - (random.Next(8) switch { 0 => 1, 1 => random.Next(6) == 0 ? 2 : 1, 2 => 0, _ => 0 }))];
        OperationKind kind = Index(shown) == 0 ? OperationKind.Redeem : OperationKind.Refresh;
        return random.Next(60) switch
        {
            0 => (OperationKind.Revoke, shown, Requester.Holder),
            1 or 2 or 3 => (OperationKind.Ask, shown, Requester.Holder),
            4 or 5 => (OperationKind.AskAccess, shown, Requester.Holder),
            6 => (OperationKind.Refresh, new TokenHash(1), Requester.Holder),
            7 => (OperationKind.Refresh, shown, Requester.Stranger),
            8 => (OperationKind.Revoke, new TokenHash(3), Requester.Holder),
            9 when random.Next(8) == 0 => (OperationKind.Redeem, _held[0], Requester.Holder),
            _ => (kind, shown, Requester.Holder),
        };
    }

    private int? Index(TokenHash token) => _generations.TryGetValue(token, out int index) ? index : null;

    private void Know(TokenHash token, int generation)
    {
        if (_generations.TryAdd(token, generation)) _held.Add(token);
    }
}
