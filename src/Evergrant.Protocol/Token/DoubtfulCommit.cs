using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;

namespace Evergrant.Protocol.Token;

/// <summary>A commit of the server's own whose outcome is not known, looked at again in the same request.</summary>
public static class DoubtfulCommit
{
    /// <summary>Whether the row is as this change makes it: the change was made, and the client has shown its token once, not twice.</summary>
    /// <param name="change">The change in doubt.</param>
    /// <param name="row">The row, read afterwards.</param>
    public static bool IsMade(Change change, Grant row) => change switch
    {
        // Stores keep milliseconds.
        AdvanceGrant advance => row.Generation == advance.To && row.GenerationAt.ToUnixTimeMilliseconds() == advance.At.ToUnixTimeMilliseconds(),
        CountRetry { Before: { } before } retry => row.Generation == retry.Generation && row.Retries == before.Counted(),
        _ => false,
    };

    /// <summary>Writes the row as it is: once this is committed, so is what the row shows. It counts as no retry of the client's (reliability: nobody is killed by a fault).</summary>
    public static Change Confirm(Grant row) => new RenewGrant(row.Id, row.Generation, row.GenerationAt, row.IdleExpiresAt, row.AccessSerial, row.AccessFloor);
}
