using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;

namespace Evergrant.Protocol.Token;

/// <summary>A commit of the server's own whose outcome is not known, looked at again in the same request.</summary>
public static class DoubtfulCommit
{
    /// <summary>Whether the row is as this change makes it: the change was made, and the client has shown its token once, not twice. For changes without an event; one that has an event was
    /// made if and only if the event is there.</summary>
    /// <param name="change">The change in doubt.</param>
    /// <param name="row">The row, read afterwards.</param>
    public static bool IsMade(Change change, Grant row) => change is AdvanceGrant advance && row.Generation == advance.To && row.Mark == advance.Mark;

    /// <summary>What is answered then: what the request had decided first. Its change writes the row as it is; once that is committed, so is what the row shows, and no retry is counted.</summary>
    /// <param name="change">The change in doubt, which was made.</param>
    /// <param name="again">What was decided on the row as it is now.</param>
    /// <param name="row">That row.</param>
    public static Granted Settle(Change change, Repeated again, Grant row)
    {
        RenewGrant confirm = new(row.Id, row.Generation, row.GenerationAt, row.IdleExpiresAt, row.AccessSerial, row.AccessFloor) { MarkBefore = row.Mark, Mark = row.Mark };
        if (change is AdvanceGrant { From: 0 }) return new Redeemed(row, confirm, again.Access, again.RefreshGeneration, again.Presented);
        return change is AdvanceGrant
            ? new Rotated(row, confirm, again.Access, again.RefreshGeneration, again.Presented)
            : again with { Grant = row, Change = confirm };
    }
}
