using System.Net;
using System.Text.Json;
using Evergrant.Program.Tests.Harness;
using Xunit;

namespace Evergrant.Program.Tests.Nodes;

/// <summary>Notifications that never come: what a node keeps in memory has a longest age all the same (reliability F26).</summary>
public sealed class LostNoticeTests : IAsyncLifetime
{
    private const string EndListeners = "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'evergrant watch' and datname = current_database()";

    private NodeSet _nodes = null!;
    private Visitor _visitor = null!;

    public async ValueTask InitializeAsync()
    {
        _nodes = await NodeSet.StartAsync(2);
        _visitor = new Visitor(_nodes);
    }

    public async ValueTask DisposeAsync()
    {
        _visitor?.Dispose();
        if (_nodes is not null) await _nodes.DisposeAsync();
    }

    [Fact]
    public async Task A_client_that_went_without_a_word_is_soon_unknown_everywhere()
    {
        for (int node = 0; node < 2; node++) Assert.NotEqual("invalid_client", (await _visitor.AskAsync(node))["error"]);
        // Past the program: nobody is told.
        await _nodes.ExecuteAsync("delete from clients where client_id = 'web'");
        for (int node = 0; node < 2; node++)
        {
            int at = node;
            await NodeSet.Until(async () => (await _visitor.AskAsync(at))["error"] == "invalid_client", $"node {node} asks again for a client that it knows");
        }
    }

    [Fact]
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
        for (int node = 0; node < 2; node++)
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
        Assert.Equal(await _visitor.KeysAsync(0), await _visitor.KeysAsync(1));
        // They listen again by themselves.
        await NodeSet.Until(async () => await _nodes.Cluster.AskAsync<long>(_nodes.Database, "select count(*) from pg_stat_activity where application_name = 'evergrant watch' and datname = current_database()") == 2, "both nodes listen again");
    }

    [Fact]
    public async Task A_rotation_is_announced_by_every_node_before_any_signs_with_it()
    {
        IReadOnlyList<string> before = await _visitor.KeysAsync(0);
        Said said = await _nodes.Run("", "key", "rotate", "--json");
        Assert.True(said.ExitCode == 0, said.Error);
        IEnumerable<string> made = JsonDocument.Parse(said.Output).RootElement.GetProperty("keys").EnumerateArray().Select(k => k.GetProperty("kid").GetString()!);
        string[] expected = [.. before.Concat(made).Order()];
        Assert.Equal(6, expected.Length);
        for (int node = 0; node < 2; node++)
        {
            int at = node;
            await NodeSet.Until(async () => (await _visitor.KeysAsync(at)).SequenceEqual(expected), $"node {node} announces the new keys");
            Answer tokens = await _visitor.RedeemAsync(node, await _visitor.CodeAsync(node));
            Assert.Contains(Visitor.KeyOf(tokens["access_token"]!), before);
        }
    }
}
