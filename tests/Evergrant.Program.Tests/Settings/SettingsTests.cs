using System.Collections;
using Evergrant.Hosting.Settings;
using Evergrant.Program.Tests.Harness;
using Evergrant.Protocol;
using Evergrant.Tests;
using Xunit;

namespace Evergrant.Program.Tests.Settings;

public class SettingsTests
{
    private const string Behind = """{"data":"d","issuers":[{"issuer":"https://id.example"}],"urls":["http://127.0.0.1:5000"],"trusted_proxies":["127.0.0.1"]""";

    [Fact]
    public void All_faults_come_in_one_message_each_with_its_place()
    {
        Parsed<ServerSettings> settings = Read("""
            {
              "issuers": [ { "issuer": "http://id.example" }, { "issuer": "https://id.example/a?b" } ],
              "urls": [ "https://0.0.0.0:443", "x" ],
              "trusted_proxies": [ "somebody" ],
              "log_level": "loud",
              "keep_events": "never"
            }
            """);
        Assert.Equal(
        [
            "data: is missing; it names the data folder",
            "issuers[0].issuer: http://id.example is not https; only development mode (evergrant start) serves http (evergrant.json line 2)",
            "issuers[1].issuer: https://id.example/a?b has a query or a fragment (RFC 8414 section 2) (evergrant.json line 2)",
            "urls[1]: x is not a URL of scheme, host and port (evergrant.json line 3)",
            "certificate.path: is missing, though the server is to listen on https",
            "trusted_proxies[0]: somebody is neither an address nor a network (evergrant.json line 4)",
            "log_level: loud is none of trace, debug, information, warning, error (evergrant.json line 5)",
            "keep_events: never is not a duration d.hh:mm:ss from 01:00:00 to 3660.00:00:00 (evergrant.json line 6)",
        ], settings.Faults);
    }

    [Theory]
    [InlineData("\"isuers\": []", "isuers: no such setting (evergrant.json line 2); did you mean issuers?")]
    [InlineData("\"certificate\": { \"pth\": \"x\" }", "certificate.pth: no such setting (evergrant.json line 2); did you mean certificate.path?")]
    [InlineData("\"password\": \"hunter2\"", "password: no such setting (evergrant.json line 2)")]
    [InlineData("\"data\": \"e\"", "data: is there twice (evergrant.json line 2)")]
    [InlineData("\"log_level\": 3", "log_level: is not a text (evergrant.json line 2)")]
    [InlineData("\"certificate\": \"x\"", "certificate: is not an object (evergrant.json line 2)")]
    public void A_setting_that_is_not_known_or_not_of_its_kind_is_refused_with_its_line(string member, string fault) =>
        Assert.Equal([fault], Read(Behind + ",\n" + member + "}").Faults);

    [Fact]
    public void An_issuer_that_is_a_bare_text_is_one_fault() => Assert.Equal(
        ["issuers[0]: is not an object (evergrant.json line 1)"],
        Read("""{"data":"d","issuers":["http://id.example"],"urls":["http://127.0.0.1:5000"],"trusted_proxies":["127.0.0.1"]}""").Faults);

    [Fact]
    public void Half_a_character_in_a_text_is_a_fault() =>
        Assert.Contains("evergrant.json: a text in it is not Unicode", Read(Behind + """, "log_level": "\ud800" }""").Faults);

