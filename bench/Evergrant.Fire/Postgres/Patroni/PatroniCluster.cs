using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Evergrant.Fire.Postgres.Patroni;

/// <summary>Three members, and the etcd in which they agree; synchronous mode, short timers.</summary>
internal sealed class PatroniCluster : IAsyncDisposable
{
    private const int LooksPerSecond = 10;

    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(30) };

    private readonly ServerFolder _folder;

    private PatroniCluster(ServerFolder folder, int etcd) => (_folder, Members) = (folder, [new(folder, "a", etcd), new(folder, "b", etcd), new(folder, "c", etcd)]);

    public IReadOnlyList<Member> Members { get; }

    public static async Task<PatroniCluster> StartAsync(Action<string> say)
    {
        await Packages.DemandAsync(say);
        ServerFolder folder = await ServerFolder.CreateAsync();
        try
        {
            (int etcd, int peer) = (ServerFolder.FreePort(), ServerFolder.FreePort());
            folder.Start("etcd", Packages.Etcd, "--name", "fire", "--data-dir", Path.Combine(folder.Path, "etcd"), "--listen-client-urls", $"http://127.0.0.1:{etcd}",
                "--advertise-client-urls", $"http://127.0.0.1:{etcd}", "--listen-peer-urls", $"http://127.0.0.1:{peer}", "--initial-advertise-peer-urls", $"http://127.0.0.1:{peer}",
                "--initial-cluster", $"fire=http://127.0.0.1:{peer}");
            PatroniCluster cluster = new(folder, etcd);
            foreach (Member member in cluster.Members) await member.StartAsync();
            await cluster.HealthyAsync();
            return cluster;
        }
        catch
        {
            await folder.DisposeAsync();
            throw;
        }
    }

    /// <summary>As a node is told to find the primary.</summary>
    public string ConnectionString(string database) => $"Host={string.Join(',', Members.Select(m => $"127.0.0.1:{m.Port}"))};Username=evergrant;Database={database}";

    /// <summary>Waits until there is a leader, a synchronous standby and another one, all of them running on one line of history.</summary>
    /// <returns>The leader.</returns>
    public async Task<Member> HealthyAsync()
    {
        string seen = "nobody answered";
        for (int look = 0; look < 180 * LooksPerSecond; look++)
        {
            foreach (Member member in Members)
            {
                if (await StateAsync(member) is not { } state) continue;
                seen = state.ToString();
                JsonElement[] members = [.. state.GetProperty("members").EnumerateArray()];
                if (members.Length == Members.Count && members.All(IsRunning) && members.Select(m => m.GetProperty("timeline").GetInt32()).Distinct().Count() == 1
                    && Of(members, "leader") is [var leader] && Of(members, "sync_standby").Length == 1 && Of(members, "replica").Length == 1)
                    return Members.Single(m => m.Name == leader);
                break;
            }
            await Task.Delay(1000 / LooksPerSecond);
        }
        throw new InvalidOperationException($"The cluster did not become whole: {seen}");
    }

    /// <summary>Asks for an orderly change to the synchronous standby.</summary>
    public async Task SwitchOverAsync(Member leader)
    {
        // Patroni wants a length.
        using StringContent order = new($$"""{"leader":"{{leader.Name}}"}""", Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await Http.PostAsync($"http://127.0.0.1:{leader.Api}/switchover", order);
        if (!answer.IsSuccessStatusCode) throw new InvalidOperationException($"Patroni refused the switch-over: {await answer.Content.ReadAsStringAsync()}");
    }

    public ValueTask DisposeAsync() => _folder.DisposeAsync();

    private static bool IsRunning(JsonElement member) => member.GetProperty("state").GetString() is "running" or "streaming" && member.TryGetProperty("timeline", out _);

    private static string[] Of(JsonElement[] members, string role) => [.. members.Where(m => m.GetProperty("role").GetString() == role).Select(m => m.GetProperty("name").GetString()!)];

    private static async Task<JsonElement?> StateAsync(Member member)
    {
        try
        {
            return await Http.GetFromJsonAsync<JsonElement>($"http://127.0.0.1:{member.Api}/cluster");
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or TaskCanceledException)
        {
            return null;
        }
    }
}
