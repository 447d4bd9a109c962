using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Evergrant.Faults.Keys;
using Evergrant.Fire.Clients;
using Evergrant.Fire.Faults;
using Evergrant.Fire.Servers;
using Evergrant.Fire.Storms;

namespace Evergrant.Fire.Keys;

/// <summary>F20: root keys rotate, and all that depends on them moves on, while clients refresh, retry, lose answers and steal. A retry across a rotation is answered with the same successor.</summary>
internal sealed class RootRotationDrill : IDrill
{
    private const int Whole = 200;
    private const int Watched = 8;
    private const int OperationsPerRotation = 500;

    public string Name => "root-rotation";

    public string Sentence => "Root keys rotate, keys are wrapped anew and old root keys dropped while clients refresh; every history is checked.";

    public async Task<DrillResult> RunAsync(DrillSetting setting, CancellationToken cancellationToken)
    {
        int rotations = setting.Count(Whole, 5);
        await using Cluster cluster = await Cluster.OnSqliteAsync(setting, "root-rotation", cancellationToken);
        var commands = new ServerCommands(cluster.Nodes[0].Plan.Folder);
        List<string> violations = [];
        using var watched = new WatchedGrants(cluster, Watched);
        await watched.BeginAsync(cancellationToken);
        int wrapped = 0;
        CrowdCount count;
        using (Crowd crowd = Crowd.Start(cluster, new CrowdPlan { Clients = [FireClients.Acknowledged, FireClients.Never], Seed = setting.Seed }))
        {
            for (int i = 1; i <= rotations; i++)
            {
                await watched.LoseAsync(cancellationToken);
                await commands.RunAsync(cancellationToken, "key", "rotate-root");
                violations.AddRange(await watched.AskAgainAsync(i + 1, cancellationToken));
                await commands.RunAsync(cancellationToken, "key", "rewrap");
                wrapped++;
                if ((await commands.TryAsync(cancellationToken, "key", "drop-root", i.ToString(CultureInfo.InvariantCulture))).Code == 0) violations.Add($"root key {i} was dropped a moment after it was used");
                for (long until = crowd.Sent + OperationsPerRotation; crowd.Sent < until && !crowd.IsStopping;) await Task.Delay(2, cancellationToken);
                if (i % Math.Max(1, rotations / 5) == 0) setting.Say(string.Create(CultureInfo.InvariantCulture, $"{i} rotations, {crowd.Sent:N0} requests, {crowd.Count.Violated} violations"));
            }
            crowd.Stop();
            count = crowd.Count;
        }
        violations.AddRange(count.Violations);
        if (count.Undecided > 0) violations.Add($"{count.Undecided} histories could not be decided");
        int dropped = await DropAsync(cluster, commands, rotations, cancellationToken);
        if (dropped == 0) violations.Add("no root key could be dropped");
        violations.AddRange(await watched.EndAsync(cancellationToken));
        bool caught = await IsCaughtAsync(setting, KeyFaults.PresentKey, cancellationToken);
        if (!caught) violations.Add($"the mutant {KeyFaults.PresentKey} was not caught");
        return new DrillResult(
        [
            new("F20", "root keys made and activated under load", rotations.ToString(CultureInfo.InvariantCulture)),
            new("F20", "times that all signing keys were wrapped anew", wrapped.ToString(CultureInfo.InvariantCulture)),
            new("F20", "operations checked meanwhile; grants", string.Create(CultureInfo.InvariantCulture, $"{count.Operations:N0}; {count.Grants:N0}")),
            new("F20", "retries across a rotation, same successor", (rotations * Watched).ToString("N0", CultureInfo.InvariantCulture)),
            new("F20", "old root keys dropped at the end", dropped.ToString(CultureInfo.InvariantCulture)),
            new("F20", "violations", violations.Count.ToString(CultureInfo.InvariantCulture)),
            new("F20", $"mutant {KeyFaults.PresentKey}", caught ? "caught" : "not caught"),
        ], violations);
    }

    // A server that answers a retry with the present key gives another successor.
    private static async Task<bool> IsCaughtAsync(DrillSetting setting, string fault, CancellationToken cancellationToken)
    {
        await using Cluster cluster = await Cluster.OnSqliteAsync(setting, fault, cancellationToken, FaultyServer.Keys(fault));
        using var watched = new WatchedGrants(cluster, 1);
        await watched.BeginAsync(cancellationToken);
        await watched.LoseAsync(cancellationToken);
        await new ServerCommands(cluster.Nodes[0].Plan.Folder).RunAsync(cancellationToken, "key", "rotate-root");
        return (await watched.AskAgainAsync(2, cancellationToken)).Count > 0;
    }

