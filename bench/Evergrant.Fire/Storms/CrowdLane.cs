using Evergrant.Fire.Clients;
using Evergrant.Fire.History;

namespace Evergrant.Fire.Storms;

/// <summary>One thread of a crowd: what it does with its grants, round by round.</summary>
internal sealed class CrowdLane : IDisposable
{
    // A grant that is refused is asked about a few times more, so that a family that rises again is seen.
    private const int RefusalsUntilClosed = 3;
    private const int Tries = 2_000;
    private const int MostAtOnce = 8;
    private readonly Crowd _crowd;
    private readonly Lane _lane;
    private readonly Visitor _visitor;
    private readonly Random _random;
    private readonly List<HeldGrant> _grants = [];
    private readonly int _number;

    public CrowdLane(Crowd crowd, int number, Visitor visitor)
    {
        _crowd = crowd;
        _number = number;
        _lane = new Lane(crowd.Cluster, crowd.Plan.Connections, number, crowd.Lost);
        _visitor = visitor.SameSession(crowd.Cluster.Nodes[number % crowd.Cluster.Nodes.Count].Plan.Port);
        _random = new Random(HashCode.Combine(crowd.Plan.Seed, number));
    }

    /// <summary>Works until the crowd stops, then probes and closes.</summary>
    public void Run()
    {
        while (!_crowd.IsStopping)
        {
            _crowd.Rest();
            Renew();
            Round();
        }
        Probe();
        foreach (HeldGrant grant in _grants) _crowd.Close(grant.History, grant.Refused == 0);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _lane.Dispose();
        _visitor.Dispose();
    }

    private void Round()
    {
        int from = _grants.Count == 0 ? 0 : _random.Next(_grants.Count);
        for (int i = 0; i < _grants.Count && _lane.Free > 0; i++) Act(_grants[(from + i) % _grants.Count]);
        if (_lane.Sent == 0) Crowd.NobodyListens();
        _crowd.Counted(_lane.Sent);
        _lane.Receive();
    }

    // Closes what is dead or long, and has new grants instead; a few at a time, so that the rounds go on.
    private void Renew()
    {
        for (int i = _grants.Count - 1; i >= 0; i--)
        {
            HeldGrant grant = _grants[i];
            if (grant.Refused < RefusalsUntilClosed && grant.History.Operations.Count < _crowd.Plan.Longest) continue;
            _crowd.Close(grant.History, probed: false);
            _grants.RemoveAt(i);
        }
        int missing = Math.Min(MostAtOnce, _crowd.Plan.Grants - _grants.Count);
        if (missing <= 0) return;
        FireClient client = _crowd.Cluster.Client(_crowd.Plan.Clients[_random.Next(_crowd.Plan.Clients.Count)]);
        List<HeldGrant> begun = _lane.Begin(_visitor, client, missing, _crowd.NextNumber);
        _crowd.Counted(begun.Count);
        // A session may have been lost with its node, or a page comes first: as a browser does, one by one.
        if (begun.Count == 0)
        {
            _visitor.GoTo(_crowd.Cluster.Nodes[_random.Next(_crowd.Cluster.Nodes.Count)].Plan.Port);
            if (_visitor.Authorize(client) is { } code) begun = [HeldGrant.Of(client, code, _crowd.NextNumber())];
            else Crowd.NobodyListens();
        }
        _grants.AddRange(begun);
    }

    private void Act(HeldGrant grant)
    {
        if (grant.Newest is not { } newest)
        {
            _lane.Send(grant, OperationKind.Redeem, grant.Code.Code);
            // Without an answer the code is shown once more; that may end the grant, and then it is closed.
            if (grant.History.Operations.Count > RefusalsUntilClosed) grant.Refused = RefusalsUntilClosed;
            return;
        }
        if (grant.Refused > 0)
        {
            Doubt(grant, newest);
            return;
        }
        switch (Choose())
        {
            case 1:
                for (int n = _random.Next(2, 5); n > 0 && _lane.Free > 0; n--) _lane.Send(grant, OperationKind.Refresh, newest);
                break;
            case 2: _lane.Send(grant, OperationKind.Refresh, newest, forgets: true); break;
            case 3: _lane.Send(grant, OperationKind.Refresh, newest, cut: true); break;
            case 4: _lane.Send(grant, OperationKind.Refresh, grant.Older(1) ?? newest); break;
            case 5: _lane.Send(grant, OperationKind.Refresh, grant.Older(2 + _random.Next(3)) ?? newest); break;
            case 6: Revoke(grant, newest); break;
            case 7: Ask(grant, newest); break;
            case 8: Stranger(grant, newest); break;
            case 9: _lane.Send(grant, OperationKind.Redeem, grant.Code.Code); break;
            default: _lane.Send(grant, OperationKind.Refresh, newest); break;
        }
    }

