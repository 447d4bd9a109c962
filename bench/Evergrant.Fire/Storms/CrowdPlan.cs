namespace Evergrant.Fire.Storms;

/// <summary>How a crowd of clients behaves.</summary>
internal sealed record CrowdPlan
{
    /// <summary>Threads; each has grants, connections and a random source of its own.</summary>
    public int Lanes { get; init; } = 2;

    /// <summary>Connections of a lane: so many requests are under way at a time.</summary>
    public int Connections { get; init; } = 24;

    /// <summary>Grants that a lane works with at a time.</summary>
    public int Grants { get; init; } = 24;

    /// <summary>Ids of the clients whose grants they are.</summary>
    public required IReadOnlyList<string> Clients { get; init; }

    /// <summary>A grant whose history is so long is closed and a new one begun.</summary>
    public int Longest { get; init; } = 400;

    /// <summary>Ends by itself after so many operations; the crowd may also be stopped before.</summary>
    public long Operations { get; init; } = long.MaxValue;

    /// <summary>Weight of each behaviour.</summary>
    public Behaviour Behaviour { get; init; } = Behaviour.Mixed;

    /// <summary>Seed of everything random.</summary>
    public int Seed { get; init; } = 1;
}

/// <summary>Weights of what a lane does next with a grant.</summary>
/// <param name="Refresh">Refreshes the newest token.</param>
/// <param name="Parallel">Refreshes it two to four times at once.</param>
/// <param name="Forgotten">Refreshes it and forgets the answer, so that the next refresh is a retry.</param>
/// <param name="Cut">Sends a refresh and cuts the connection.</param>
/// <param name="Retry">Shows the predecessor again.</param>
/// <param name="Thief">Shows a token that was passed by twice.</param>
/// <param name="Revoke">Revokes, alone or together with a refresh.</param>
/// <param name="Ask">Introspects refresh and access tokens.</param>
/// <param name="Stranger">Another client shows the token, or a forged one comes.</param>
/// <param name="CodeAgain">Redeems the code once more.</param>
internal sealed record Behaviour(int Refresh, int Parallel, int Forgotten, int Cut, int Retry, int Thief, int Revoke, int Ask, int Stranger, int CodeAgain)
{
    /// <summary>Everything that can happen, grants living for some hundred operations.</summary>
    public static Behaviour Mixed { get; } = new(700, 60, 60, 8, 40, 3, 6, 90, 30, 1);

    /// <summary>Well-behaved clients only: a grant that dies was killed by the server.</summary>
    public static Behaviour Peaceful { get; } = new(800, 50, 80, 10, 0, 0, 0, 60, 0, 0);

    /// <summary>Predecessors only.</summary>
    public static Behaviour Late { get; } = new(0, 0, 0, 0, 1, 0, 0, 0, 0, 0);

    /// <summary>The weights in their order.</summary>
    public IReadOnlyList<int> Weights { get; } = [Refresh, Parallel, Forgotten, Cut, Retry, Thief, Revoke, Ask, Stranger, CodeAgain];

    /// <summary>Much that is rare otherwise, for finding faults soon.</summary>
    public static Behaviour Hostile { get; } = new(400, 100, 80, 5, 100, 40, 40, 120, 100, 15);
}
