using Evergrant.Protocol.Storage;

namespace Evergrant.Sqlite;

/// <summary>The one writer: a thread with a queue. Whatever queued while the last commit ran goes into the next transaction, so that one fsync serves all who wait and nobody waits for a batch to fill.</summary>
/// <remarks>An answer is given only after COMMIT returned. Between commits, and only there, the writer also runs the checkpoint.</remarks>
internal sealed class GroupCommit
{
    /// <summary>Items in one transaction at most.</summary>
    public const int Batch = 512;

    /// <summary>Items waiting at most; beyond it new ones are refused at once instead of piling up behind a slow disk.</summary>
    public const int Waiting = 16_384;

    private readonly object _gate = new();
    private readonly Queue<Pending> _queue = new();
    private readonly Pending?[] _batch = new Pending?[Batch];
    private readonly Tables _tables;
    private readonly Transaction _transaction;
    private readonly Checkpoint _checkpoint;
    private readonly TimeMark _time;
    private readonly Health _health;
    private readonly Thread _thread;
    private bool _idle;
    private bool _closing;

    public GroupCommit(Tables tables, Transaction transaction, Checkpoint checkpoint, TimeMark time, Health health)
    {
        (_tables, _transaction, _checkpoint, _time, _health) = (tables, transaction, checkpoint, time, health);
        _thread = new(Write) { Name = "Evergrant writer", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Hands an item to the writer.</summary>
    /// <exception cref="StoreUnavailableException">The store is closed or has failed, or too much waits already.</exception>
    public ValueTask<CommitResult> Submit(Pending pending)
    {
        ValueTask<CommitResult> answer = pending.Answer;
        lock (_gate)
        {
            if (_health.NoWrites is null && !_closing && _queue.Count < Waiting)
            {
                _queue.Enqueue(pending);
                if (_idle)
                {
                    // Woken once, however many follow before it runs.
                    _idle = false;
                    Monitor.Pulse(_gate);
                }
                return answer;
            }
        }
        pending.Return();
        throw new StoreUnavailableException(_health.NoWrites ?? (_closing ? "The store is closed." : "Too many changes wait for the disk."));
    }

    /// <summary>Writes what has queued and ends the thread; returns when it has ended.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closing = true;
            Monitor.Pulse(_gate);
        }
        _thread.Join();
    }

    private void Write()
    {
        while (Next() is var count and > 0)
        {
            Span<Pending?> batch = _batch.AsSpan(0, count);
            try
            {
                Commit(batch);
                Reclaim();
            }
            catch (Exception e) // A fault of ours: nobody knows what was written, and the thread must not die silently with people waiting.
            {
                _health.FailWrites($"The writer failed: {e.Message}");
                Answer(batch, static (pending, _) => pending.CompleteUnknown(), 0);
            }
        }
    }

    // Takes what has queued; 0 when the store is closing and nothing is left.
    private int Next()
    {
        lock (_gate)
        {
            while (_queue.Count == 0)
            {
                if (_closing) return 0;
                _idle = true;
                Monitor.Wait(_gate);
            }
            int count = 0;
            while (count < Batch && _queue.TryDequeue(out Pending? pending)) _batch[count++] = pending;
            return count;
        }
    }

    private void Commit(Span<Pending?> batch)
    {
        if (_health.NoWrites is { } reason)
        {
            Refuse(batch, new StoreUnavailableException(reason));
            return;
        }
        DropCancelled(ref batch);
        if (batch.IsEmpty) return;
        try
        {
            _transaction.Begin();
            foreach (Pending? pending in batch) pending!.Execute(_tables, _transaction);
            _time.Move(_tables);
        }
        catch (SqliteException e)
        {
            Abandon(batch, e);
            return;
        }
        catch (Exception e) // A fault of ours that ended the transaction with it. COMMIT was never tried: nothing of it counts.
        {
            if (!_transaction.Rollback()) throw;
            Refuse(batch, new StoreUnavailableException("A change failed, and those that were to be written with it.", e));
            return;
        }
        try
        {
            _transaction.Commit();
        }
        catch (SqliteException e)
        {
            CommitFailed(batch, e);
            return;
        }
        if (_health.Refused is not null) _health.Refused = null;
        Answer(batch, static (pending, _) => pending.Complete(), 0);
        _time.Committed();
    }

    // COMMIT was never tried: whatever happened, nothing of this transaction counts.
    private void Abandon(Span<Pending?> batch, SqliteException e)
    {
        Judge(e, _transaction.Rollback());
        Refuse(batch, new StoreUnavailableException("The disk or the database refused a change.", e));
    }

    // Full disk, read-only disk, a lock: SQLite refuses before the last frame is whole, and rolls back. An I/O error may have struck after the frame that
    // commits was written: the running process does not see the transaction, recovery after a crash may. Then the outcome is not known.
    private void CommitFailed(Span<Pending?> batch, SqliteException e)
    {
        bool rolledBack = _transaction.Rollback();
        Judge(e, rolledBack);
        if (rolledBack && e.Code is not SQLitePCL.raw.SQLITE_IOERR && !e.IsDamage)
            Refuse(batch, new StoreUnavailableException("The disk or the database refused the commit.", e));
        else
            Answer(batch, static (pending, _) => pending.CompleteUnknown(), 0);
    }

    // After a failed fsync the kernel may have dropped the pages: asking again would claim success for what is not on the disk.
    private void Judge(SqliteException e, bool rolledBack)
    {
        _health.Refused = e.Message;
        if (e.IsDamage) _health.FailAll($"The database is damaged; restore it from a backup. {e.Message}");
        else if (e.IsSync) _health.FailWrites($"The disk failed to sync; start again after checking it. {e.Message}");
        else if (!rolledBack) _health.FailWrites($"A transaction could neither be finished nor undone; start again. {e.Message}");
    }

    private void Reclaim()
    {
        try
        {
            if (_health.NoWrites is null) _checkpoint.RunIfDue();
        }
        catch (SqliteException e)
        {
            // The log still has everything that was answered; but for a failed sync it is tried again later.
            Judge(e, rolledBack: true);
        }
    }

    private static void DropCancelled(ref Span<Pending?> batch)
    {
        int kept = 0;
        for (int i = 0; i < batch.Length; i++)
        {
            Pending pending = batch[i]!;
            batch[i] = null;
            if (pending.IsCancelled) pending.Cancel();
            else batch[kept++] = pending;
        }
        batch = batch[..kept];
    }

    private static void Refuse(Span<Pending?> batch, StoreUnavailableException reason) =>
        Answer(batch, static (pending, reason) => pending.Refuse(reason), reason);

    // Who has been answered is forgotten first: from then on the item may serve somebody else.
    private static void Answer<T>(Span<Pending?> batch, Action<Pending, T> answer, T argument)
    {
        for (int i = 0; i < batch.Length; i++)
        {
            if (batch[i] is not { } pending) continue;
            batch[i] = null;
            answer(pending, argument);
        }
    }
}
