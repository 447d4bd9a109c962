using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Evergrant.Program.Tests.Harness;
using Xunit;

namespace Evergrant.Program.Tests.Nodes;

/// <summary>From the file of one server to the database of several: what clients and browsers hold goes on working.</summary>
public sealed class MigrateStoreTests
{
    [Fact]
    public async Task Tokens_codes_sessions_secrets_and_keys_go_on_on_two_nodes_and_the_file_stays_as_it_is()
    {
        await using NodeSet nodes = await NodeSet.StartAsync(1, onFile: true);
        using var visitor = new Visitor(nodes);
        Answer first = await visitor.RedeemAsync(0, await visitor.CodeAsync(0));
        Answer second = await visitor.RefreshAsync(0, first.RefreshToken);
        Answer revoked = await visitor.RedeemAsync(0, await visitor.CodeAsync(0));
        await visitor.RevokeAsync(0, revoked.RefreshToken);
        Answer denied = await visitor.RedeemAsync(0, await visitor.CodeAsync(0));
        await visitor.RevokeAsync(0, denied["access_token"]!);
        IReadOnlyList<string> keys = await visitor.KeysAsync(0);
        string code = await visitor.CodeAsync(0);

        nodes.UseDatabase();
        Said inUse = await nodes.Run("", "migrate-store");
        Assert.Equal(3, inUse.ExitCode);
        Assert.Contains("Stop the server first", inUse.Error, StringComparison.Ordinal);
        await nodes[0].DisposeAsync();
        string file = System.IO.Path.Combine(nodes[0].Folder, "evergrant.db");
        byte[] before = SHA256.HashData(File.ReadAllBytes(file));

        Said moved = await nodes.Run("", "migrate-store", "--json");
        Assert.True(moved.ExitCode == 0, moved.Error);
        JsonElement told = JsonDocument.Parse(moved.Output).RootElement;
        Assert.True(told.GetProperty("copied").GetBoolean());
        Assert.Equal(4, told.GetProperty("tables").GetProperty("grants").GetInt64());
        Assert.Equal(before, SHA256.HashData(File.ReadAllBytes(file)));
        Said again = await nodes.Run("", "migrate-store", "--json");
        Assert.True(again.ExitCode == 0, again.Error);
        Assert.False(JsonDocument.Parse(again.Output).RootElement.GetProperty("copied").GetBoolean());

        await nodes[0].StartAsync();
        await nodes.AddAsync();
        Assert.Equal(keys, await visitor.KeysAsync(1));
        // The answer that was lost before the move is given again after it, with the same successor.
        Assert.Equal(second.RefreshToken, (await visitor.RefreshAsync(1, first.RefreshToken)).RefreshToken);
        Answer third = await visitor.RefreshAsync(0, second.RefreshToken);
        Assert.Equal(HttpStatusCode.OK, third.Status);
        Assert.True(await visitor.IsActiveAsync(1, first["access_token"]!));
        Assert.Equal(HttpStatusCode.OK, (await visitor.RedeemAsync(1, code)).Status);
        Assert.NotEmpty(await visitor.CodeAsync(1));
        Assert.Equal("invalid_grant", (await visitor.RefreshAsync(0, revoked.RefreshToken))["error"]);
        Assert.False(await visitor.IsActiveAsync(0, denied["access_token"]!));
        Assert.Equal("invalid_grant", (await visitor.RefreshAsync(1, first.RefreshToken))["error"]);
        Assert.Equal("invalid_grant", (await visitor.RefreshAsync(0, third.RefreshToken))["error"]);
    }

    [Fact]
    public async Task A_database_of_others_and_settings_without_one_are_refused()
    {
        await using NodeSet nodes = await NodeSet.StartAsync(1, onFile: true);
        await nodes[0].DisposeAsync();
        Said none = await nodes.Run("", "migrate-store");
        Assert.Equal(2, none.ExitCode);
        Assert.Contains("postgres.connection", none.Error, StringComparison.Ordinal);
        nodes.UseDatabase();
        Said made = await nodes.Run("", "client", "add", "foreign", "--grant-type", "client_credentials", "--scope", "openid");
        Assert.True(made.ExitCode == 0, made.Error);
        Said refused = await nodes.Run("", "migrate-store");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("1 clients", refused.Error, StringComparison.Ordinal);
        Assert.Contains("nothing was written", refused.Error, StringComparison.Ordinal);
        Assert.Contains("foreign", (await nodes.Run("", "client", "list")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_without_a_store_has_nothing_to_copy()
    {
        using var folder = new TemporaryFolder();
        string config = folder.Write("evergrant.json", """
            { "data": ".", "issuers": [ { "issuer": "https://id.example" } ], "urls": [ "http://127.0.0.1:1" ], "trusted_proxies": [ "127.0.0.1" ], "postgres": { "connection": "Host=/nowhere;Username=u" } }
            """);
        Said said = await RunningProgram.Run("migrate-store", "--config", config);
        Assert.Equal(2, said.ExitCode);
        Assert.Contains("no evergrant.db", said.Error, StringComparison.Ordinal);
    }
}
