using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Evergrant.Cli;
using Evergrant.Hosting;
using Evergrant.Program.Tests.Harness;
using Evergrant.Protocol.Storage;
using Evergrant.Tests;
using Xunit;

namespace Evergrant.Program.Tests.Commands;

/// <summary>Whatever an administrator changes, or tries to, is written down with who, what, before and after, and nothing is changed that cannot be.</summary>
public sealed class AuditTests(DevelopmentServer server) : IClassFixture<DevelopmentServer>
{
    // What these tell can be asked for without a trace.
    private static readonly string[] Telling =
        ["doctor", "doctor mcp", "client list", "client show", "user list", "key list", "grant list", "grant show", "grants", "policy list", "policy show", "policy explain", "clock show", "explain", "audit"];

    [Fact]
    [Requirement("ATTACK-368")]
    public async Task Every_command_that_changes_something_leaves_a_record_of_who_and_what()
    {
        const string password = "correct horse battery staple", other = "wrong donkey charger paperclip";
        JsonElement added = await server.Json("client", "add", "shop", "--redirect-uri", "https://shop.example/cb");
        string secret = added.GetProperty("changes")[0].GetProperty("client_secret").GetString()!;
        string second = (await server.Json("client", "rotate-secret", "shop")).GetProperty("client_secret").GetString()!;
        await server.Apply($$"""{"clients":[{"issuer":"{{server.Issuer}}","client_id":"shop","redirect_uris":["https://shop.example/cb","https://shop.example/new"],"profile":"oauth2.1"}]}""");
        await Done("client", "remove", "shop");
        Said made = await server.RunWith(password, "user", "add", "carol", "--claim", "email=carol@example.com");
        Assert.True(made.ExitCode == 0, made.Error);
        Assert.Equal(0, (await server.RunWith(other, "user", "set-password", "carol", "--end-grants")).ExitCode);
        foreach (string order in (string[])["disable", "enable", "sign-out", "remove"]) await Done("user", order, "carol");
        await Done("key", "rotate");
        string kid = (await server.Json("key", "list")).GetProperty("keys")[0].GetProperty("kid").GetString()!;
        await Done("key", "withdraw", kid);
        await Done("key", "rotate-root");
        await Done("key", "rewrap");
        Assert.NotEqual(0, (await server.Run("key", "drop-root", "99")).ExitCode);
        await Done("grant", "revoke", "--client", "demo-web");
        string token = (await server.Json("registration", "token")).GetProperty("initial_access_token").GetString()!;
        await Done("clock", "advance", "1h");
        using var folder = new TemporaryFolder();
        await Done("backup", folder.At("copy.db"));

        string[] changing = [.. Leaves(CommandLine.ForServer(new Nowhere()), "").Except(Telling)];
        JsonElement[] records = await Records(server);
        Assert.Equal(changing.Order(), records.Select(r => Text(r, "action")!).Distinct().Where(a => a != "start").Order());
        Assert.All(records, r => Assert.Contains(Environment.UserName, Text(r, "actor")));
        Assert.All(records, r => Assert.Equal(Text(r, "action") == "key drop-root" ? "refused" : "done", Text(r, "outcome")));
        // The demo state was made by the start itself.
        Assert.Contains(records, r => Text(r, "action") == "start" && Text(r, "target") == "client demo-web of " + server.Issuer);

        string shop = "client shop of " + server.Issuer;
        JsonElement Of(string action) => Assert.Single(records, r => Text(r, "action") == action);
        Assert.Equal((shop, null), (Text(Of("client add"), "target"), Text(Of("client add"), "before")));
        Assert.Equal("https://shop.example/cb", Of("client add").GetProperty("after").GetProperty("redirect_uris")[0].GetString());
        Assert.Equal((1, 2), (Of("client rotate-secret").GetProperty("before").GetProperty("secrets").GetArrayLength(), Of("client rotate-secret").GetProperty("after").GetProperty("secrets").GetArrayLength()));
        JsonElement applied = Of("apply");
        Assert.Equal((1, 2), (applied.GetProperty("before").GetProperty("redirect_uris").GetArrayLength(), applied.GetProperty("after").GetProperty("redirect_uris").GetArrayLength()));
        // Only what differs.
        Assert.False(applied.GetProperty("after").TryGetProperty("client_id", out _));
        Assert.Equal(2, Of("client remove").GetProperty("before").GetProperty("redirect_uris").GetArrayLength());
        Assert.Equal((false, true), (Of("user disable").GetProperty("before").GetProperty("disabled").GetBoolean(), Of("user disable").GetProperty("after").GetProperty("disabled").GetBoolean()));
        Assert.Equal("carol@example.com", Of("user remove").GetProperty("before").GetProperty("claims").GetProperty("email").GetString());
        Assert.Equal($"key {kid} of {server.Issuer}", Text(Of("key withdraw"), "target"));

        string told = (await server.Run("audit")).Output + string.Concat(records.Select(r => r.GetRawText()));
        Assert.All((string[])[secret, second, password, other, token], s => Assert.DoesNotContain(s, told, StringComparison.Ordinal));
        Assert.Contains("disabled: false → true", told, StringComparison.Ordinal);
    }

