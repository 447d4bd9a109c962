using System.Net;
using System.Text.Json;
using Evergrant.Program.Tests.Harness;
using Evergrant.Storage.Tests.Postgres;
using Npgsql;
using Xunit;

namespace Evergrant.Program.Tests.Nodes;

/// <summary>Commands and settings where a database is the store.</summary>
public sealed class CommandTests : IDisposable
{
    private const string Secret = "pa;ss'word=canary-7b1f";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Nodes_that_start_together_with_one_file_to_apply_all_come_up_and_apply_it_once()
    {
        await using NodeSet nodes = await NodeSet.StartAsync(4, apply: $$"""
            { "clients": [ { "issuer": "{{NodeSet.Issuer}}", "client_id": "spa", "application_type": "browser", "redirect_uris": ["https://spa.example/cb"] } ], "users": [ { "username": "grace" } ] }
            """);
        Said listed = await nodes.Run("", "audit", "--json");
        string[] done = [.. System.Text.Json.JsonDocument.Parse(listed.Output).RootElement.GetProperty("changes").EnumerateArray()
            .Where(r => r.GetProperty("action").GetString() == "serve" && r.GetProperty("outcome").GetString() == "done").Select(r => r.GetProperty("target").GetString()!)];
        Assert.Equal(["client spa of " + NodeSet.Issuer, "user grace"], done.Order());
    }

