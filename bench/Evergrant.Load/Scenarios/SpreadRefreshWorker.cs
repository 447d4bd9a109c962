using Evergrant.Fire.Seeding;
using Evergrant.Load.Http;
using Evergrant.Protocol.Grants;

namespace Evergrant.Load.Scenarios;

/// <summary>Refreshes grants of a large table, any of them each time: the first token of each is worked out from its number, the next is the one that was answered.</summary>
/// <param name="target">The server.</param>
/// <param name="seed">The grants.</param>
/// <param name="keys">What makes their tokens.</param>
/// <param name="first">The lowest number that is this worker's; every <paramref name="step"/>th from there on is too.</param>
/// <param name="step">How many workers share the table.</param>
/// <param name="count">How many grants there are, from number 1.</param>
internal sealed class SpreadRefreshWorker(Target target, GrantSeed seed, CredentialKeys keys, int first, int step, int count) : IWorker
{
    private readonly RequestWriter writer = new(target.Server);
    private readonly Dictionary<int, string> tokens = [];
    private readonly Random random = new(first);
    private KeepAliveConnection[] connections = [new(target.Server)];
    private int turn;

    /// <summary>Different grants that were refreshed.</summary>
    public int Touched => tokens.Count;

    public async ValueTask StepAsync()
    {
        var number = first + step * random.Next((count - first) / step + 1);
        if (!tokens.TryGetValue(number, out var token)) token = GrantSeed.Credential(keys, seed.Active(number));
        var connection = connections[turn++ % connections.Length];
        await connection.SendAsync(writer.Post(target.TokenPath, "grant_type=refresh_token&refresh_token=" + token, target.Authorization)).ConfigureAwait(false);
        var answer = TokenAnswer.Expect(connection);
        if (answer.RefreshToken is null || answer.RefreshToken == token) throw new WrongAnswerException("the refresh token was not rotated");
        tokens[number] = answer.RefreshToken;
        target.Check.Check(answer.AccessToken!);
    }

    /// <summary>From now on asks these nodes, each in its turn, over new connections.</summary>
    public void Ask(IReadOnlyList<Uri> nodes)
    {
        Dispose();
        connections = [.. nodes.Select(node => new KeepAliveConnection(node))];
    }

    public void Dispose()
    {
        foreach (var connection in connections) connection.Dispose();
    }
}
