namespace Evergrant.Sqlite;

/// <summary>The writer's transaction and the savepoint of one item in it.</summary>
/// <remarks>Open for a test that makes a commit fail as a disk does.</remarks>
internal class Transaction(Connection connection)
{
    private readonly Statement _begin = new(connection, "begin immediate");
    private readonly Statement _commit = new(connection, "commit");
    private readonly Statement _rollback = new(connection, "rollback");
    private readonly Statement _savepoint = new(connection, "savepoint item");
    private readonly Statement _release = new(connection, "release item");
    private readonly Statement _undo = new(connection, "rollback to item");

    public bool IsOpen => connection.InTransaction;

    public void Begin() => _begin.Run();

    public virtual void Commit() => _commit.Run();

    /// <summary>Ends an open transaction without its changes; SQLite may have done so itself.</summary>
    /// <returns>Whether none is open any more.</returns>
    public bool Rollback()
    {
        try
        {
            if (IsOpen) _rollback.Run();
        }
        catch (SqliteException)
        {
            // The answer below says what came of it.
        }
        return !IsOpen;
    }

    public void Savepoint() => _savepoint.Run();

    public void Keep() => _release.Run();

    public void Undo()
    {
        _undo.Run();
        _release.Run();
    }
}
