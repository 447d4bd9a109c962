using System.Net.Sockets;
using Evergrant.Protocol.Storage;
using Npgsql;

namespace Evergrant.Postgres;

/// <summary>What an error says about the statement that met it: that it was rolled back, or nothing.</summary>
internal static class Outcome
{
    private const string Error = "ERROR";

    // Classes that a statement meets before its commit: data, integrity, state, rollback, syntax, limits of resources, of programs, of objects, cancelled.
    private static readonly string[] BeforeCommit = ["22", "23", "25", "26", "40", "42", "53", "54", "55"];

    /// <summary>Whether this is an error of the connection or the server, and not a fault of this program.</summary>
    public static bool IsOfServer(Exception e) => e is NpgsqlException or IOException or SocketException or TimeoutException or ObjectDisposedException;

    /// <summary>Whether the server was silent or still starting, so that a little later it may be there.</summary>
    public static bool IsNotYet(Exception e)
    {
        for (Exception? cause = e.InnerException; cause is not null; cause = cause.InnerException)
        {
            if (cause is TimeoutException or OperationCanceledException or PostgresException { SqlState: PostgresErrorCodes.CannotConnectNow }) return true;
        }

        return false;
    }

    /// <summary>Whether the server itself said that the statement was undone. Whatever else happens after sending leaves it unknown.</summary>
    public static bool IsUndone(Exception e) => e is PostgresException { InvariantSeverity: Error } error && error.SqlState != "40003"
        && (error.SqlState == PostgresErrorCodes.QueryCanceled || Array.IndexOf(BeforeCommit, error.SqlState[..2]) >= 0);

    /// <summary>Whether it was undone only because of what ran beside it (a deadlock, a serialization failure): once more is right.</summary>
    public static bool MayTryAgain(Exception e) => IsUndone(e) && ((PostgresException)e).SqlState is PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected;

    /// <summary>Whether a value that must be unique is taken.</summary>
    public static bool IsTaken(Exception e) => IsUndone(e) && ((PostgresException)e).SqlState == PostgresErrorCodes.UniqueViolation;

    /// <summary>Whether the connection is of no more use, or leads to a server that is no longer the primary.</summary>
    public static bool IsOfConnection(Exception e) => e is not PostgresException { InvariantSeverity: Error, SqlState: not PostgresErrorCodes.ReadOnlySqlTransaction };

    /// <summary>What callers are told when nothing was changed.</summary>
    public static StoreUnavailableException Refused(Exception e) => e is PostgresException error
        ? new($"PostgreSQL refused the statement (SQLSTATE {error.SqlState}).", e)
        : new("PostgreSQL cannot be reached.", e);
}