    [Theory]
    [InlineData("""{"data":"d","issuers":[{"issuer":"https://id.example"}],"urls":["http://127.0.0.1:5000"]}""", "trusted_proxies: is empty, though a URL is http: name the proxy at which TLS ends, or listen on https")]
    [InlineData("""{"data":"d","issuers":[{"issuer":"https://a.example"},{"issuer":"https://b.example/"}],"urls":["http://127.0.0.1:5000"],"trusted_proxies":["::1"]}""",
        "issuers[1].issuer: https://b.example/ has the same path as issuers[0]; only the path tells issuers apart (evergrant.json line 1)")]
    [InlineData("""{"data":"d","issuers":[{"issuer":"https://a.example/admin/x"}],"urls":["http://127.0.0.1:5000"],"trusted_proxies":["::1"]}""",
        "issuers[0].issuer: https://a.example/admin/x has a path below /admin, which is the server's own (evergrant.json line 1)")]
    [InlineData("""{"data":"d","issuers":[{"issuer":"https://A.example"}],"urls":["http://127.0.0.1:5000"],"trusted_proxies":["::1"]}""",
        "issuers[0].issuer: https://A.example is not in its plain form, https://a.example… (evergrant.json line 1)")]
    [InlineData("""{"data":"d","issuers":[{"name":"x"}],"urls":["http://127.0.0.1:5000"],"trusted_proxies":["::1"]}""",
        "issuers[0].issuer: is missing, though something stands there or behind it (evergrant.json line 1)")]
    [InlineData("[]", "evergrant.json: the settings are one JSON object")]
    [InlineData("{\"data\":\"d\",\n]", "evergrant.json line 2: this is not JSON")]
    public void What_contradicts_itself_is_refused(string json, string fault) => Assert.Contains(fault, Read(json).Faults);

    [Theory]
    [InlineData("\"connection\": \"Host=db;Pasword=canary\"", "postgres.connection: the connection string cannot be read: it is made of Keyword=value pairs with semicolons between, and a value that holds ; or = stands in quotes (evergrant.json line 2)")]
    [InlineData("\"connection\": \"Username=u;Password=canary\"", "postgres.connection: the connection string names no Host (evergrant.json line 2)")]
    [InlineData("\"connection\": \"Host=db;Password=canary\"", "postgres.connection: the connection string names no Username (evergrant.json line 2)")]
    [InlineData("\"connection\": \"Host=db;Username=u;Port=canary\"", "postgres.connection: the connection string cannot be read: it is made of Keyword=value pairs with semicolons between, and a value that holds ; or = stands in quotes (evergrant.json line 2)")]
    [InlineData("\"connection\": \"Host=db;Username=u\", \"connection_file\": \"c\"", "postgres.connection_file: is set beside postgres.connection (evergrant.json line 2); set one of them (evergrant.json line 2)")]
    [InlineData("\"connection\": \"Host=db;Username=u\", \"deadline\": \"5\"", "postgres.deadline: 5 is not a duration d.hh:mm:ss from 00:00:01 to 00:01:00 (evergrant.json line 2)")]
    [InlineData("\"deadline\": \"00:00:05\"", "postgres.deadline: is set without postgres.connection (evergrant.json line 2)")]
    [InlineData("\"password_file\": \"x\"", "postgres.password_file: is set without postgres.connection (evergrant.json line 2)")]
    [InlineData("\"conection\": \"canary\"", "postgres.conection: no such setting (evergrant.json line 2); did you mean postgres.connection?")]
    [Requirement("ATTACK-399")]
    public void A_database_that_cannot_be_meant_is_refused_without_repeating_its_connection_string(string members, string fault)
    {
        Parsed<ServerSettings> settings = Read(Behind + ",\n\"postgres\": {" + members + "}}");
        Assert.Equal([fault], settings.Faults);
        Assert.DoesNotContain("canary", string.Concat(settings.Faults), StringComparison.Ordinal);
    }

