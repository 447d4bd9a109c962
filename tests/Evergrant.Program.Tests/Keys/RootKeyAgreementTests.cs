using System.Security.Cryptography;
using System.Text;
using Evergrant.AspNetCore.Keys;
using Evergrant.Hosting;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Keys;
using Evergrant.Program.Tests.Harness;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Evergrant.Program.Tests.Keys;

/// <summary>Nodes of one store have the same root keys, or do not begin.</summary>
public class RootKeyAgreementTests
{
    [Fact]
    public async Task A_node_with_another_root_key_does_not_begin_and_changes_nothing()
    {
        await using Cluster cluster = await Cluster.StartAsync();
        await cluster.BeginAsync("a");
        IReadOnlyList<RootKeyRecord> before = await cluster.Store.Keys.ListRootKeysAsync(default);
        string refused = (await Assert.ThrowsAsync<UnusableException>(() => cluster.BeginAsync("b"))).Message;
        Assert.Contains("root key 1 is not the root key of this store", refused, StringComparison.Ordinal);
        Assert.Contains(cluster.FileOf("b"), refused, StringComparison.Ordinal);
        Assert.Equal(before.Count, (await cluster.Store.Keys.ListRootKeysAsync(default)).Count);
        await cluster.BeginAsync("c", keysOf: "a");
    }

    [Fact]
    public async Task A_node_that_lacks_an_active_root_key_does_not_begin_and_a_running_one_answers_nothing()
    {
        await using Cluster cluster = await Cluster.StartAsync();
        Node a = await cluster.BeginAsync("a"), b = await cluster.BeginAsync("b", keysOf: "a");
        a.Root.Source.Add(2);
        await a.Agreement.LookAsync(default);
        // Whoever activates it does not ask whether every node has it.
        await cluster.Store.Keys.ActivateRootKeyAsync(2, cluster.Time.Now.AddMinutes(1), default);
        Assert.Null(await a.Agreement.LookAsync(default));
        Assert.Contains("has no root key 2", await b.Agreement.LookAsync(default), StringComparison.Ordinal);
        Assert.Equal((200, 503, 200), (await StatusAsync(a, "/token"), await StatusAsync(b, "/token"), await StatusAsync(b, "/health/live")));
        File.Copy(cluster.FileOf("b"), cluster.FileOf("b") + ".old");
        Assert.Contains("has no root key 2", (await Assert.ThrowsAsync<UnusableException>(() => cluster.BeginAsync("c", keysOf: "b"))).Message, StringComparison.Ordinal);

        File.Copy(cluster.FileOf("a"), cluster.FileOf("b"), overwrite: true);
        Assert.Null(await b.Agreement.LookAsync(default));
        Assert.Equal(200, await StatusAsync(b, "/token"));
    }

    [Fact]
    public async Task A_key_that_waits_and_is_another_one_elsewhere_counts_as_absent_there()
    {
        await using Cluster cluster = await Cluster.StartAsync();
        Node a = await cluster.BeginAsync("a"), b = await cluster.BeginAsync("b", keysOf: "a");
        a.Root.Source.Add(2);
        b.Root.Source.Add(2);
        await cluster.PassAsync(TimeSpan.FromSeconds(10));
        Assert.Null(b.Root.Fault);
        Assert.Equal([1, 2], a.Root.Numbers);
        Assert.Equal([1], b.Root.Numbers);
    }

    [Fact]
    public async Task A_store_of_before_keys_were_numbered_is_taken_over_with_all_that_is_in_it()
    {
        await using Cluster old = await Cluster.StartAsync();
        Node before = await old.BeginAsync("a");
        IReadOnlyList<SigningKeyRecord> keys = await before.Rings.ListAsync(Cluster.Issuer, default);
        byte[] root = Convert.FromBase64String(File.ReadAllText(old.FileOf("a"))[2..].Trim());
        byte[] hash = HMACSHA256.HashData(Derived(root, "client-secret"), Encoding.UTF8.GetBytes("evs_secret"));

        await using Cluster cluster = await Cluster.StartAsync();
        await cluster.Store.Keys.SaveKeysAsync(Cluster.Issuer, 0, [.. keys.Select(k => k with { KeyNumber = null })], default);
        await cluster.Store.Clients.SaveClientAsync(new Client { Issuer = Cluster.Issuer, ClientId = "old", SecretHashes = [hash] }, default);
        Assert.Contains("is not the root key of this store", (await Assert.ThrowsAsync<UnusableException>(() => cluster.BeginAsync("stranger"))).Message, StringComparison.Ordinal);

        Directory.CreateDirectory(cluster.Folder.At("given"));
        File.Copy(old.FileOf("a"), cluster.FileOf("given"));
        Node node = await cluster.BeginAsync("a", keysOf: "given");
        Assert.Equal(keys.Select(k => k.KeyId), (await node.Rings.ListAsync(Cluster.Issuer, default)).Select(k => k.KeyId));
        Assert.Equal(Derived(root, "pairwise-subject"), await node.Pairwise.ReadAsync(default));
        await node.Rotation.RotateAsync(default);
        Assert.Equal(2, node.Root.Credentials.CurrentNumber);
        Assert.True(ClientSecret.Matches("evs_secret", node.Root.Derive(ClientSecret.Purpose), [hash]));
        RootKeyOutcome refused = await node.Rotation.DropAsync(1, default);
        Assert.False(refused.Done);
        Assert.Contains(refused.Lines, line => line.Contains($"{keys.Count + 1} signing keys and stored secrets are wrapped by it", StringComparison.Ordinal));
        Assert.Contains(refused.Lines, line => line.Contains("secrets of 1 clients were not used since: old", StringComparison.Ordinal));
    }

    private static byte[] Derived(byte[] root, string purpose) => HKDF.DeriveKey(HashAlgorithmName.SHA256, root, 32, info: Encoding.UTF8.GetBytes("evergrant/1/" + purpose));

    private static async Task<int> StatusAsync(Node node, string path)
    {
        var http = new DefaultHttpContext();
        http.Request.Path = path;
        await new RootKeyGuard(_ => Task.CompletedTask, node.Root).InvokeAsync(http);
        return http.Response.StatusCode;
    }
}
