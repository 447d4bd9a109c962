using Evergrant.Sqlite;

namespace Evergrant.Storage.Tests.Sqlite;

/// <summary>The writer's transaction with a commit that fails when it is told to, and a count of those that were tried.</summary>
internal sealed class ScriptedTransaction(Connection connection) : Transaction(connection)
{
    private readonly Connection _connection = connection;
    private volatile Action<Connection>? _beforeCommit;
    private volatile int _failWith;
    private int _commits;

    public int Commits => Volatile.Read(ref _commits);

    /// <summary>The next commits end with this extended code; 0 lets them through.</summary>
    public int FailWith { set => _failWith = value; }

    /// <summary>Runs once on the writer's thread, before the next commit.</summary>
    public Action<Connection> BeforeCommit { set => _beforeCommit = value; }

    public override void Commit()
    {
        Interlocked.Increment(ref _commits);
        Interlocked.Exchange(ref _beforeCommit, null)?.Invoke(_connection);
        if (_failWith is not 0 and int code) throw new SqliteException(code, "scripted");
        base.Commit();
    }
}
