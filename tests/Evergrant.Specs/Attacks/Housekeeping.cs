using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Evergrant.Specs.Attacks;

/// <summary>What the program leaves on its machine, and what it needs of it.</summary>
public sealed partial class Housekeeping(Server server)
{
    [Fact]
    [Requirement("ATTACK-410")]
    public async Task The_program_talks_to_nobody_of_its_own_accord()
    {
        await server.Authorize(AttackClients.App, "openid offline_access");
        var process = $"/proc/{server.Announced.GetProperty("pid").GetInt32()}";
        var sockets = Directory.EnumerateFiles(process + "/fd").Select(file => File.ResolveLinkTarget(file, false)?.Name ?? "").Where(name => name.StartsWith("socket:", StringComparison.Ordinal)).Select(name => name[8..^1]).ToHashSet();
        var remote = new[] { "tcp", "tcp6", "udp", "udp6" }.SelectMany(table => File.ReadLines($"{process}/net/{table}").Skip(1)).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(fields => sockets.Contains(fields[9])).Select(fields => fields[2].Split(':')[0]).ToList();
        Assert.NotEmpty(remote);
        // Nobody, 127.x.y.z (as it is and within IPv6), ::1.
        Assert.All(remote, address => Assert.Matches("^(0{8}|.{6}7F|0{32}|0{16}FFFF0000.{6}7F|0{24}01000000)$", address));
    }

    [Fact]
    [Requirement("ATTACK-402", "ATTACK-400")]
    public async Task A_backup_is_for_its_owner_and_opens_nothing()
    {
        // PostgreSQL is backed up with its own tools.
        var tokens = await server.Authorize(AttackClients.App, "openid offline_access");
        var file = Path.Combine(server.DataFolder, "attacked.backup");
        var said = await server.Run("backup", file);
        if (Store.IsPostgres)
        {
            Assert.NotEqual(0, said.ExitCode);
            return;
        }

        Assert.True(said.ExitCode == 0, said.Errors);
        try
        {
            if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            var content = await File.ReadAllBytesAsync(file);
            Assert.True(content.AsSpan().IndexOf("alice@example.com"u8) >= 0);
            foreach (var secret in new[] { tokens.Refresh, tokens.AccessToken, server.Client(AttackClients.App).Secret, Users.Alice.Password }) Assert.True(content.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(secret)) < 0);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    [Requirement("ATTACK-401")]
    public async Task No_address_that_the_server_makes_holds_a_secret()
    {
        var browser = server.NewBrowser();
        var request = new AuthorizationRequest(server.Client(AttackClients.Asked)).With("prompt", "consent");
        List<Page> pages = [await browser.Authorize(request)];
        pages.Add(await browser.SignIn(pages[0], Users.Alice.Username, Users.Alice.Password));
        pages.Add(await browser.Decide(pages[1], "allow"));
        foreach (var path in new[] { "/", "/account", "/sign-out", "/sign-in", "/device" }) pages.Add(await browser.Get(path));
        var secrets = browser.SetCookies.Select(cookie => cookie.Split(';')[0].Split('=', 2)[1]).Where(value => value.Length > 20)
            .Concat(pages.SelectMany(page => page.Forms).SelectMany(form => form.Fields).Where(field => field.Name is "ticket" or "form_token").Select(field => field.Value)).Append(Users.Alice.Password).Append(request.Verifier).ToList();
        Assert.True(secrets.Count > 5);
        foreach (var page in pages)
        {
            foreach (var address in Addresses().Matches(page.Html).Select(match => match.Groups[1].Value).Append(page.Location ?? "").Append(page.Address))
                foreach (var secret in secrets) Assert.DoesNotContain(secret, Uri.UnescapeDataString(address), StringComparison.Ordinal);
        }

        // The one exception is the code on its way to its client.
        Assert.Single(pages, page => page.Location?.Contains("code=", StringComparison.Ordinal) == true);
    }

    [Fact]
    [Requirement("ATTACK-403", "ATTACK-411")]
    public async Task The_service_unit_takes_every_privilege_away_and_the_program_runs_without()
    {
        var unit = await File.ReadAllTextAsync(Path.Combine(EvergrantProgram.Repository, "docs", "operations", "systemd.md"));
        foreach (var line in new[] { "Environment=DOTNET_EnableDiagnostics=0", "LimitCORE=0", "NoNewPrivileges=yes", "CapabilityBoundingSet=", "ProtectSystem=strict", "User=evergrant", "StateDirectoryMode=0700", "SystemCallFilter=@system-service" }) Assert.Contains("\n" + line + "\n", unit, StringComparison.Ordinal);

        var folder = Directory.CreateTempSubdirectory("evg-").FullName;
        var port = RunningServer.FreePort();
        var root = Environment.UserName == "root";
        string[] lesser = root ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs", "--bounding-set=-all"] : ["setpriv", "--no-new-privs"];
        if (root) await Process.Start("chown", ["65534:65534", folder]).WaitForExitAsync(TestContext.Current.CancellationToken);
        var program = Path.Combine(EvergrantProgram.Repository, "src", "Evergrant", "bin", AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug", "net10.0", "evergrant.dll");
        var start = new ProcessStartInfo("env") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in Settings().Matches(unit).Select(match => match.Groups[1].Value).Append("HOME=/nonexistent").Concat(lesser).Concat(["dotnet", program, "start", "--urls", $"http://localhost:{port}", "--data", folder])) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        try
        {
            using var http = new HttpClient();
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
            HttpResponseMessage? answer = null;
            while (answer is null && !process.HasExited && await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken))
            {
                try
                {
                    answer = await http.GetAsync($"http://localhost:{port}/.well-known/openid-configuration", TestContext.Current.CancellationToken);
                }
                catch (HttpRequestException)
                {
                    // Not yet.
                }
            }

            Assert.True(answer is { IsSuccessStatusCode: true }, process.HasExited ? await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken) : "no answer");
            var status = await File.ReadAllTextAsync($"/proc/{process.Id}/status", TestContext.Current.CancellationToken);
            Assert.Matches("NoNewPrivs:\\s+1", status);
            if (root) Assert.Matches("CapEff:\\s+0{16}", status);
            // No socket by which dumps and traces could be had.
            Assert.DoesNotContain(Directory.EnumerateFiles(Path.GetTempPath(), $"dotnet-diagnostic-{process.Id}-*"), IsOfThis);
            Assert.DoesNotContain(Directory.EnumerateFiles(Path.GetTempPath(), $"clr-debug-pipe-{process.Id}-*"), IsOfThis);

            // One that was killed long ago may have had the same number.
            bool IsOfThis(string file) => File.GetLastWriteTimeUtc(file) >= process.StartTime.ToUniversalTime().AddSeconds(-1);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            Directory.Delete(folder, recursive: true);
        }
    }

    [GeneratedRegex("(?:href|src|action)=\"([^\"]*)\"")]
    private static partial Regex Addresses();

    [GeneratedRegex("(?m)^Environment=(\\S+)$")]
    private static partial Regex Settings();
}