    private int Choose()
    {
        IReadOnlyList<int> weights = _crowd.Behaviour.Weights;
        int at = _random.Next(weights.Sum());
        int which = 0;
        while (at >= weights[which]) at -= weights[which++];
        return which;
    }

    private void Revoke(HeldGrant grant, string newest)
    {
        int order = _random.Next(3);
        if (order == 0) _lane.Send(grant, OperationKind.Refresh, newest);
        if (_lane.Free > 0) _lane.Send(grant, OperationKind.Revoke, _random.Next(4) == 0 ? grant.Older(1) ?? newest : newest);
        if (order == 1 && _lane.Free > 0) _lane.Send(grant, OperationKind.Refresh, newest);
    }

    private void Ask(HeldGrant grant, string newest)
    {
        if (grant.Client.Secret is not null && _random.Next(2) == 0) _lane.Send(grant, OperationKind.Ask, _random.Next(3) == 0 ? grant.Older(1) ?? newest : newest);
        else if (grant.AccessToken is { } access) _lane.Send(grant, OperationKind.AskAccess, access);
    }

    private void Stranger(HeldGrant grant, string newest)
    {
        string token = _random.Next(4) == 0 ? grant.Older(2) ?? newest : newest;
        switch (_random.Next(5))
        {
            case 0: _lane.Send(grant, OperationKind.Refresh, token, Requester.Stranger); break;
            case 1: _lane.Send(grant, OperationKind.Revoke, token, Requester.Stranger); break;
            case 2: _lane.Send(grant, OperationKind.Revoke, Forged(token)); break;
            default: _lane.Send(grant, OperationKind.Refresh, Forged(token)); break;
        }
    }

    // One letter of the tag, or of the generation, is another one.
    private string Forged(string token)
    {
        int at = _random.Next(2) == 0 ? token.Length - 3 - _random.Next(20) : 30 + _random.Next(8);
        char other = token[at] == 'A' ? 'B' : 'A';
        return string.Concat(token.AsSpan(0, at), other.ToString(), token.AsSpan(at + 1));
    }

    // The client was refused: it tries again, and asks, before it believes it.
    private void Doubt(HeldGrant grant, string newest)
    {
        grant.Refused++;
        _lane.Send(grant, OperationKind.Refresh, newest);
        if (_lane.Free > 0 && grant.Client.Secret is not null) _lane.Send(grant, OperationKind.Ask, newest);
        if (_lane.Free > 0 && grant.AccessToken is { } access) _lane.Send(grant, OperationKind.AskAccess, access);
    }

    // The last token of every living grant must work, whatever happened before.
    private void Probe()
    {
        HeldGrant[] alive = [.. _grants.Where(g => g.Refused == 0 && g.Newest is not null)];
        var waiting = new Queue<HeldGrant>(alive);
        for (int tries = 0; waiting.Count > 0 && tries < Tries; tries++)
        {
            List<HeldGrant> sent = [], unsent = [];
            while (_lane.Free > 0 && waiting.TryDequeue(out HeldGrant? grant))
            {
                if (_lane.Send(grant, OperationKind.Refresh, grant.Newest!)) sent.Add(grant);
                else unsent.Add(grant);
            }
            if (_lane.Sent == 0) Crowd.NobodyListens();
            _crowd.Counted(_lane.Sent);
            _lane.Receive();
            // Nobody could say: asked again.
            foreach (HeldGrant grant in sent)
            {
                if (grant.History.Operations[^1].Outcome == Outcome.Unknown) unsent.Add(grant);
            }
            foreach (HeldGrant grant in unsent) waiting.Enqueue(grant);
        }
        if (waiting.Count > 0) throw new InvalidOperationException($"lane {_number}: {waiting.Count} grants could not be tried at the end, the server did not answer");
    }
}
