using System.Text;
using Evergrant.Storage.Tests.Postgres;
using Evergrant.Tests;
using Xunit;

namespace Evergrant.Program.Tests.Secrets;

/// <summary>G16: no secret stands in logs, traces, metrics, the store, error pages or what commands say, in whatever form.</summary>
public sealed class CanaryTests
{
    private const string PostgresPassword = "pg-Pass/w0rd of the database";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Requirement("ATTACK-398", "RFC6819-4.6.7-01", "RFC6819-5.1.4.1.3-01")]
    public async Task No_planted_secret_is_found_where_none_belongs(bool postgres)
    {
        var canaries = new Canaries();
        PostgresCluster? cluster = postgres ? await SharedCluster.Cluster : null;
        string? database = cluster is null ? null : await cluster.CreateDatabaseAsync();
        await using WatchedServer server = await WatchedServer.StartAsync(cluster is null ? null : $"{cluster.ConnectionString(database!)};Password=\"{canaries.Plant("password of PostgreSQL", PostgresPassword)}\"");
        var flows = new PlantedFlows(server, canaries);
        await flows.RunAsync();
        byte[] stored = await server.StoredAsync(async () => await cluster!.AskAsync<string>(database!, "select string_agg(table_to_xml(format('%I', tablename)::regclass, true, false, '')::text, ' ') from pg_tables where schemaname = 'public'") ?? "");
        await server.Store.DisposeAsync();
        await flows.FailAsync();

        (string Name, byte[] Content, string Control)[] places =
        [
            ("logs", server.Witness.Logs, flows.Control), ("activities", server.Witness.Activities, flows.Control), ("metrics", server.Witness.Metrics, "http.route=/token"),
            ("store", stored, flows.Control), ("answers", server.Answers, flows.Control),
        ];
        // The control: what is no secret is found by the same search in every place.
        foreach ((string name, byte[] content, string known) in places)
        {
            var control = new Canaries();
            control.Plant("control", known);
            Assert.True(control.FindIn(content).Any(), $"The search does not find {known} in the {name}, so it would find nothing there.");
        }
        foreach (string kind in (string[])["client secret", "password", "code", "refresh token", "access token", "id token", "PKCE verifier", "assertion", "root key", "signing key", "cookie evergrant-session", "cookie evergrant-device", "cookie evergrant-browser"])
        {
            Assert.Contains(kind, canaries.Names);
        }
        string[] found = [.. places.SelectMany(place => canaries.FindIn(place.Content).Distinct().Select(name => $"{name} in the {place.Name}"))];
        Assert.True(found.Length == 0, string.Join('\n', found));
    }

    [Fact]
    public async Task A_server_has_no_Data_Protection_and_nothing_that_would_need_it()
    {
        await using WatchedServer server = await WatchedServer.StartAsync(null);
        string[] services = [.. server.Registered.Select(d => d.FullName ?? "")];
        Assert.Contains(services, name => name.StartsWith("Evergrant.", StringComparison.Ordinal));
        Assert.DoesNotContain(services, name => name.Contains("DataProtection", StringComparison.Ordinal) || name.Contains("Antiforgery", StringComparison.Ordinal) || name.Contains("Authentication.Cookies", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("10.0.0", true)]
    [InlineData("10.0.6", true)]
    [InlineData("10.0.7", false)]
    [InlineData("11.0.0", false)]
    [Requirement("ATTACK-406")]
    public void The_doctor_names_a_runtime_with_known_flaws(string version, bool named) => Assert.Equal(named, Evergrant.Cli.RuntimeExamination.Of(Version.Parse(version)).Any());

    [Fact]
    public void The_search_finds_a_secret_in_every_form_and_at_every_place()
    {
        const string Secret = "s3cret/+\"ä&value";
        var canaries = new Canaries();
        canaries.Plant("secret", Secret);
        byte[] key = Enumerable.Range(200, 32).Select(i => (byte)i).ToArray();
        canaries.Plant("key", key);
        foreach (string before in (string[])["", "x", "xy", "xyz"])
        {
            byte[] around = Encoding.UTF8.GetBytes(before + Secret + "after");
            string[] forms =
            [
                before + Secret, before + Uri.EscapeDataString(Secret), System.Net.WebUtility.UrlEncode(Secret) + before, System.Net.WebUtility.HtmlEncode(Secret), System.Text.Json.JsonSerializer.Serialize(Secret),
                Convert.ToBase64String(around), System.Buffers.Text.Base64Url.EncodeToString(around), Convert.ToHexString(around), Convert.ToHexStringLower(around), BitConverter.ToString(around),
            ];
            Assert.All(forms, form => Assert.Equal(["secret"], canaries.FindIn(Encoding.UTF8.GetBytes($"before {form} after"))));
            byte[] aroundKey = [.. Encoding.ASCII.GetBytes(before), .. key, 1, 2];
            Assert.Equal(["key"], canaries.FindIn(aroundKey));
            Assert.All((string[])[Convert.ToBase64String(aroundKey), System.Buffers.Text.Base64Url.EncodeToString(aroundKey), Convert.ToHexString(aroundKey)], form => Assert.Equal(["key"], canaries.FindIn(Encoding.UTF8.GetBytes(form))));
        }
        Assert.Empty(canaries.FindIn(Encoding.UTF8.GetBytes("s3cret/+ä&value")));
    }
}