    [Fact]
    public void A_database_is_set_by_the_environment_alone()
    {
        Evergrant.Postgres.PostgresOptions options = Read(Behind + "}", ("EVERGRANT__POSTGRES__CONNECTION", "Host=db1,db2;Username=u;Password=canary"), ("EVERGRANT__POSTGRES__DEADLINE", "00:00:05")).Value!.Postgres!;
        Assert.Equal("db1,db2:5432/u as u", options.Address()!.ToString());
        Assert.Equal(TimeSpan.FromSeconds(5), options.Deadline);
        Assert.DoesNotContain("canary", options.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_password_file_that_others_may_read_or_that_is_a_second_password_is_refused()
    {
        using var folder = new TemporaryFolder();
        string password = folder.Write("password", "canary\n"), set = $"\"password_file\": \"{password}\"";
        File.SetUnixFileMode(password, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        Assert.Equal([$"postgres.password_file: others may read or write {password}; chmod 600 it (evergrant.json line 2)"], Read(Behind + ",\n\"postgres\": {\"connection\": \"Host=db;Username=u\", " + set + "}}").Faults);
        File.SetUnixFileMode(password, UnixFileMode.UserRead);
        Assert.Equal(["postgres.password_file: is set, though postgres.connection has a password (evergrant.json line 2)"], Read(Behind + ",\n\"postgres\": {\"connection\": \"Host=db;Username=u;Password=x\", " + set + "}}").Faults);
        Assert.Contains("Password=canary", Read(Behind + ",\n\"postgres\": {\"connection\": \"Host=db;Username=u\", " + set + "}}").Value!.Postgres!.ConnectionString, StringComparison.Ordinal);
    }

    [Fact]
    public void The_environment_overrides_the_file()
    {
        ServerSettings settings = Read(Behind + "}", ("EVERGRANT__ISSUERS__0__ISSUER", "https://other.example"), ("EVERGRANT__LOG_LEVEL", "error"), ("EVERGRANT__TRUSTED_PROXIES__1", "10.0.0.0/8")).Value!;
        Assert.Equal(["https://other.example"], settings.Issuers);
        Assert.Equal(Microsoft.Extensions.Logging.LogLevel.Error, settings.LogLevel);
        Assert.Equal(["127.0.0.1/32", "10.0.0.0/8"], settings.TrustedProxies.Select(p => p.ToString()));
    }

    [Fact]
    public void A_variable_that_is_no_setting_is_refused() =>
        Assert.Equal(["isuers[0]: no such setting (environment variable EVERGRANT__ISUERS__0); did you mean issuers[]?"], Read(Behind + "}", ("EVERGRANT__ISUERS__0", "x")).Faults);

    [Fact]
    public void Every_setting_of_the_table_is_read()
    {
        // A value that nothing can be made of is noticed wherever a setting is read; the folder and names take any text.
        foreach (Setting setting in Setting.All)
        {
            string variable = setting.Variable.Replace("__N", "__0", StringComparison.Ordinal);
            Parsed<ServerSettings> settings = Read(Behind + "}", (variable, "\u0001"));
            bool noticed = !settings.IsValid || settings.Value.Folder.Contains('\u0001') || settings.Value.Names.Values.Contains("\u0001");
            Assert.True(noticed, setting.Path);
        }
    }

    [Fact]
    public void Comments_and_trailing_commas_are_let_be()
    {
        ServerSettings settings = Read(Behind + ", // why\n}").Value!;
        Assert.Equal(TimeSpan.FromDays(30), settings.KeepEvents);
        Assert.False(settings.Development);
    }

    [Theory]
    [InlineData("http://0.0.0.0:5000")]
    [InlineData("https://localhost:5000")]
    [InlineData("http://id.example:5000")]
    [InlineData("http://localhost:5000/path")]
    [InlineData("http://localhost:0")]
    [InlineData("")]
    public void Development_mode_serves_http_on_this_machine_only(string url) => Assert.False(ServerSettings.ForDevelopment("d", url).IsValid);

    [Theory]
    [InlineData("https://id.example", "")]
    [InlineData("https://id.example/", "")]
    [InlineData("https://id.example/tenant", "/tenant")]
    [InlineData("https://id.example/a/b/", "/a/b")]
    public void The_path_of_an_issuer_is_the_prefix_of_its_routes(string issuer, string path) => Assert.Equal(path, ServerSettings.PathOf(issuer));

    private static Parsed<ServerSettings> Read(string json, params (string Name, string Value)[] environment)
    {
        using var folder = new TemporaryFolder();
        var variables = new Hashtable();
        foreach ((string name, string value) in environment) variables[name] = value;
        return ServerSettings.Read(folder.Write("evergrant.json", json), variables);
    }
}
