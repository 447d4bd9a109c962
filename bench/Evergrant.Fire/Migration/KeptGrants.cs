using Evergrant.Fire.Clients;
using Evergrant.Fire.Servers;

namespace Evergrant.Fire.Migration;

/// <summary>What clients hold when a store is migrated: refresh tokens that must work afterwards, and ones that were revoked and must not.</summary>
internal sealed class KeptGrants
{
    private static readonly string[] Kinds = [FireClients.Acknowledged, FireClients.Window, FireClients.Never];
    private readonly List<(FireClient Client, string Token)> _alive = [], _revoked = [];

    private KeptGrants()
    {
    }

    /// <summary>How many must work.</summary>
    public int Alive => _alive.Count;

    /// <summary>Has grants made at a running node.</summary>
    /// <param name="cluster">The node.</param>
    /// <param name="each">Grants of each kind of client; one more of each is revoked.</param>
    /// <exception cref="InvalidOperationException">The node did not answer as it should.</exception>
    public static KeptGrants Make(Cluster cluster, int each)
    {
        KeptGrants kept = new();
        RequestBuffer requests = new(cluster.Issuer);
        int port = cluster.Nodes[0].Plan.Port;
        using Visitor visitor = new(cluster.Issuer, port, cluster.UserName, cluster.Password);
        using Wire wire = new(port);
        foreach (FireClient client in Kinds.Select(cluster.Client))
        {
            for (int i = 0; i <= each; i++)
            {
                PendingCode code = visitor.Authorize(client) ?? throw new InvalidOperationException("Nobody answers.");
                string first = TokenOf(wire, requests.Redeem(client, code.Code, code.Verifier)), second = TokenOf(wire, requests.Refresh(client, first));
                if (i < each) kept._alive.Add((client, second));
                else
                {
                    if (!wire.TryConnect() || !wire.TrySend(requests.Revoke(client, second)) || !wire.TryReceive(out Answer answer) || answer.Status != 200) throw new InvalidOperationException("The revocation was refused.");
                    kept._revoked.Add((client, second));
                }
            }
        }
        return kept;
    }

    /// <summary>Shows every token to a node; each try is with a copy of the store, so that they are shown again and again.</summary>
    /// <returns>What was answered otherwise than it should.</returns>
    public IReadOnlyList<string> Try(Cluster cluster)
    {
        List<string> violations = [];
        RequestBuffer requests = new(cluster.Issuer);
        using Wire wire = new(cluster.Nodes[0].Plan.Port);
        foreach ((FireClient client, string token) in _alive)
        {
            (int status, string said) = Refresh(wire, requests, client, token);
            if (status != 200) violations.Add($"I1: a token of {client} from before the migration was answered {said}");
        }
        foreach ((FireClient client, string token) in _revoked)
        {
            (int status, string said) = Refresh(wire, requests, client, token);
            if (status != 400) violations.Add($"I3: a token of {client} that had been revoked before the migration was answered {said}");
        }
        return violations;
    }

    private static (int Status, string Said) Refresh(Wire wire, RequestBuffer requests, FireClient client, string token) =>
        wire.TryConnect() && wire.TrySend(requests.Refresh(client, token)) && wire.TryReceive(out Answer answer) ? (answer.Status, $"{answer.Status} {answer.Error} ({answer.Decision})") : (0, "by nobody");

    private static string TokenOf(Wire wire, ReadOnlySpan<byte> request) =>
        wire.TryConnect() && wire.TrySend(request) && wire.TryReceive(out Answer answer) && answer.RefreshToken is { } token ? token : throw new InvalidOperationException("There was no refresh token in the answer.");
}
