using System.Collections.Concurrent;
using System.Threading.Tasks.Sources;
using Evergrant.Protocol.Storage;

namespace Evergrant.Sqlite;

/// <summary>One thing that waits to be written, and the answer that its caller waits for. Used again after it was answered and read.</summary>
internal sealed class Pending : IValueTaskSource<CommitResult>
{
    private const int Kept = 1024;
    private static readonly ConcurrentQueue<Pending> Free = new();

    private ManualResetValueTaskSourceCore<CommitResult> _core = new() { RunContinuationsAsynchronously = true };
    private Change? _change;
    private EventRecord? _record;
    private Func<Tables, CommitResult>? _work;
    private CancellationToken _cancellation;
    private CommitResult _result;
    private Exception? _refusal;

    /// <summary>A change, with the event that goes with it.</summary>
    public static Pending For(Change change, EventRecord? record, CancellationToken cancellationToken)
    {
        Pending pending = Take(cancellationToken);
        pending._change = change;
        pending._record = record;
        return pending;
    }

    /// <summary>Any other work on the tables; Conflict undoes it.</summary>
    public static Pending For(Func<Tables, CommitResult> work, CancellationToken cancellationToken)
    {
        Pending pending = Take(cancellationToken);
        pending._work = work;
        return pending;
    }

    /// <summary>What the caller awaits, once.</summary>
    public ValueTask<CommitResult> Answer => new(this, _core.Version);

    /// <summary>Whether nobody waits any more. Asked once, before the work begins.</summary>
    public bool IsCancelled => _cancellation.IsCancellationRequested;

    // One conditional statement needs no savepoint: if it fails, it has changed nothing.
    private bool NeedsSavepoint => _work is not null || _record is not null || _change is Together;

    /// <summary>Does the work inside the open transaction. An error of this item alone is kept for its answer and leaves nothing behind.</summary>
    /// <exception cref="SqliteException">The transaction as a whole cannot go on.</exception>
    public void Execute(Tables tables, Transaction transaction)
    {
        bool guarded = NeedsSavepoint;
        try
        {
            if (guarded) transaction.Savepoint();
            _result = Work(tables);
            if (!guarded) return;
            if (_result == CommitResult.Committed) transaction.Keep();
            else transaction.Undo();
        }
        catch (Exception e) when (transaction.IsOpen && e is not SqliteException { IsOfStatement: false })
        {
            if (guarded) transaction.Undo();
            _refusal = e is SqliteException ? new StoreUnavailableException("The change was refused.", e) : e;
        }
    }

    /// <summary>The transaction is durable: answers what was found in it.</summary>
    public void Complete()
    {
        if (_refusal is null) _core.SetResult(_result);
        else _core.SetException(_refusal);
    }

    /// <summary>Answers that it may or may not be durable.</summary>
    public void CompleteUnknown()
    {
        if (_refusal is null) _core.SetResult(CommitResult.Unknown);
        else _core.SetException(_refusal);
    }

    /// <summary>Answers that nothing was changed.</summary>
    public void Refuse(Exception reason) => _core.SetException(reason);

    /// <summary>Answers that it was not begun.</summary>
    public void Cancel() => _core.SetException(new OperationCanceledException(_cancellation));

    CommitResult IValueTaskSource<CommitResult>.GetResult(short token)
    {
        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            Return();
        }
    }

    ValueTaskSourceStatus IValueTaskSource<CommitResult>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<CommitResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    /// <summary>Gives it back unused.</summary>
    public void Return()
    {
        (_change, _record, _work, _cancellation, _refusal) = (null, null, null, default, null);
        _core.Reset();
        if (Free.Count < Kept) Free.Enqueue(this);
    }

    private CommitResult Work(Tables tables)
    {
        if (_work is not null) return _work(tables);
        if (_change is not null && !SqliteGrantStore.Apply(tables, _change)) return CommitResult.Conflict;
        if (_record is not null) tables.Events.Add(_record);
        return CommitResult.Committed;
    }

    private static Pending Take(CancellationToken cancellationToken)
    {
        if (!Free.TryDequeue(out Pending? pending)) pending = new();
        pending._cancellation = cancellationToken;
        return pending;
    }
}
