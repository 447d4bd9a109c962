using System.Text.Json;
using Evergrant.Program.Tests.Harness;
using Xunit;

namespace Evergrant.Program.Tests.Commands;

/// <summary>Policies are declared, listed, shown and explained; what a grant was authorized under stays with it.</summary>
public sealed class PolicyCommandsTests(DevelopmentServer server) : IClassFixture<DevelopmentServer>
{
    private const string Declared = """
        { "policies": [ { "name": "week", "description": "Seven days", "idle_lifetime": "7.00:00:00" },
                        { "name": "tested", "extends": "week", "overrides": [ { "name": "testing", "reason": "The app is in testing", "when": { "client_flag": "testing", "scope_any": [ "extra" ] }, "set": { "absolute_lifetime": "1.00:00:00" } } ] } ],
          "scopes": [ { "name": "extra" } ],
          "clients": [ { "client_id": "shown", "redirect_uris": [ "https://a.example/cb" ], "scope": "openid offline_access extra", "flags": [ "testing" ], "policy": { "extends": "tested", "retry": "never" } } ] }
        """;

    [Fact]
    public async Task Policies_are_declared_once_and_removed_when_they_are_declared_no_more()
    {
        await server.Apply(Declared);
        Assert.All((await server.Apply(Declared)).EnumerateArray(), change => Assert.Equal("unchanged", change.GetProperty("action").GetString()));
        JsonElement changed = await server.Apply(Declared.Replace("7.00", "8.00", StringComparison.Ordinal));
        Assert.Equal(["week updated"], changed.EnumerateArray().Where(c => c.GetProperty("action").GetString() != "unchanged").Select(c => $"{c.GetProperty("id")} {c.GetProperty("action")}"));
        await server.Apply("""{ "policies": [ { "name": "other" } ] }""");
        Said said = await server.RunWith("""{ "policies": [], "prune": true }""", "apply", "-f", "-", "--dry-run");
        Assert.Contains("- policy   other", said.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Faults_of_policies_are_said_with_their_place()
    {
        Said said = await server.RunWith("""
            { "policies": [ { "name": "a", "extends": "nowhere" }, { "name": "a" }, { "name": "b", "rotat": 1 }, "c", { "name": "c", "limits": [ { "subject": "family" } ] } ],
              "clients": [ { "client_id": "x", "redirect_uris": [ "https://a.example/cb" ], "policy": "missing" }, { "client_id": "y", "redirect_uris": [ "https://a.example/cb" ], "policy": { "idle_grace": "a day" } } ] }
            """, "apply", "-f", "-", "--yes");
        Assert.Equal(2, said.ExitCode);
        foreach (string fault in (string[])["policies: the policy a extends nowhere", "policies[1]: is the same as policies[0]", "policies[2].rotat ", "policies[3] is not an object", "policies[4].limits[0].max is missing",
            "clients[0].policy: extends missing, which is not declared", "clients[1].policy.idle_grace "])
        {
            Assert.Contains(fault, said.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_would_hold_for_an_authorization_is_explained_knob_by_knob()
    {
        await server.Apply(Declared);
        JsonElement plain = await server.Json("policy", "explain", "shown", "--scope", "openid offline_access");
        Assert.Equal(("client:shown", "none applies", "issued"), (Text(plain, "policy"), Text(plain, "overrides"), Text(plain, "refresh_token")));
        Assert.Equal(("7.00:00:00", "policy week", "Seven days"), Knob(plain, "idle_lifetime"));
        Assert.Equal(("never", "client shown", null), Knob(plain, "retry"));
        Assert.Equal("built in", Knob(plain, "absolute_lifetime").From);
        JsonElement extra = await server.Json("policy", "explain", "shown", "--scope", "extra");
        Assert.Equal(("tested/testing", "1.00:00:00", "policy tested override testing", "The app is in testing"), (Text(extra, "overrides"), Knob(extra, "absolute_lifetime").Value, Knob(extra, "absolute_lifetime").From, Knob(extra, "absolute_lifetime").Reason));
        Assert.StartsWith("none", Text(extra, "refresh_token"), StringComparison.Ordinal);

        Said table = await server.Run("policy", "explain", "shown", "--changed");
        Assert.Contains("idle_lifetime", table.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("code_lifetime", table.Output, StringComparison.Ordinal);
        Assert.Equal(1, (await server.Run("policy", "explain", "nobody")).ExitCode);
        Assert.Equal(2, (await server.Run("policy", "explain", "shown", "--grant", "telepathy")).ExitCode);
        Assert.Equal(2, (await server.Run("policy", "explain", "shown", "--param", "x")).ExitCode);
        Assert.Equal(1, (await server.Run("policy", "explain", Guid.Empty.ToString())).ExitCode);
    }

    [Fact]
    public async Task Policies_are_listed_and_shown()
    {
        await server.Apply(Declared);
        JsonElement[] listed = [.. (await server.Json("policy", "list")).GetProperty("policies").EnumerateArray()];
        Assert.Equal(["confidential", "public", "public-browser"], listed.Take(3).Select(p => Text(p, "name")));
        Assert.Equal("week", Text(listed.Single(p => Text(p, "name") == "tested"), "extends"));
        Assert.Contains("Seven days", (await server.Run("policy", "list")).Output, StringComparison.Ordinal);
        Said shown = await server.Run("policy", "show", "tested");
        Assert.Contains("The app is in testing", shown.Output, StringComparison.Ordinal);
        Assert.Equal("14.00:00:00", Text(await server.Json("policy", "show", "public"), "idle_lifetime"));
        JsonElement browser = await server.Json("policy", "show", "public-browser");
        Assert.Equal(("00:00:10", true), (Text(browser, "retry_uncounted"), Text(browser, "description")!.Contains("application_type browser", StringComparison.Ordinal)));
        Assert.Equal(1, (await server.Run("policy", "show", "nothing")).ExitCode);
    }

    [Fact]
    public async Task What_is_built_in_for_an_application_in_a_browser_is_said_with_its_reason()
    {
        await server.Apply("""
            { "clients": [ { "client_id": "paged", "application_type": "browser", "redirect_uris": [ "https://paged.example/cb" ] },
                { "client_id": "paged-own", "application_type": "browser", "redirect_uris": [ "https://paged.example/cb" ], "policy": { "retry_uncounted": null } },
                { "client_id": "pocketed", "application_type": "native", "redirect_uris": [ "com.example.pocketed:/cb" ] } ] }
            """);
        JsonElement paged = await server.Json("policy", "explain", "paged"), own = await server.Json("policy", "explain", "paged-own"), pocketed = await server.Json("policy", "explain", "pocketed");
        const string why = "public-browser, for public clients with application_type browser, whose tabs refresh at once";
        Assert.Equal(("public-browser", why, "public", "public, for public clients"), (Text(paged, "policy"), Text(paged, "built_in"), Text(pocketed, "policy"), Text(pocketed, "built_in")));
        Assert.Equal(("client:paged-own", why), (Text(own, "policy"), Text(own, "built_in")));
        Assert.Equal(("00:00:10", "built in"), (Knob(paged, "retry_uncounted").Value, Knob(paged, "retry_uncounted").From));
        Assert.Equal((null, "client paged-own"), (Knob(own, "retry_uncounted").Value, Knob(own, "retry_uncounted").From));
        Assert.Null(Knob(pocketed, "retry_uncounted").Value);
        JsonElement[] listed = [.. (await server.Json("policy", "list")).GetProperty("policies").EnumerateArray()];
        JsonElement[] users = [.. listed.Single(p => Text(p, "name") == "public-browser").GetProperty("used_by").EnumerateArray()];
        Assert.Contains("paged", users.Select(u => u.GetString()));
        Assert.DoesNotContain("paged-own", users.Select(u => u.GetString()));
        Said taken = await server.RunWith("""{ "policies": [ { "name": "public-browser" } ] }""", "apply", "-f", "-", "--yes");
        Assert.Equal(2, taken.ExitCode);
        Assert.Contains("public-browser is built in", taken.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_grant_keeps_the_policy_that_it_was_authorized_under()
    {
        await Changing.PolicyAsync(server, """{ "name": "first", "idle_lifetime": "3.00:00:00" }""");
        JsonElement tokens = await CodeFlow.Run(server);
        await Changing.PolicyAsync(server, """{ "name": "second", "idle_lifetime": "4.00:00:00", "rotate": false }""");
        string grant = Text((await server.Json("grant", "list", "--client", "demo-web")).GetProperty("grants")[0], "id")!;
        JsonElement explained = await server.Json("policy", "explain", grant);
        Assert.Equal(("first", "3.00:00:00", "grant"), (Text(explained, "policy"), Knob(explained, "idle_lifetime").Value, Knob(explained, "idle_lifetime").From));
        string old = tokens.GetProperty("refresh_token").GetString()!;
        JsonElement refreshed = await CodeFlow.Token(server, new("grant_type", "refresh_token"), new("refresh_token", old));
        Assert.NotEqual(old, refreshed.GetProperty("refresh_token").GetString());
        Assert.Equal("second", Text(await server.Json("policy", "explain", "demo-web"), "policy"));
    }

    [Fact]
    public async Task The_doctor_names_public_clients_that_keep_one_bearer_token()
    {
        await server.Apply("""
            { "clients": [ { "client_id": "keeps", "application_type": "native", "redirect_uris": [ "com.example.app:/cb" ], "policy": { "rotate": false, "public_without_rotation": true } } ],
              "policies": [ { "name": "static", "rotate": false, "access_token_lifetime": null } ] }
            """);
        await server.Apply("""{ "clients": [ { "client_id": "rotates-anyway", "application_type": "native", "redirect_uris": [ "com.example.app:/cb" ], "policy": "static" } ] }""");
        string said = (await server.Run("doctor")).Output;
        Assert.Contains("keeps is public and keeps one bearer refresh token", said, StringComparison.Ordinal);
        Assert.Contains("rotates-anyway is public and rotates refresh tokens although", said, StringComparison.Ordinal);
        Assert.Contains("rotates-anyway has access tokens that never end", said, StringComparison.Ordinal);
        JsonElement explained = await server.Json("policy", "explain", "rotates-anyway");
        Assert.Equal("rule", Knob(explained, "access_token_format").From);
    }

    [Fact]
    public async Task The_doctor_names_applications_in_a_browser_whose_tabs_would_be_taken_for_a_thief()
    {
        await server.Apply("""
            { "policies": [ { "name": "tabs-strict", "retry_uncounted": null },
                { "name": "tabs-mixed", "overrides": [ { "name": "phones", "when": { "client_type": "native" }, "set": { "retry_uncounted": null } }, { "name": "asked", "when": { "scope_any": [ "openid" ] }, "set": { "retry_uncounted": null } } ] },
                { "name": "tabs-phones", "overrides": [ { "name": "phones", "when": { "client_type": "native" }, "set": { "retry_uncounted": null } } ] } ] }
            """);
        await server.Apply("""
            { "clients": [ { "client_id": "tabs", "application_type": "browser", "redirect_uris": [ "https://tabs.example/cb" ] },
                { "client_id": "tabs-bound", "application_type": "browser", "redirect_uris": [ "https://tabs.example/cb" ], "dpop_bound_access_tokens": true },
                { "client_id": "tabs-longer", "application_type": "browser", "redirect_uris": [ "https://tabs.example/cb" ], "policy": { "retry_uncounted": "00:00:30", "idle_lifetime": "7.00:00:00" } },
                { "client_id": "tabs-never", "application_type": "browser", "redirect_uris": [ "https://tabs.example/cb" ], "policy": { "retry_uncounted": null, "retry": "never" } },
                { "client_id": "tabs-others", "application_type": "browser", "redirect_uris": [ "https://tabs.example/cb" ], "policy": "tabs-phones" },
                { "client_id": "no-tabs", "application_type": "native", "redirect_uris": [ "com.example.app:/cb" ], "policy": "tabs-strict" },
                { "client_id": "tabs-named", "application_type": "browser", "redirect_uris": [ "https://tabs.example/cb" ], "policy": "tabs-strict" },
                { "client_id": "tabs-overridden", "application_type": "browser", "redirect_uris": [ "https://tabs.example/cb" ], "policy": "tabs-mixed" },
                { "client_id": "tabs-once", "application_type": "browser", "redirect_uris": [ "https://tabs.example/cb" ], "policy": { "retry_uses": 1 } },
                { "client_id": "tabs-none", "application_type": "browser", "redirect_uris": [ "https://tabs.example/cb" ], "policy": { "retry_budget": 0 } },
                { "client_id": "tabs-key", "application_type": "browser", "redirect_uris": [ "https://tabs.example/cb" ], "dpop_bound_access_tokens": true, "policy": "tabs-strict" } ] }
            """);
        string said = (await server.Run("doctor")).Output;
        foreach (string quiet in (string[])["tabs", "tabs-bound", "tabs-longer", "tabs-never", "tabs-others", "no-tabs"]) Assert.DoesNotContain($" {quiet} is an application in a browser", said, StringComparison.Ordinal);
        const string taken = "times within ten refreshes, that is taken for theft, because its policy";
        foreach ((string client, string why) in ((string, string)[])[
            ("tabs-named", $"3 {taken} takes retry_uncounted away"), ("tabs-overridden", $"3 {taken}, with tabs-mixed/asked, takes retry_uncounted away"),
            ("tabs-once", $"3 {taken} sets retry_uses"), ("tabs-none", $"0 {taken} sets retry_budget to 0"), ("tabs-key", $"3 {taken} takes retry_uncounted away")])
        {
            Assert.Contains($" {client} is an application in a browser: when its tabs refresh at once more than {why}", said, StringComparison.Ordinal);
        }
    }

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();

    private static (string? Value, string? From, string? Reason) Knob(JsonElement explained, string name)
    {
        JsonElement knob = explained.GetProperty("knobs").GetProperty(name);
        return (knob.GetProperty("value").ValueKind == JsonValueKind.Null ? null : knob.GetProperty("value").GetString(), Text(knob, "from"), knob.GetProperty("reason").ValueKind == JsonValueKind.Null ? null : Text(knob, "reason"));
    }
}
