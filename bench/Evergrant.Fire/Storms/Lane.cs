using Evergrant.Fire.Clients;
using Evergrant.Fire.History;

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
internal sealed class Lane(Crowd crowd, int first) : IDisposable
{
    private readonly Wire[] _wires = [.. Enumerable.Range(0, crowd.Plan.Connections).Select(i => new Wire(crowd.Cluster.Nodes[(first + i) % crowd.Cluster.Nodes.Count].Plan.Port))];
    private readonly UnderWay?[] _underWay = new UnderWay?[crowd.Plan.Connections];
    private readonly RequestBuffer _requests = new(crowd.Cluster.Issuer);
    private int _next;

    /// <summary>Connections that are free in this round.</summary>
    public int Free => _wires.Length - _next;

    /// <summary>Requests that were sent in this round.</summary>
    public int Sent => _next;

    /// <summary>Sends a request on the next free connection, or forgets it when nobody listens there.</summary>
    /// <param name="grant">Whose it is.</param>
    /// <param name="kind">What is asked.</param>
    /// <param name="token">The token or code that is shown.</param>
    /// <param name="by">Who asks.</param>
    /// <param name="forgets">Whether the client shall not learn the successor.</param>
    /// <param name="cut">Whether the connection is cut right after sending.</param>
    public void Send(HeldGrant grant, OperationKind kind, string token, Requester by = Requester.Holder, bool forgets = false, bool cut = false)
    {
        int at = _next++;
        Wire wire = _wires[at];
        if (!wire.TryConnect())
        {
            crowd.NobodyListens(wire.Port);
            return;
        }
        FireClient client = by == Requester.Holder ? grant.Client : crowd.Stranger;
        ReadOnlySpan<byte> request = kind switch
        {
            OperationKind.Redeem => _requests.Redeem(client, token, grant.Code.Verifier),
            OperationKind.Refresh => _requests.Refresh(client, token),
            OperationKind.Revoke => _requests.Revoke(client, token),
            OperationKind.AskAccess => _requests.Introspect(crowd.Stranger, token),
            _ => _requests.Introspect(client, token),
        };
        Operation operation = grant.History.Add(new Operation { Kind = kind, By = by, Shown = TokenHash.Of(token), Node = crowd.NodeOf(wire.Port), Invoked = MonotonicClock.Now });
        wire.TrySend(request);
        if (cut) wire.Abort();
        grant.UnderWay++;
        _underWay[at] = new UnderWay(grant, operation, forgets);
    }

    /// <summary>Reads every answer of this round.</summary>
    public void Receive()
    {
        for (int i = 0; i < _next; i++)
        {
            if (_underWay[i] is not { } sent) continue;
            _underWay[i] = null;
            sent.Grant.UnderWay--;
            if (_wires[i].TryReceive(out Answer answer)) Note(sent, answer);
            else crowd.Lost(sent.Operation);
        }
        _next = 0;
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
