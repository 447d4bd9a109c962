using Evergrant.Protocol.Grants;

namespace Evergrant.Fire.Explorer;

/// <summary>Who sends a request.</summary>
internal enum Actor : byte
{
    /// <summary>The client that holds the grant.</summary>
    Holder,

    /// <summary>Somebody with a copied token and the client's credentials.</summary>
    Thief,

    /// <summary>Somebody with a copied token and a client of their own.</summary>
    Stranger,

    /// <summary>The client, revoking.</summary>
    Revoker,
}

/// <summary>How far a request is.</summary>
internal enum Phase : byte
{
    /// <summary>There is none.</summary>
    Free,

    /// <summary>The row was read and a decision made; the change is not committed.</summary>
    Decided,

    /// <summary>The change is committed; the answer is not sent.</summary>
    Committed,
}

/// <summary>What changes of a row. Everything else stays as authorized.</summary>
/// <param name="State">Where the grant stands.</param>
/// <param name="Generation">The counter.</param>
/// <param name="Retries">The history of retries.</param>
/// <param name="Key">Number of the key of this generation.</param>
/// <param name="At">Clock step of this generation.</param>
internal readonly record struct RowView(RowState State, byte Generation, long Retries, byte Key, byte At);

/// <summary>GrantState in one byte: millions of rows are kept.</summary>
internal enum RowState : byte
{
    /// <summary>The code waits.</summary>
    Pending = GrantState.Pending,

    /// <summary>It lives.</summary>
    Active = GrantState.Active,

    /// <summary>It is dead.</summary>
    Revoked = GrantState.Revoked,
}

/// <summary>What happened between two worlds.</summary>
/// <param name="Form">A sentence with a place for the actor, the token and the decision.</param>
/// <param name="Actor">Who.</param>
/// <param name="Token">Which generation.</param>
/// <param name="Decision">What was decided; null for nothing.</param>
internal readonly record struct Step(string Form, Actor Actor = Actor.Holder, int Token = 0, string? Decision = null)
{
    /// <inheritdoc/>
    public override string ToString() => string.Format(System.Globalization.CultureInfo.InvariantCulture, Form, Actor, Token == 0 ? "the code" : $"T{Token}", Decision);
}

/// <summary>A request under way.</summary>
/// <param name="Phase">How far it is.</param>
/// <param name="Actor">Who sent it.</param>
/// <param name="Shown">Generation that was shown; 0 is the code.</param>
/// <param name="ShownKey">Key of the credential that was shown.</param>
/// <param name="Read">The row as it was read.</param>
/// <param name="Clock">Clock step when it was read.</param>
/// <param name="Key">Key that made new credentials then.</param>
/// <param name="Given">Generation in the answer; 0 for a confirmed revocation.</param>
/// <param name="GivenKey">Key of the credential in the answer.</param>
internal readonly record struct Request(Phase Phase, Actor Actor, byte Shown, byte ShownKey, RowView Read, byte Clock, byte Key, byte Given, byte GivenKey);

/// <summary>What may still happen, so that the space is finite.</summary>
/// <param name="Sends">Requests of the holder.</param>
/// <param name="Thefts">Requests of the thief.</param>
/// <param name="Strangers">Requests of the stranger.</param>
/// <param name="Revocations">Revocations.</param>
/// <param name="Crashes">Crashes of the node.</param>
/// <param name="Losses">Times that the store goes back.</param>
/// <param name="Rotations">Rotations of the credential key.</param>
/// <param name="Ticks">Steps of the clock.</param>
internal readonly record struct Budget(byte Sends, byte Thefts, byte Strangers, byte Revocations, byte Crashes, byte Losses, byte Rotations, byte Ticks);

/// <summary>Everything that there is at an instant: the row, the requests under way, who knows what, and what may still happen.</summary>
/// <param name="Row">The row in the store.</param>
/// <param name="Before">The row before its last change: what a lagging replica has.</param>
/// <param name="First">A request.</param>
/// <param name="Second">A request.</param>
/// <param name="Third">A request.</param>
/// <param name="Held">The newest generation that the holder knows; 0 for the code.</param>
/// <param name="Stolen">The generation that the thief has; 255 for none.</param>
/// <param name="MostGiven">The highest generation that anybody was given.</param>
/// <param name="Keys">Two bits for each generation: the key whose credential was given, 0 for none.</param>
/// <param name="Clock">Clock step.</param>
/// <param name="Key">Key that makes new credentials.</param>
/// <param name="Confirmed">Whether a revocation was confirmed to somebody.</param>
/// <param name="Lost">Whether the store has gone back.</param>
/// <param name="Left">What may still happen.</param>
internal readonly record struct World(
    RowView Row, RowView Before, Request First, Request Second, Request Third, byte Held, byte Stolen, byte MostGiven, UInt128 Keys, byte Clock, byte Key, bool Confirmed, bool Lost, Budget Left)
{
    /// <summary>Nothing stolen.</summary>
    public const byte Nothing = 255;

    /// <summary>The requests.</summary>
    public Request this[int slot] => slot == 0 ? First : slot == 1 ? Second : Third;

    /// <summary>The world with a request in a slot.</summary>
    public World With(int slot, Request request) => slot == 0 ? this with { First = request } : slot == 1 ? this with { Second = request } : this with { Third = request };

    /// <summary>The same with the requests in one order: which slot one has does not matter.</summary>
    public World InOrder()
    {
        (Request a, Request b, Request c) = (First, Second, Third);
        if (Compare(a, b) > 0) (a, b) = (b, a);
        if (Compare(b, c) > 0) (b, c) = (c, b);
        if (Compare(a, b) > 0) (a, b) = (b, a);
        return this with { First = a, Second = b, Third = c };
    }

    private static int Compare(Request a, Request b)
    {
        int by = b.Phase.CompareTo(a.Phase);
        if (by == 0) by = a.Actor.CompareTo(b.Actor);
        if (by == 0) by = a.Shown.CompareTo(b.Shown);
        if (by == 0) by = a.ShownKey.CompareTo(b.ShownKey);
        if (by == 0) by = a.Read.Generation.CompareTo(b.Read.Generation);
        if (by == 0) by = a.Read.State.CompareTo(b.Read.State);
        if (by == 0) by = a.Read.Retries.CompareTo(b.Read.Retries);
        if (by == 0) by = a.Read.At.CompareTo(b.Read.At);
        if (by == 0) by = a.Read.Key.CompareTo(b.Read.Key);
        if (by == 0) by = a.Clock.CompareTo(b.Clock);
        if (by == 0) by = a.Key.CompareTo(b.Key);
        if (by == 0) by = a.Given.CompareTo(b.Given);
        return by == 0 ? a.GivenKey.CompareTo(b.GivenKey) : by;
    }
}