    [Fact]
    public async Task The_doctor_says_what_the_database_is_and_backup_what_to_use_instead()
    {
        string config = await WriteAsync("");
        Assert.Equal(0, (await RunningProgram.Run("init", "--config", config)).ExitCode);
        Said doctor = await RunningProgram.Run("doctor", "--json", "--config", config);
        string notes = string.Join('\n', JsonDocument.Parse(doctor.Output).RootElement.GetProperty("findings").EnumerateArray()
            .Where(f => f.GetProperty("severity").GetString() == "note").Select(f => f.GetProperty("text").GetString()));
        Assert.Contains(", the primary", notes, StringComparison.Ordinal);
        Assert.Contains("synchronous_commit is on; no synchronous standby", notes, StringComparison.Ordinal);
        Assert.Matches(@"tables of version (\d+); this program makes version \1", notes);
        Said backup = await RunningProgram.Run("backup", _folder.At("copy"), "--config", config);
        Assert.Equal(1, backup.ExitCode);
        Assert.Contains("pg_basebackup --host=", backup.Error, StringComparison.Ordinal);
        Assert.Contains("pg_dump --host=", backup.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.At("copy")));
        Assert.Equal(0, (await RunningProgram.Run("key", "list", "--config", config)).ExitCode);
    }

    [Fact]
    public async Task A_password_comes_from_a_file_or_the_environment_and_is_never_said()
    {
        PostgresCluster cluster = await SharedCluster.Cluster;
        string database = await cluster.CreateDatabaseAsync();
        string whole = new NpgsqlConnectionStringBuilder(cluster.ConnectionString(database)) { Password = Secret }.ConnectionString;
        _folder.Write("password", Secret + "\n");
        _folder.Write("connection", whole + "\n");
        Private("password", "connection");
        foreach (string member in (string[])[$"\"connection\": \"{cluster.ConnectionString(database)}\", \"password_file\": \"password\"", "\"connection_file\": \"connection\""])
        {
            Said made = await RunningProgram.Run("init", "--config", Write(member));
            Assert.True(made.ExitCode == 0, made.Error);
            Assert.DoesNotContain("canary", made.Output + made.Error, StringComparison.Ordinal);
        }
        // A server that is not there, and one that does not know the role: the message has the place, not the password.
        foreach (string connection in (string[])["Host=/nowhere-evergrant;Username=u", $"Host={cluster.Folder};Username=nobody"])
        {
            _folder.Write("connection", connection + ";Password=\"" + Secret + "\"");
            foreach (string[] command in (string[][])[["serve"], ["doctor"], ["client", "list"]])
            {
                Said said = await RunningProgram.Run([.. command, "--config", Write("\"connection_file\": \"connection\"")]);
                Assert.Equal(3, said.ExitCode);
                Assert.NotEmpty(said.Error);
                Assert.DoesNotContain("canary", said.Output + said.Error, StringComparison.Ordinal);
                Assert.DoesNotContain("   at ", said.Error, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task Development_mode_runs_on_a_database_and_its_commands_find_it()
    {
        PostgresCluster cluster = await SharedCluster.Cluster;
        string folder = _folder.At("data"), issuer = $"http://localhost:{RunningProgram.FreePort()}", connection = cluster.ConnectionString(await cluster.CreateDatabaseAsync());
        await using (RunningProgram program = await RunningProgram.Start(() => Task.FromResult(File.Exists(Path.Combine(folder, "dev.json"))), "start", "--urls", issuer, "--data", folder, "--postgres", connection))
        {
            Assert.Contains("demo-web", (await RunningProgram.Run("client", "list", "--data", folder)).Output, StringComparison.Ordinal);
            Said second = await RunningProgram.Run("start", "--urls", issuer, "--data", folder, "--postgres", connection);
            Assert.Equal(2, second.ExitCode);
            Assert.Contains("runs in", second.Error, StringComparison.Ordinal);
            Assert.Equal(0, await program.Stop("TERM"));
        }
        Assert.Contains("demo-web", (await RunningProgram.Run("client", "list", "--data", folder)).Output, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(folder, "evergrant.db")));
    }

    [Fact]
    public async Task A_node_that_its_database_admits_no_more_is_not_ready_and_comes_back_by_itself()
    {
        PostgresCluster cluster = await SharedCluster.Cluster;
        string database = await cluster.CreateDatabaseAsync(), role = "app_" + database;
        // No more than what docs/operations/postgres.md asks for: a role that owns its database.
        await cluster.ExecuteAsync("postgres", $"create role {role} login");
        await cluster.ExecuteAsync("postgres", $"alter database {database} owner to {role}");
        int port = RunningProgram.FreePort();
        string config = Write($"\"connection\": \"Host={cluster.Folder};Username={role};Database={database}\"", port);
        Said made = await RunningProgram.Run("init", "--config", config);
        Assert.True(made.ExitCode == 0, made.Error);
        using var http = new HttpClient();
        async Task<bool> Answers(HttpStatusCode wanted)
        {
            try
            {
                return (await http.GetAsync($"http://127.0.0.1:{port}/health/ready")).StatusCode == wanted;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }
        await using RunningProgram program = await RunningProgram.Start(() => Answers(HttpStatusCode.OK), "serve", "--config", config);
        await cluster.ExecuteAsync("postgres", $"alter database {database} connection limit 0");
        await cluster.ExecuteAsync("postgres", $"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{database}'");
        await NodeSet.Until(() => Answers(HttpStatusCode.ServiceUnavailable), "the node is not ready");
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync($"http://127.0.0.1:{port}/health/live")).StatusCode);
        Assert.Equal(3, (await RunningProgram.Run("client", "list", "--config", config)).ExitCode);
        await cluster.ExecuteAsync("postgres", $"alter database {database} connection limit -1");
        await NodeSet.Until(() => Answers(HttpStatusCode.OK), "the node is ready again");
        Assert.Equal(0, await program.Stop("TERM"));
    }

    [Fact]
    public async Task A_role_that_may_only_read_and_write_rows_is_enough_once_the_tables_are_there()
    {
        PostgresCluster cluster = await SharedCluster.Cluster;
        string database = await cluster.CreateDatabaseAsync(), role = "rows_" + database;
        Said made = await RunningProgram.Run("init", "--config", Write($"\"connection\": \"{cluster.ConnectionString(database)}\""));
        Assert.True(made.ExitCode == 0, made.Error);
        await cluster.ExecuteAsync("postgres", $"create role {role} login");
        await cluster.ExecuteAsync(database, $"revoke create on schema public from public; grant select, insert, update, delete on all tables in schema public to {role}");
        string config = Write($"\"connection\": \"Host={cluster.Folder};Username={role};Database={database}\"");
        Said added = await RunningProgram.Run("client", "add", "robot", "--grant-type", "client_credentials", "--scope", "openid", "--config", config);
        Assert.True(added.ExitCode == 0, added.Error);
        Assert.Equal(0, (await RunningProgram.Run("key", "rotate", "--config", config)).ExitCode);
        Assert.Equal(0, (await RunningProgram.RunWith("correct horse battery\n", "user", "add", "ada", "--operator", "--config", config)).ExitCode);
        Assert.Equal(0, (await RunningProgram.Run("client", "remove", "robot", "--config", config)).ExitCode);
    }

    private async Task<string> WriteAsync(string more)
    {
        PostgresCluster cluster = await SharedCluster.Cluster;
        return Write($"\"connection\": \"{cluster.ConnectionString(await cluster.CreateDatabaseAsync())}\"{more}");
    }

    private string Write(string postgres, int port = 5000) => _folder.Write("evergrant.json", $$"""
        { "data": "data", "issuers": [ { "issuer": "https://id.example" } ], "urls": [ "http://127.0.0.1:{{port}}" ], "trusted_proxies": [ "127.0.0.1" ], "postgres": { {{postgres}} } }
        """);

    private void Private(params string[] names)
    {
        foreach (string name in names) File.SetUnixFileMode(_folder.At(name), UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