    // What has no row is given its day. Keys that grants of the crowd were left with are refused, and rightly.
    private static async Task<int> DropAsync(Cluster cluster, ServerCommands commands, int rotations, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { BaseAddress = new Uri(cluster.Issuer) };
        using HttpResponseMessage moved = await http.PostAsJsonAsync("/dev/clock", new { advance = "1.00:05:00" }, cancellationToken);
        moved.EnsureSuccessStatusCode();
        // The client that nobody used since is given a new secret, as the refusal says.
        foreach (string idle in (string[])["demo-web", FireClients.Stranger]) await commands.RunAsync(cancellationToken, "client", "rotate-secret", idle, "--now");
        int dropped = 0;
        for (int i = 1; i <= rotations; i++)
        {
            (int code, _, string error) = await commands.TryAsync(cancellationToken, "key", "drop-root", i.ToString(CultureInfo.InvariantCulture));
            if (code == 0) dropped++;
            else if (!error.Contains("grants have not been refreshed since", StringComparison.Ordinal)) throw new InvalidDataException($"root key {i} was not dropped: {error}");
        }
        return dropped;
    }

    /// <summary>A few grants of our own, whose every answer is known.</summary>
    private sealed class WatchedGrants(Cluster cluster, int count) : IDisposable
    {
        private readonly HttpClient _http = new() { BaseAddress = new Uri(cluster.Issuer) };
        private readonly FireClient _client = cluster.Client(FireClients.Acknowledged);
        private readonly string[] _held = new string[count];
        private readonly string[] _lost = new string[count];

        public async Task BeginAsync(CancellationToken cancellationToken)
        {
            using var visitor = new Visitor(cluster.Issuer, cluster.Nodes[0].Plan.Port, cluster.UserName, cluster.Password);
            for (int i = 0; i < count; i++)
            {
                PendingCode code = visitor.Authorize(_client) ?? throw new InvalidOperationException("Nobody answers.");
                _held[i] = await AskAsync(cancellationToken, ("grant_type", "authorization_code"), ("code", code.Code), ("code_verifier", code.Verifier), ("redirect_uri", FireClient.RedirectUri));
            }
        }

        /// <summary>Refreshes, and the answers are lost.</summary>
        public async Task LoseAsync(CancellationToken cancellationToken)
        {
            for (int i = 0; i < count; i++) _lost[i] = await RefreshAsync(_held[i], cancellationToken);
        }

        /// <summary>Asks again after a rotation, and goes on with the answer.</summary>
        public async Task<List<string>> AskAgainAsync(int active, CancellationToken cancellationToken)
        {
            List<string> violations = [];
            for (int i = 0; i < count; i++)
            {
                string again = await RefreshAsync(_held[i], cancellationToken);
                if (again != _lost[i]) violations.Add($"watched grant {i}: another successor after the rotation to root key {active}");
                _held[i] = await RefreshAsync(again, cancellationToken);
                int number = BinaryPrimitives.ReadUInt16BigEndian(Base64Url.DecodeFromChars(_held[i].AsSpan(4)));
                if (number != active) violations.Add($"watched grant {i}: a refresh token of root key {number} where {active} is active");
            }
            return violations;
        }

        /// <summary>The last tokens are good.</summary>
        public async Task<List<string>> EndAsync(CancellationToken cancellationToken)
        {
            List<string> violations = [];
            for (int i = 0; i < count; i++)
            {
                if ((await RefreshAsync(_held[i], cancellationToken)).Length == 0) violations.Add($"watched grant {i} is dead at the end");
            }
            return violations;
        }

        public void Dispose() => _http.Dispose();

        private Task<string> RefreshAsync(string token, CancellationToken cancellationToken) => AskAsync(cancellationToken, ("grant_type", "refresh_token"), ("refresh_token", token));

        private async Task<string> AskAsync(CancellationToken cancellationToken, params (string Name, string Value)[] form)
        {
            using HttpResponseMessage reply = await _http.PostAsync("/token", new FormUrlEncodedContent([
                new("client_id", _client.Id), new("client_secret", _client.Secret), .. form.Select(f => KeyValuePair.Create(f.Name, f.Value))]), cancellationToken);
            string body = await reply.Content.ReadAsStringAsync(cancellationToken);
            if (!reply.IsSuccessStatusCode) throw new InvalidDataException($"{(int)reply.StatusCode} to a watched grant: {body}");
            using JsonDocument json = JsonDocument.Parse(body);
            return json.RootElement.GetProperty("refresh_token").GetString()!;
        }
    }
}
