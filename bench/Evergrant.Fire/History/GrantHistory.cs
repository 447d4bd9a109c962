using System.Buffers;
using System.Text.Json;

namespace Evergrant.Fire.History;

/// <summary>Everything that was asked about one grant, in the order in which it was asked. Grants are independent of each other.</summary>
/// <param name="Grant">Number of the grant in its run.</param>
/// <param name="Rules">What the server promises about it.</param>
internal sealed record GrantHistory(int Grant, GrantRules Rules)
{
    private readonly List<Operation> _operations = [];

    /// <summary>The code, or the first refresh token when the redemption was not recorded.</summary>
    public TokenHash Root { get; init; }

    /// <summary>Whether <see cref="Root"/> is a refresh token.</summary>
    public bool BeginsRedeemed { get; init; }

    /// <summary>The operations.</summary>
    public IReadOnlyList<Operation> Operations => _operations;

    /// <summary>Notes an operation that is about to be sent. One thread at a time.</summary>
    public Operation Add(Operation operation)
    {
        _operations.Add(operation);
        return operation;
    }

    /// <summary>Notes that the store may have lost what it had confirmed by then. Nothing is noted when nothing had been asked by then.</summary>
    /// <param name="at">An instant at which no store answered.</param>
    /// <param name="kept">What had been answered by then is still there; null when nothing is known to be.</param>
    public void Lose(long at, long? kept = null)
    {
        int place = _operations.FindLastIndex(o => o.Invoked < at) + 1;
        if (place > 0) _operations.Insert(place, new Operation { Kind = OperationKind.Loss, Invoked = at, Returned = at, Kept = kept, Outcome = Outcome.Ok });
    }

    /// <summary>Forgets an operation that was noted but never sent.</summary>
    public void Forget(Operation operation) => _operations.RemoveAt(_operations.LastIndexOf(operation));

    /// <summary>Writes it as JSON lines (one object an operation).</summary>
    public void Write(Stream to)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        foreach (Operation operation in _operations)
        {
            using (var json = new Utf8JsonWriter(buffer))
            {
                json.WriteStartObject();
                json.WriteString("op", operation.Kind.ToString().ToLowerInvariant());
                json.WriteNumber("grant", Grant);
                json.WriteString("by", operation.By.ToString().ToLowerInvariant());
                json.WriteString("arg", operation.Shown.ToString());
                json.WriteNumber("node", operation.Node);
                json.WriteNumber("inv", operation.Invoked);
                if (operation.Returned == Operation.Pending) json.WriteNull("ret");
                else json.WriteNumber("ret", operation.Returned);
                json.WriteString("result", operation.Outcome switch { Outcome.Ok => "ok", Outcome.Error => "err", _ => "unk" });
                json.WriteString("out", operation.Given.ToString());
                json.WriteNumber("status", operation.Status);
                json.WriteString("error", operation.Error);
                json.WriteString("decision", operation.Decision);
                json.WriteEndObject();
            }
            buffer.Write("\n"u8);
        }
        to.Write(buffer.WrittenSpan);
    }
}
