using System.Globalization;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;

namespace Evergrant.Fire.PowerLoss;

/// <summary>What was asked of a store and what it answered, from the notes of a load. A note is "? WHAT ID NUMBER" (asked), "! WHAT ID NUMBER" (acknowledged)
/// or "= WHAT ID NUMBER" (it was so before), WHAT being create, advance (to the generation), revoke, event.</summary>
internal sealed class Promises
{
    private readonly Dictionary<Guid, Promised> _grants = [];
    private readonly HashSet<string> _events = [];

    /// <summary>Answers that were acknowledged.</summary>
    public int Acknowledged { get; private set; }

    public static string Asked(string what, object id, long number = 0) => string.Create(CultureInfo.InvariantCulture, $"? {what} {id} {number}");

    public static string Answered(string what, object id, long number = 0) => string.Create(CultureInfo.InvariantCulture, $"! {what} {id} {number}");

    public static string Before(string what, object id, long number) => string.Create(CultureInfo.InvariantCulture, $"= {what} {id} {number}");

    /// <summary>Takes a note.</summary>
    public void Take(string note)
    {
        string[] parts = note.Split(' ');
        bool answered = parts[0] != "?";
        if (answered) Acknowledged++;
        if (parts[1] == "event")
        {
            if (answered) _events.Add(parts[2]);
            return;
        }
        Guid id = Guid.Parse(parts[2]);
        if (!_grants.TryGetValue(id, out Promised? state)) _grants[id] = state = new();
        long number = long.Parse(parts[3], CultureInfo.InvariantCulture);
        if (parts[1] == "revoke")
        {
            state.RevokeAsked = true;
            state.Revoked |= answered;
            return;
        }
        state.Highest = Math.Max(state.Highest, number);
        if (answered) state.Lowest = Math.Max(state.Lowest, number);
    }

    /// <summary>Compares a store with all that was promised.</summary>
    /// <returns>What was broken, one line each; empty when all was kept.</returns>
    public async Task<IReadOnlyList<string>> CompareAsync(IGrantStore store)
    {
        List<string> broken = [];
        foreach ((Guid id, Promised state) in _grants)
        {
            if (await store.FindGrantAsync(id, default) is not { } row)
            {
                if (state.Lowest >= 0) broken.Add($"I1: grant {id} is gone");
                continue;
            }
            if (row.Generation < state.Lowest) broken.Add($"I1: grant {id} is at generation {row.Generation}, {state.Lowest} was acknowledged");
            if (row.Generation > state.Highest) broken.Add($"I7: grant {id} is at generation {row.Generation}, nobody asked for more than {state.Highest}");
            if (state.Revoked && row.State != GrantState.Revoked) broken.Add($"I3: grant {id} lives, its revocation was acknowledged");
            if (!state.RevokeAsked && row.State == GrantState.Revoked) broken.Add($"I6: grant {id} is revoked, nobody asked for it");
        }
        foreach (string reference in _events)
        {
            if (await store.FindEventAsync(reference, default) is null) broken.Add($"I15: event {reference} is gone");
        }
        return broken;
    }

    /// <summary>What was promised about a grant; null when nobody spoke of it.</summary>
    public Promised? Of(Guid id) => _grants.GetValueOrDefault(id);
}

/// <summary>What was asked and acknowledged about one grant.</summary>
internal sealed class Promised
{
    /// <summary>The generation that was acknowledged; -1 when not even its creation was.</summary>
    public long Lowest { get; set; } = -1;

    /// <summary>The highest generation that was asked for.</summary>
    public long Highest { get; set; }

    public bool RevokeAsked { get; set; }

    public bool Revoked { get; set; }
}
