using Evergrant.Protocol.Storage;

namespace Evergrant.Sqlite;

/// <summary>Read-only connections. A read is synchronous: finding a row by its key takes microseconds and waits for nobody.</summary>
internal sealed class Readers : IDisposable
{
    private readonly Tables[] _readers;
    private readonly Health _health;
    private bool _closed;

    public Readers(string file, int count, Health health)
    {
        _health = health;
        _readers = new Tables[count];
        try
        {
            for (int i = 0; i < count; i++) _readers[i] = new(Database.OpenReader(file));
        }
        catch
        {
            foreach (Tables? reader in _readers) reader?.Dispose();
            throw;
        }
    }

    /// <summary>Reads with a connection that is free, beginning with that of this processor. Sees every change that was answered before.</summary>
    /// <param name="argument">Passed on, so that the function needs no closure.</param>
    /// <param name="read">The read.</param>
    /// <param name="cancellationToken">Asked once, before.</param>
    /// <exception cref="StoreUnavailableException">The store cannot be asked.</exception>
    public ValueTask<T> Read<TArgument, T>(TArgument argument, Func<Tables, TArgument, T> read, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _health.CheckReads();
        Tables reader = Enter();
        try
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            return new(read(reader, argument));
        }
        catch (SqliteException e)
        {
            if (e.IsDamage) _health.FailAll($"The database is damaged; restore it from a backup. {e.Message}");
            throw new StoreUnavailableException("The database could not be read.", e);
        }
        catch (ObjectDisposedException e) when (_closed)
        {
            throw new StoreUnavailableException("The store is closed.", e);
        }
        finally
        {
            Monitor.Exit(reader);
        }
    }

    /// <summary>What a pragma answers on each connection.</summary>
    public string Ask(string pragma)
    {
        string answer = "";
        foreach (Tables reader in _readers)
        {
            lock (reader)
            {
                string one = reader.Connection.Ask($"pragma {pragma}");
                answer = answer.Length == 0 || answer == one ? one : $"{answer}|{one}";
            }
        }
        return answer;
    }

    public void Dispose()
    {
        _closed = true;
        foreach (Tables reader in _readers)
        {
            lock (reader) reader.Dispose();
        }
    }

    private Tables Enter()
    {
        int first = (int)((uint)Thread.GetCurrentProcessorId() % (uint)_readers.Length);
        for (int i = 0, at = first; i < _readers.Length; i++, at = at + 1 == _readers.Length ? 0 : at + 1)
        {
            if (Monitor.TryEnter(_readers[at])) return _readers[at];
        }
        Monitor.Enter(_readers[first]);
        return _readers[first];
    }
}