    [Fact]
    [Requirement("ATTACK-368")]
    public async Task An_attempt_that_fails_is_written_too_with_the_reason()
    {
        // With a server of its own: the records of the other test are counted.
        await using var server = new DevelopmentServer();
        await server.InitializeAsync();
        Assert.NotEqual(0, (await server.Run("client", "remove", "nobody-knows-it")).ExitCode);
        Assert.NotEqual(0, (await server.Run("client", "add", "bad-client", "--type", "spaceship")).ExitCode);
        Assert.NotEqual(0, (await server.RunWith("", "user", "add", "dave")).ExitCode);
        Assert.NotEqual(0, (await server.Run("user", "disable", "erin")).ExitCode);
        JsonElement[] records = await Records(server);
        (string Action, string Target, string Why)[] expected =
        [
            ("client remove", "nobody-knows-it", "there is no client nobody-knows-it"), ("client add", "bad-client", "application_type"),
            ("user add", "dave", "no password on standard input"), ("user disable", "user erin", "nobody has the name"),
        ];
        foreach ((string action, string target, string why) in expected)
        {
            JsonElement record = Assert.Single(records, r => Text(r, "action") == action && Text(r, "target") == target);
            Assert.Equal("refused", Text(record, "outcome"));
            Assert.Contains(why, Text(record, "reason"), StringComparison.Ordinal);
        }
        // What only asks, and what is applied without changing anything, leaves nothing.
        int before = (await Records(server)).Length;
        await server.Json("client", "list");
        await server.Apply("""{"scopes":[]}""");
        Assert.Equal(before, (await Records(server)).Length);
    }

    [Fact]
    [Requirement("ATTACK-368")]
    public async Task Nothing_is_changed_when_it_cannot_be_written_that_it_begins()
    {
        var audit = new Failing { Append = true };
        bool changed = false;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => Trail(audit).ChangeAsync("client a", null, [], _ => Task.FromResult(changed = true), _ => null, default));
        Assert.False(changed);
    }

    [Fact]
    [Requirement("ATTACK-368")]
    public async Task The_record_comes_first_and_what_became_of_it_before_the_answer()
    {
        var audit = new Failing();
        await Trail(audit).ChangeAsync("client a", new JsonObject { ["client_secret"] = "s3cret", ["keys"] = new JsonArray(new JsonObject { ["d"] = "private" }) }, [], _ =>
        {
            Assert.Equal([AuditOutcome.Begun], audit.Outcomes);
            return Task.FromResult(1);
        }, _ => null, default);
        Assert.Equal([AuditOutcome.Done], audit.Outcomes);
        Assert.Equal("""{"client_secret":"***","keys":[{"d":"***"}]}""", audit.Records[0].Before);

        await Assert.ThrowsAsync<StoreUnavailableException>(() => Trail(audit).ChangeAsync<int>("client b", null, [], _ => throw new StoreUnavailableException("the disk is full"), _ => null, default));
        Assert.Equal((AuditOutcome.Failed, "the disk is full"), (audit.Records[1].Outcome, audit.Records[1].Reason));
        // When nobody can write what became of it, the record says that it has begun, and whoever ordered it is told.
        audit.End = true;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => Trail(audit).ChangeAsync("client c", null, [], _ => Task.FromResult(1), _ => null, default));
        Assert.Equal(AuditOutcome.Begun, audit.Records[2].Outcome);
    }

    private static AuditTrail Trail(IAuditStore store) => new(store, TimeProvider.System, "alice", "client add");

    private async Task Done(params string[] arguments)
    {
        Said said = await server.Run(arguments);
        Assert.True(said.ExitCode == 0, string.Join(' ', arguments) + ": " + said.Error);
    }

    private static async Task<JsonElement[]> Records(DevelopmentServer server) => [.. (await server.Json("audit", "--limit", "1000")).GetProperty("changes").EnumerateArray()];

    private static string? Text(JsonElement record, string member) => record.GetProperty(member).ValueKind == JsonValueKind.Null ? null : record.GetProperty(member).GetString();

    private static IEnumerable<string> Leaves(Command command, string path) =>
        command.Subcommands.SelectMany(c => Leaves(c, path.Length == 0 ? c.Name : path + " " + c.Name)).Concat(command.Action is not null && path.Length > 0 ? [path] : []);

    private sealed class Nowhere : Execution
    {
        public override Task<int> RunAsync(ParseResult parse, Work work, CancellationToken cancellationToken, Func<CancellationToken, Task<string?>>? input = null, params string[] further) => throw new NotSupportedException();

        public override bool? Confirm(string question) => null;
    }

    private sealed class Failing : IAuditStore
    {
        public bool Append { get; init; }

        public bool End { get; set; }

        public List<AuditRecord> Records { get; } = [];

        public IEnumerable<AuditOutcome> Outcomes => Records.Select(r => r.Outcome);

        public ValueTask AppendAsync(AuditRecord record, CancellationToken cancellationToken)
        {
            if (Append) throw new StoreUnavailableException("no");
            Records.Add(record);
            return default;
        }

        public ValueTask EndAsync(Guid id, AuditOutcome outcome, string? reason, CancellationToken cancellationToken)
        {
            if (End) throw new StoreUnavailableException("no");
            int at = Records.FindIndex(r => r.Id == id);
            Records[at] = Records[at] with { Outcome = outcome, Reason = reason };
            return default;
        }

        public ValueTask<IReadOnlyList<AuditRecord>> ListAsync(int limit, CancellationToken cancellationToken) => new(Records);

        public ValueTask<int> CleanUpAsync(DateTimeOffset upTo, int limit, CancellationToken cancellationToken) => new(0);
    }
}
