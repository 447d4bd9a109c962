using System.Net.Http.Json;
using System.Text.Json;
using Evergrant.Program.Tests.Harness;
using Xunit;

namespace Evergrant.Program.Tests.Commands;

public class StartAndStopTests
{
    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task A_signal_ends_the_server_cleanly_and_the_next_start_keeps_the_secrets(string signal)
    {
        using var folder = new TemporaryFolder();
        string data = folder.At("data"), url = $"http://localhost:{RunningProgram.FreePort()}";
        string first, second;
        await using (RunningProgram program = await Start(url, data))
        {
            first = await File.ReadAllTextAsync(Path.Combine(data, "dev.json"));
            Assert.Equal(0, await program.Stop(signal));
        }
        Assert.False(File.Exists(Path.Combine(data, "evergrant.sock")));
        Assert.False(File.Exists(Path.Combine(data, "evergrant.db-wal")));

        // Now the command opens the folder itself.
        Said direct = await RunningProgram.Run("client", "list", "--data", data);
        Assert.Equal(0, direct.ExitCode);
        Assert.Contains("demo-native", direct.Output, StringComparison.Ordinal);

        // As the start itself does, so that the wait below is for the new file.
        File.Move(Path.Combine(data, "dev.json"), Path.Combine(data, "dev.earlier.json"));
        await using (RunningProgram program = await Start(url, data)) second = await File.ReadAllTextAsync(Path.Combine(data, "dev.json"));
        Assert.Equal(WithoutPid(first), WithoutPid(second));
    }

    [Fact]
    public async Task The_clock_moves_in_development_mode()
    {
        using var folder = new TemporaryFolder();
        string url = $"http://localhost:{RunningProgram.FreePort()}";
        await using RunningProgram program = await Start(url, folder.At("data"));
        using var http = new HttpClient();
        DateTimeOffset before = TimeProvider.System.GetUtcNow();
        using HttpResponseMessage reply = await http.PostAsJsonAsync(url + "/dev/clock", new { advance = "100.00:00:00" });
        using JsonDocument json = JsonDocument.Parse(await reply.Content.ReadAsStringAsync());
        Assert.InRange(json.RootElement.GetProperty("now").GetDateTimeOffset() - before, TimeSpan.FromDays(100), TimeSpan.FromDays(100.1));
        // The keys of the beginning are past their time; new ones have been made.
        using JsonDocument keys = JsonDocument.Parse((await RunningProgram.Run("key", "list", "--json", "--data", folder.At("data"))).Output);
        Assert.All(keys.RootElement.GetProperty("keys").EnumerateArray(), k => Assert.Equal("signing", k.GetProperty("state").GetString()));
        foreach (string body in (string[])["""{"advance":"\ud800"}""", """{"\udc00":1,"advance":"01:00:00"}""", """{"advance":"01:00:00","advance":"01:00:00"}""", "[]", "{", ""])
        {
            using HttpResponseMessage refused = await http.PostAsync(url + "/dev/clock", new StringContent(body, null, "application/json"));
            Assert.Equal(400, (int)refused.StatusCode);
        }
        foreach (string bad in (string[])["-01:00:00", "soon", "00:00:00"])
        {
            using HttpResponseMessage refused = await http.PostAsJsonAsync(url + "/dev/clock", new { advance = bad });
            Assert.Equal(400, (int)refused.StatusCode);
        }
    }

    [Theory]
    [InlineData("http://0.0.0.0:5000")]
    [InlineData("https://localhost:5000")]
    public async Task Development_mode_is_for_this_machine_only(string url)
    {
        using var folder = new TemporaryFolder();
        Said said = await RunningProgram.Run("start", "--urls", url, "--data", folder.At("data"));
        Assert.Equal(2, said.ExitCode);
        Assert.Contains(url, said.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", said.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.At("data")));
    }

    private static Task<RunningProgram> Start(string url, string data) =>
        RunningProgram.Start(() => Task.FromResult(File.Exists(Path.Combine(data, "dev.json"))), "start", "--urls", url, "--data", data);

    private static string WithoutPid(string json) => string.Join('\n', json.Split('\n').Where(l => !l.Contains("\"pid\"", StringComparison.Ordinal)));
}
