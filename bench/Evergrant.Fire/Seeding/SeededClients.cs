using Evergrant.Fire.Disk;

namespace Evergrant.Fire.Seeding;

/// <summary>Clients of seeded grants, numbers 1 to <see cref="Count"/>, each with the token that it was given last. They are ahead of a store that was taken back.</summary>
/// <param name="token">The refresh token of a grant's generation, by number and generation.</param>
internal sealed class SeededClients(Func<long, long, string> token)
{
    private const int AtOnce = 16;

    /// <summary>Those that may be left out: their tokens stay as they are.</summary>
    public const int Last = 8;

    /// <summary>Their number.</summary>
    public const int Count = AtOnce * Last;

    private readonly long[] _generations = [.. Enumerable.Repeat(1L, Count + 1)];
    private readonly List<string> _violations = [];

    /// <summary>What was answered otherwise than it must be.</summary>
    public IReadOnlyList<string> Violations => _violations;

    /// <summary>Refreshes each grant so often, several at once.</summary>
    /// <param name="server">Who is asked for a grant, by number.</param>
    /// <param name="rounds">How often.</param>
    /// <param name="leaveOut">So many of the last ones do nothing.</param>
    /// <param name="stop">Ends it after the grants that are at it.</param>
    /// <returns>How many refreshes there were.</returns>
    public async Task<int> RefreshAsync(Func<long, TokenCalls> server, int rounds, int leaveOut = 0, CancellationToken stop = default)
    {
        int refreshed = 0;
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(client => Task.Run(async () =>
        {
            for (int round = 0; round < rounds && !stop.IsCancellationRequested; round++)
            {
                for (long number = 1 + client * Last; number <= Math.Min((client + 1) * Last, Count - leaveOut); number++)
                {
                    TokenReply reply = await server(number).RefreshAsync(token(number, _generations[number]));
                    if (reply.Status == 200) (_generations[number], _) = (_generations[number] + 1, Interlocked.Increment(ref refreshed));
                    else lock (_violations) _violations.Add($"a refresh of grant {number} was answered {reply.Status} {reply.Error}");
                }
            }
        }, CancellationToken.None)));
        return refreshed;
    }

    /// <summary>Shows each last token once after the store was taken back: all go on, each with the one successor.</summary>
    /// <param name="server">Who is asked for a grant, by number.</param>
    /// <param name="first">Called when the first was answered.</param>
    /// <returns>How many there were of each decision.</returns>
    public async Task<IReadOnlyDictionary<string, int>> GoOnAsync(Func<long, TokenCalls> server, Action first)
    {
        Dictionary<string, int> decisions = [];
        for (long number = 1; number <= Count; number++)
        {
            TokenReply reply = await server(number).RefreshAsync(token(number, _generations[number]));
            if (number == 1) first();
            if (reply.Status != 200) _violations.Add($"I16: after the restore the last token of grant {number} was answered {reply.Status} {reply.Error}");
            else if (reply.RefreshToken != token(number, ++_generations[number])) _violations.Add($"I2: after the restore grant {number} got a token that is not the successor");
            decisions[reply.Decision ?? ""] = decisions.GetValueOrDefault(reply.Decision ?? "") + 1;
        }
        return decisions;
    }
}
