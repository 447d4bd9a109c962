using System.Security.Cryptography;
using System.Text;

namespace Evergrant.Fire.History;

/// <summary>What a client asked for.</summary>
internal enum OperationKind
{
    /// <summary>Redeems a code: the token of index 0.</summary>
    Redeem,

    /// <summary>Refreshes a token.</summary>
    Refresh,

    /// <summary>Revokes the grant by one of its refresh tokens.</summary>
    Revoke,

    /// <summary>Introspects a refresh token; ok is active.</summary>
    Ask,

    /// <summary>Introspects an access token that the grant brought; ok is active.</summary>
    AskAccess,

    /// <summary>The drill took the store back in time, as a fail-over to a lagging replica does: declared, so that what follows from it is allowed.</summary>
    Loss,
}

/// <summary>Who asked.</summary>
internal enum Requester
{
    /// <summary>The client that holds the grant.</summary>
    Holder,

    /// <summary>Another client, or nobody who could prove to be one: may change nothing.</summary>
    Stranger,
}

/// <summary>How it ended, as seen from outside.</summary>
internal enum Outcome
{
    /// <summary>Answered with yes.</summary>
    Ok,

    /// <summary>Answered with a refusal that is final.</summary>
    Error,

    /// <summary>No answer, half an answer, or one that says that the outcome is not known: it may have taken effect or not.</summary>
    Unknown,
}

/// <summary>A token as the history knows it: never the token itself.</summary>
internal readonly record struct TokenHash(ulong Value)
{
    /// <summary>No token.</summary>
    public static TokenHash None => default;

    /// <summary>The hash of a token or code.</summary>
    public static TokenHash Of(string token)
    {
        Span<byte> ascii = stackalloc byte[Math.Min(token.Length, 4096)];
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(ascii[..Encoding.ASCII.GetBytes(token.AsSpan(0, ascii.Length), ascii)], hash);
        return new TokenHash(BitConverter.ToUInt64(hash) | 1);
    }

    /// <inheritdoc/>
    public override string ToString() => Value == 0 ? "" : Value.ToString("x16", null);
}

/// <summary>One operation on a grant: who asked what when, and what came back. Times are microseconds of one monotonic clock.</summary>
internal sealed class Operation
{
    /// <summary>Still under way, or lost without a bound.</summary>
    public const long Pending = long.MaxValue;

    /// <summary>What was asked.</summary>
    public required OperationKind Kind { get; init; }

    /// <summary>Who asked.</summary>
    public Requester By { get; init; }

    /// <summary>The token that was shown.</summary>
    public TokenHash Shown { get; init; }

    /// <summary>Number of the node that was asked.</summary>
    public int Node { get; init; }

    /// <summary>Just before the request was sent.</summary>
    public required long Invoked { get; init; }

    /// <summary>Just after the answer was there. Of an unknown outcome: after this it cannot take effect any more (its node was dead); <see cref="Pending"/> for never certain.</summary>
    public long Returned { get; set; } = Pending;

    /// <summary>Of a loss: what had been answered by then is still there; null when nothing is known to be.</summary>
    public long? Kept { get; init; }

    /// <summary>How it ended.</summary>
    public Outcome Outcome { get; set; } = Outcome.Unknown;

    /// <summary>The refresh token in the answer.</summary>
    public TokenHash Given { get; set; }

    /// <summary>Status code; 0 for no answer.</summary>
    public int Status { get; set; }

    /// <summary>Error code of the answer; null for none.</summary>
    public string? Error { get; set; }

    /// <summary>Name of the server's decision where it tells it; null otherwise.</summary>
    public string? Decision { get; set; }

    /// <summary>The same, with nothing known about its end but when it was over.</summary>
    public Operation Weakened() => new() { Kind = Kind, By = By, Shown = Shown, Node = Node, Invoked = Invoked, Returned = Returned };
}
