using System.Net;
using System.Text.Json;
using Evergrant.Program.Tests.Harness;
using Evergrant.Tests;
using Xunit;

namespace Evergrant.Program.Tests.Nodes;

/// <summary>Three nodes on one database; the tests that share them run one after the other.</summary>
[CollectionDefinition]
public sealed class ThreeNodesCollection : ICollectionFixture<ThreeNodes>;

/// <summary>Three nodes that were started at once.</summary>
public sealed class ThreeNodes : IAsyncLifetime
{
    internal NodeSet Set { get; private set; } = null!;

    /// <summary>The signing keys that each of them published when it had started.</summary>
    internal IReadOnlyList<IReadOnlyList<string>> FirstKeys { get; private set; } = [];

    public async ValueTask InitializeAsync()
    {
        Set = await NodeSet.StartAsync(3);
        using var visitor = new Visitor(Set);
        FirstKeys = [.. await Task.WhenAll(Enumerable.Range(0, 3).Select(visitor.KeysAsync))];
    }

    public async ValueTask DisposeAsync()
    {
        if (Set is not null) await Set.DisposeAsync();
    }
}

/// <summary>Any node answers any request, and what one has done holds on all.</summary>
[Collection(typeof(ThreeNodesCollection))]
public sealed class AnyNodeTests(ThreeNodes three) : IDisposable
{
    private readonly Visitor _visitor = new(three.Set);

    public void Dispose() => _visitor.Dispose();

    [Fact]
    public async Task A_sign_in_a_code_and_its_tokens_wander_over_the_nodes()
    {
        string code = await _visitor.CodeAsync(0, 1, 2);
        Answer redeemed = await _visitor.RedeemAsync(1, code);
        Answer refreshed = await _visitor.RefreshAsync(2, redeemed.RefreshToken);
        Assert.True(await _visitor.IsActiveAsync(0, refreshed["access_token"]!));
        // The session stands on every node: no page is shown again.
        Assert.NotEmpty(await _visitor.CodeAsync(2));
        Assert.NotEmpty(await _visitor.CodeAsync(1));
    }

    [Fact]
    [Requirement("ATTACK-093")]
    public async Task A_revocation_on_one_node_holds_at_once_on_all()
    {
        Answer tokens = await _visitor.RedeemAsync(0, await _visitor.CodeAsync(0));
        Assert.Equal(HttpStatusCode.OK, (await _visitor.RevokeAsync(0, tokens.RefreshToken)).Status);
        foreach (int node in (int[])[1, 2, 0])
        {
            Assert.Equal("invalid_grant", (await _visitor.RefreshAsync(node, tokens.RefreshToken))["error"]);
            Assert.False(await _visitor.IsActiveAsync(node, tokens["access_token"]!));
        }
    }

    [Fact]
    [Requirement("ATTACK-085")]
    public async Task A_lost_answer_is_given_again_by_another_node_with_the_same_successor()
    {
        Answer tokens = await _visitor.RedeemAsync(2, await _visitor.CodeAsync(0));
        Answer first = await _visitor.RefreshAsync(0, tokens.RefreshToken);
        Answer again = await _visitor.RefreshAsync(1, tokens.RefreshToken);
        Assert.Equal(first.RefreshToken, again.RefreshToken);
        Answer next = await _visitor.RefreshAsync(2, again.RefreshToken);
        Assert.NotEqual(again.RefreshToken, next.RefreshToken);
        // Passed by long ago: somebody else has it, and the grant ends on every node.
        Assert.Equal("invalid_grant", (await _visitor.RefreshAsync(0, tokens.RefreshToken))["error"]);
        Assert.Equal("invalid_grant", (await _visitor.RefreshAsync(1, next.RefreshToken))["error"]);
    }

    [Fact]
    [Requirement("ATTACK-079")]
    public async Task A_token_presented_to_all_nodes_at_once_has_one_successor()
    {
        Answer tokens = await _visitor.RedeemAsync(1, await _visitor.CodeAsync(1));
        Answer[] answers = await Task.WhenAll(Enumerable.Range(0, 51).Select(i => _visitor.RefreshAsync(i % 3, tokens.RefreshToken)));
        Assert.All(answers, a => Assert.Equal(HttpStatusCode.OK, a.Status));
        Assert.Single(answers.Select(a => a.RefreshToken).Distinct());
    }

    [Fact]
    [Requirement("ATTACK-196")]
    public async Task A_client_that_a_command_changes_is_changed_on_every_node()
    {
        Said added = await three.Set.Run("", "client", "add", "robot", "--grant-type", "client_credentials", "--scope", "openid", "--json");
        Assert.True(added.ExitCode == 0, added.Error);
        string secret = JsonDocument.Parse(added.Output).RootElement.GetProperty("changes")[0].GetProperty("client_secret").GetString()!;
        for (int node = 0; node < 3; node++) Assert.NotEqual("invalid_client", (await _visitor.AskAsync(node, secret, "robot"))["error"]);
        Said rotated = await three.Set.Run("", "client", "rotate-secret", "robot", "--now");
        Assert.True(rotated.ExitCode == 0, rotated.Error);
        for (int node = 0; node < 3; node++)
        {
            int at = node;
            await NodeSet.Until(async () => (await _visitor.AskAsync(at, secret, "robot"))["error"] == "invalid_client", $"node {node} no longer knows the old secret");
        }
    }

    [Fact]
    public void Nodes_that_start_at_once_agree_on_their_signing_keys()
    {
        Assert.Equal(3, three.FirstKeys[0].Count);
        Assert.All(three.FirstKeys, keys => Assert.Equal(three.FirstKeys[0], keys));
    }
}
