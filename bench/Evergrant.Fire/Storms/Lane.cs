using Evergrant.Fire.Clients;
using Evergrant.Fire.History;
using Evergrant.Fire.Servers;

namespace Evergrant.Fire.Storms;

/// <summary>A request that is under way on a connection.</summary>
/// <param name="Grant">Whose it is.</param>
/// <param name="Operation">Its record.</param>
/// <param name="Forgets">Whether the client shall not learn the successor.</param>
internal readonly record struct UnderWay(HeldGrant Grant, Operation Operation, bool Forgets);

/// <summary>
/// The connections of one thread: sends a request on each, then reads all answers, and records both. An answer is noted when it is read, which may be
/// later than it came: an operation looks longer than it was, never shorter, so nothing right is called wrong.
/// </summary>
internal sealed class Lane : IDisposable
{
    private readonly Wire[] _wires;
    private readonly int[] _nodes;
    private readonly UnderWay?[] _underWay;
    private readonly RequestBuffer _requests;
    private readonly FireClient _stranger;
    private readonly Action<Operation> _lost;
    private int _next;

    /// <summary>Connections that go round the nodes.</summary>
    /// <param name="cluster">The nodes.</param>
    /// <param name="connections">How many.</param>
    /// <param name="first">The node of the first.</param>
    /// <param name="lost">Takes operations that got no answer.</param>
    public Lane(Cluster cluster, int connections, int first = 0, Action<Operation>? lost = null)
    {
        _nodes = [.. Enumerable.Range(0, connections).Select(i => (first + i) % cluster.Nodes.Count)];
        _wires = [.. _nodes.Select(n => new Wire(cluster.Nodes[n].Plan.Port))];
        _underWay = new UnderWay?[connections];
        _requests = new RequestBuffer(cluster.Issuer);
        _stranger = cluster.Client(FireClients.Stranger);
        _lost = lost ?? (static _ => { });
    }

    /// <summary>Connections that are free in this round.</summary>
    public int Free => _wires.Length - _next;

    /// <summary>Requests that were sent in this round.</summary>
    public int Sent { get; private set; }

    /// <summary>Begins grants, several at a time: asks for a code on each free connection, in the visitor's session.</summary>
    /// <param name="visitor">Somebody who has signed in.</param>
    /// <param name="client">The client.</param>
    /// <param name="count">How many, at most as many as connections are free.</param>
    /// <param name="number">Gives each a number.</param>
    /// <returns>Grants with a code; fewer when the server did not answer.</returns>
    public List<HeldGrant> Begin(Visitor visitor, FireClient client, int count, Func<int> number)
    {
        (int At, string Verifier)[] asked = new (int, string)[Math.Min(count, Free)];
        for (int i = 0; i < asked.Length; i++)
        {
            asked[i].At = -1;
            if (!_wires[i].TryConnect()) continue;
            asked[i] = (i, Visitor.NewVerifier());
            _wires[i].TrySend(_requests.Get(Visitor.RequestOf(client, asked[i].Verifier), visitor.Cookies));
        }
        List<HeldGrant> begun = [];
        foreach ((int at, string verifier) in asked)
        {
            if (at < 0 || !_wires[at].TryReceive(out Answer answer)) continue;
            if (Visitor.CodeOf(answer) is { } code) begun.Add(HeldGrant.Of(client, new PendingCode(code, verifier), number()));
        }
        return begun;
    }

    /// <summary>Sends a request on the next free connection, or forgets it when nobody listens there.</summary>
    /// <param name="grant">Whose it is.</param>
    /// <param name="kind">What is asked.</param>
    /// <param name="token">The token or code that is shown.</param>
    /// <param name="by">Who asks.</param>
    /// <param name="forgets">Whether the client shall not learn the successor.</param>
    /// <param name="cut">Whether the connection is cut right after sending.</param>
    /// <returns>Whether it was sent.</returns>
    public bool Send(HeldGrant grant, OperationKind kind, string token, Requester by = Requester.Holder, bool forgets = false, bool cut = false)
    {
        int at = _next++;
        Wire wire = _wires[at];
        if (!wire.TryConnect()) return false;
        FireClient client = by == Requester.Holder ? grant.Client : _stranger;
        ReadOnlySpan<byte> request = kind switch
        {
            OperationKind.Redeem => _requests.Redeem(client, token, grant.Code.Verifier),
            OperationKind.Refresh => _requests.Refresh(client, token),
            OperationKind.Revoke => _requests.Revoke(client, token),
            OperationKind.AskAccess => _requests.Introspect(_stranger, token),
            _ => _requests.Introspect(client, token),
        };
        Operation operation = grant.History.Add(new Operation { Kind = kind, By = by, Shown = TokenHash.Of(token), Node = _nodes[at], Invoked = MonotonicClock.Now });
        wire.TrySend(request);
        if (cut) wire.Abort();
        Sent++;
        _underWay[at] = new UnderWay(grant, operation, forgets);
        return true;
    }

    /// <summary>Reads every answer of this round.</summary>
    public void Receive()
    {
        for (int i = 0; i < _next; i++)
        {
            if (_underWay[i] is not { } sent) continue;
            _underWay[i] = null;
            if (_wires[i].TryReceive(out Answer answer)) Note(sent, answer);
            else _lost(sent.Operation);
        }
        _next = 0;
        Sent = 0;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Wire wire in _wires) wire.Dispose();
    }

    private static void Note(UnderWay sent, Answer answer)
    {
        (HeldGrant grant, Operation operation, bool forgets) = sent;
        operation.Status = answer.Status;
        operation.Decision = answer.Decision;
        operation.Error = answer.Status == 200 ? null : answer.Error;
        // 429 and 5xx promise nothing: what was asked may have happened or not.
        if (answer.Status is 429 or >= 500) return;
        operation.Returned = MonotonicClock.Now;
        bool isQuestion = operation.Kind is OperationKind.Ask or OperationKind.AskAccess;
        operation.Outcome = answer.Status == 200 && (!isQuestion || answer.IsActive) ? Outcome.Ok : Outcome.Error;
        if (operation.Kind is not (OperationKind.Refresh or OperationKind.Redeem))
        {
            if (operation is { Kind: OperationKind.Revoke, By: Requester.Holder, Outcome: Outcome.Ok } && grant.History.Operations.Count > 0) grant.Refused++;
            return;
        }
        if (operation.Outcome == Outcome.Error)
        {
            if (operation.By == Requester.Holder && operation.Shown == (grant.Newest is { } newest ? TokenHash.Of(newest) : TokenHash.None)) grant.Refused++;
            return;
        }
        string? given = answer.RefreshToken;
        operation.Given = given is null ? TokenHash.None : TokenHash.Of(given);
        if (given is null || forgets) return;
        grant.Learn(given);
        grant.AccessToken = answer.AccessToken;
        grant.Refused = 0;
    }
}
