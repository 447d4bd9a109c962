using Evergrant.Hosting;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Keys;
using Evergrant.Protocol.Storage;
using Xunit;

namespace Evergrant.Program.Tests.Keys;

/// <summary>A new root key makes what is new once every running node has it; the old one goes when nothing needs it.</summary>
public class RootKeyRotationTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task A_server_alone_rotates_at_once()
    {
        await using Cluster cluster = await Cluster.StartAsync();
        Node node = await cluster.BeginAsync("a");
        Assert.True((await node.Rotation.RotateAsync(default)).Done);
        Assert.Equal(2, node.Root.Credentials.CurrentNumber);
        Assert.Equal([1, 2], RootKeys.Read(cluster.Folder.At("a"), new System.Collections.Hashtable()).Numbers);
        Assert.True((await node.Rotation.RotateAsync(default)).Done);
        Assert.Equal(3, node.Root.Derive("any").CurrentNumber);
    }

    [Fact]
    public async Task Among_several_nodes_a_new_key_waits_until_all_have_it_and_is_announced_before_it_is_used()
    {
        await using Cluster cluster = await Cluster.StartAsync();
        Node a = await cluster.BeginAsync("a"), b = await cluster.BeginAsync("b", keysOf: "a");
        Assert.Contains("waits: 1 of 2 nodes do not have it yet", (await a.Rotation.RotateAsync(default)).ToString(), StringComparison.Ordinal);
        await cluster.PassAsync(Tick);
        Assert.Contains("waits", (await a.Rotation.RotateAsync(default)).ToString(), StringComparison.Ordinal);
        File.Copy(cluster.FileOf("a"), cluster.FileOf("b"), overwrite: true);
        await cluster.PassAsync(Tick);
        Assert.Contains("Root key 2 makes everything that is new", (await b.Rotation.RotateAsync(default)).ToString(), StringComparison.Ordinal);

        for (TimeSpan passed = TimeSpan.Zero; passed < RootKeyAgreement.Announce; passed += Tick)
        {
            Assert.Equal((1, 1), (a.Root.Credentials.CurrentNumber, b.Root.Credentials.CurrentNumber));
            await cluster.PassAsync(Tick);
        }
        Assert.Equal((2, 2), (a.Root.Credentials.CurrentNumber, b.Root.Credentials.CurrentNumber));
        Grant grant = GrantOf(2);
        Assert.True(GrantCredential.Read(b.Root.Credentials, CredentialKind.RefreshToken, GrantCredential.Write(a.Root.Credentials, 2, CredentialKind.RefreshToken, grant, 1))!.IsOf(b.Root.Credentials, grant));
    }

    [Fact]
    public async Task A_node_that_has_fallen_silent_is_not_waited_for()
    {
        await using Cluster cluster = await Cluster.StartAsync();
        Node a = await cluster.BeginAsync("a"), b = await cluster.BeginAsync("b", keysOf: "a");
        cluster.Time.Now += RootKeyAgreement.Forgotten;
        Assert.Contains("makes everything that is new", (await a.Rotation.RotateAsync(default)).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_and_secrets_are_wrapped_anew_and_stay_what_they_are()
    {
        await using Cluster cluster = await Cluster.StartAsync();
        Node node = await cluster.BeginAsync("a");
        byte[] jwks = (await node.Rings.CurrentAsync(Cluster.Issuer, default)).JwksJson, pairwise = await node.Pairwise.ReadAsync(default);
        await node.Rotation.RotateAsync(default);
        IReadOnlyList<SigningKeyRecord> keys = await cluster.Store.Keys.ListKeysAsync(null, default);
        Assert.Equal(keys.Count + 1, await node.Rotation.RewrapAsync(default));
        Assert.Equal(0, await node.Rotation.RewrapAsync(default));
        Assert.All(await cluster.Store.Keys.ListKeysAsync(null, default), k => Assert.Equal(2, k.KeyNumber));

        // Another process, which has nothing of them in memory.
        Node fresh = await cluster.BeginAsync("b", keysOf: "a");
        Assert.Equal(jwks, (await fresh.Rings.CurrentAsync(Cluster.Issuer, default)).JwksJson);
        Assert.Equal(pairwise, await fresh.Pairwise.ReadAsync(default));
    }

    [Fact]
    public async Task An_old_key_is_dropped_only_when_nothing_needs_it_and_what_does_is_named()
    {
        await using Cluster cluster = await Cluster.StartAsync();
        Node node = await cluster.BeginAsync("a");
        Client client = new() { Issuer = Cluster.Issuer, ClientId = "slow", SecretHashes = [ClientSecret.Hash("evs_slow", node.Root.Derive(ClientSecret.Purpose))] };
        await cluster.Store.Clients.SaveClientAsync(client, default);
        Grant grant = GrantOf(1);
        await cluster.Store.Grants.CommitAsync(new CreateGrant(grant), null, default);
        await Refused(node, 1, "makes everything that is new");
        await Refused(node, 9, "there is no root key 9");
        await node.Rotation.RotateAsync(default);
        await Refused(node, 1, "are wrapped by it: evergrant key rewrap");
        await node.Rotation.RewrapAsync(default);
        await Refused(node, 1, "secrets of 1 clients were not used since: slow");
        await cluster.Store.Clients.ReplaceSecretHashAsync(Cluster.Issuer, "slow", client.SecretHashes[0], ClientSecret.Hash("evs_slow", node.Root.Derive(ClientSecret.Purpose)), default);
        await Refused(node, 1, "1 grants have not been refreshed since");
        await cluster.Store.Grants.CommitAsync(new RevokeGrant(grant.Id, RevocationCause.RevokedByOperator, cluster.Time.Now), null, default);
        await Refused(node, 1, "access tokens and pages that have no row may be of it until");
        await cluster.PassAsync(TimeSpan.FromDays(1));
        Assert.True((await node.Rotation.DropAsync(1, default)).Done);
        Assert.Equal([2], node.Root.Numbers);
        Assert.DoesNotContain("\n1 ", "\n" + await File.ReadAllTextAsync(cluster.FileOf("a")), StringComparison.Ordinal);
        Assert.Null(node.Root.Derive("any").Find(1));
    }

    [Fact]
    public async Task A_key_that_still_waits_is_dropped_without_more_ado()
    {
        await using Cluster cluster = await Cluster.StartAsync();
        Node a = await cluster.BeginAsync("a"), b = await cluster.BeginAsync("b", keysOf: "a");
        await a.Rotation.RotateAsync(default);
        Assert.True((await a.Rotation.DropAsync(2, default)).Done);
        Assert.Equal([1], a.Root.Numbers);
        Assert.Contains("Root key 3 waits", (await a.Rotation.RotateAsync(default)).ToString(), StringComparison.Ordinal);
    }

    private static async Task Refused(Node node, int number, string why)
    {
        RootKeyOutcome outcome = await node.Rotation.DropAsync(number, default);
        Assert.False(outcome.Done);
        Assert.Contains(why, string.Join('\n', outcome.Lines), StringComparison.Ordinal);
    }

    private static Grant GrantOf(int keyNumber) => new()
    {
        Id = Guid.CreateVersion7(), Issuer = Cluster.Issuer, ClientId = "slow", State = GrantState.Active, Generation = 1, KeyNumber = keyNumber, Salt = new byte[16], CreatedAt = DateTimeOffset.UnixEpoch, GenerationAt = DateTimeOffset.UnixEpoch,
        Authorized = new Authorized { Scope = "openid", Policy = "p" },
    };
}
