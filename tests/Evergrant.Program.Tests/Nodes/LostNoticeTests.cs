using System.Net;
using System.Text.Json;
using Evergrant.Program.Tests.Harness;
using Evergrant.Tests;
using Xunit;

namespace Evergrant.Program.Tests.Nodes;

/// <summary>Notifications that never come: what a node keeps in memory has a longest age all the same (reliability F26).</summary>
[Collection(typeof(ThreeNodesCollection))]
public sealed class LostNoticeTests(ThreeNodes three) : IDisposable
{
    private const string EndListeners = "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'evergrant watch' and datname = current_database()";

    private readonly NodeSet _nodes = three.Set;
    private readonly Visitor _visitor = new(three.Set);

    public void Dispose() => _visitor.Dispose();

    [Fact]
    public async Task A_client_that_went_without_a_word_is_soon_unknown_everywhere()
    {
        Said added = await _nodes.Run("", "client", "add", "forgotten", "--grant-type", "client_credentials", "--scope", "openid", "--json");
        string secret = JsonDocument.Parse(added.Output).RootElement.GetProperty("changes")[0].GetProperty("client_secret").GetString()!;
        for (int node = 0; node < 3; node++) Assert.NotEqual("invalid_client", (await _visitor.AskAsync(node, secret, "forgotten"))["error"]);
        // Past the program: nobody is told.
        await _nodes.ExecuteAsync("delete from clients where client_id = 'forgotten'");
        for (int node = 0; node < 3; node++)
        {
            int at = node;
            await NodeSet.Until(async () => (await _visitor.AskAsync(at, secret, "forgotten"))["error"] == "invalid_client", $"node {node} asks again for a client that it knows");
        }
    }

    [Fact]
    [Requirement("ATTACK-180")]
    public async Task A_key_that_is_withdrawn_while_nobody_can_listen_is_soon_gone_everywhere_and_signs_nothing()
    {
        Answer tokens = await _visitor.RedeemAsync(0, await _visitor.CodeAsync(0));
        string withdrawn = Visitor.KeyOf(tokens["access_token"]!);
        Assert.Contains(withdrawn, await _visitor.KeysAsync(1));

        using var stop = new CancellationTokenSource();
        int ended = 0;
        Task denial = Task.Run(async () =>
        {
            // Whoever listens is cut off again at once.
            while (!stop.IsCancellationRequested)
            {
                await _nodes.ExecuteAsync(EndListeners);
                ended++;
            }
        });
        Said said = await _nodes.Run("", "key", "withdraw", withdrawn);
        Assert.True(said.ExitCode == 0, said.Error);
        string refresh = tokens.RefreshToken;
        for (int node = 0; node < 3; node++)
        {
            int at = node;
            await NodeSet.Until(async () => !(await _visitor.KeysAsync(at)).Contains(withdrawn), $"the key is gone from node {node}");
            Answer after = await _visitor.RefreshAsync(node, refresh);
            Assert.True(after.Status == HttpStatusCode.OK, after.Json.ToString());
            Assert.NotEqual(withdrawn, Visitor.KeyOf(after["access_token"]!));
            refresh = after.RefreshToken;
        }
        await stop.CancelAsync();
        await denial;
        Assert.True(ended > 0);
        IReadOnlyList<string> left = await _visitor.KeysAsync(0);
        Assert.Equal(left, await _visitor.KeysAsync(1));
        Assert.Equal(left, await _visitor.KeysAsync(2));
        // They listen again by themselves.
        await NodeSet.Until(async () => await _nodes.Cluster.AskAsync<long>(_nodes.Database, "select count(*) from pg_stat_activity where application_name = 'evergrant watch' and datname = current_database()") == 3, "all nodes listen again");
    }

    [Fact]
    public async Task A_rotation_is_announced_by_every_node_before_any_signs_with_it()
    {
        IReadOnlyList<string> before = await _visitor.KeysAsync(0);
        Said said = await _nodes.Run("", "key", "rotate", "--json");
        Assert.True(said.ExitCode == 0, said.Error);
        string[] made = [.. JsonDocument.Parse(said.Output).RootElement.GetProperty("keys").EnumerateArray().Select(k => k.GetProperty("kid").GetString()!)];
        string[] expected = [.. before.Concat(made).Order()];
        Assert.Equal(3, made.Length);
        for (int node = 0; node < 3; node++)
        {
            int at = node;
            await NodeSet.Until(async () => (await _visitor.KeysAsync(at)).SequenceEqual(expected), $"node {node} announces the new keys");
            Answer tokens = await _visitor.RedeemAsync(node, await _visitor.CodeAsync(node));
            Assert.Contains(Visitor.KeyOf(tokens["access_token"]!), before);
        }
    }
}
