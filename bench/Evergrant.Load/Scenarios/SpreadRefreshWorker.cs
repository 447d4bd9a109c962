using Evergrant.Fire.Seeding;
using Evergrant.Load.Http;
using Evergrant.Protocol.Grants;

namespace Evergrant.Load.Scenarios;

/// <summary>Refreshes grants of a large table, any of them each time: the first token of each is worked out from its number, the next is the one that was answered.</summary>
/// <param name="target">The server.</param>
/// <param name="seed">The grants.</param>
/// <param name="keys">What makes their tokens.</param>
/// <param name="share">Which of them are this worker's.</param>
internal sealed class SpreadRefreshWorker(Target target, GrantSeed seed, CredentialKeys keys, GrantShare share) : IWorker
{
    private readonly RequestWriter writer = new(target.Server);
    private readonly Dictionary<int, string> tokens = [];
    private readonly Random random = new(share.Worker);
    private KeepAliveConnection[] connections = [new(target.Server)];
    private int turn;

    /// <summary>Different grants that were refreshed.</summary>
    public int Touched => tokens.Count;

    public async ValueTask StepAsync()
    {
        var number = share.Pick(random);
        if (!tokens.TryGetValue(number, out var token)) token = GrantSeed.Credential(keys, seed.Active(number));
        var connection = connections[turn++ % connections.Length];
        await connection.SendAsync(writer.Post(target.TokenPath, "grant_type=refresh_token&refresh_token=" + token, target.Authorization)).ConfigureAwait(false);
        var answer = TokenAnswer.Expect(connection);
        if (answer.RefreshToken is null || answer.RefreshToken == token) throw new WrongAnswerException("the refresh token was not rotated");
        tokens[number] = answer.RefreshToken;
        target.Check.Check(answer.AccessToken!);
    }

    /// <summary>From now on asks these nodes, in turn, over new connections.</summary>
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
