using System.Globalization;

namespace Evergrant.Sqlite;

/// <summary>The table of one row with the latest time at which the store was written.</summary>
internal sealed class Clock(Connection connection)
{
    private readonly Statement _move = new(connection, "update clock set latest = ?1 where latest < ?1");

    /// <summary>Milliseconds since 1970; 0 when nobody kept the time yet.</summary>
    public long Latest => long.Parse(connection.Ask("select latest from clock"), CultureInfo.InvariantCulture);

    public void Move(long latest) => _move.Bind(1, latest).Run();
}
