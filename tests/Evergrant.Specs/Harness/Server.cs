using System.Text.Json;
using Evergrant.Specs.Harness;
using Xunit;

[assembly: AssemblyFixture(typeof(Server))]

namespace Evergrant.Specs.Harness;

/// <summary>The server in development mode that all tests share. Nobody moves its clock.</summary>
public sealed class Server : DevelopmentServer;

/// <summary>The server whose clock tests move; one at a time, through <see cref="ClockCollection"/>.</summary>
public class ClockServer : DevelopmentServer
{
    /// <summary>Moves the server's time forward.</summary>
    public async Task Advance(TimeSpan span)
    {
        var reply = await Api.PostJson("/dev/clock", $$"""{"advance":"{{span:c}}"}""");
        reply.Expect(200);
    }

    /// <summary>The server's time in seconds, for what a test signs.</summary>
    public async Task<long> Now()
    {
        var reply = (await Api.PostJson("/dev/clock", """{"advance":"00:00:00.001"}""")).Expect(200);
        return DateTimeOffset.Parse(reply.Text("now")!, System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeSeconds();
    }
}

/// <summary>Tests that move time run one after the other, on a server of their own.</summary>
[CollectionDefinition]
public sealed class ClockCollection : ICollectionFixture<ClockServer>;

/// <summary>A server started by <c>evergrant start</c>.</summary>
public abstract class DevelopmentServer : RunningServer
{
    private readonly int port = FreePort();

    /// <inheritdoc/>
    public override string Issuer => $"http://localhost:{port}";

    /// <summary>What <c>dev.json</c> says.</summary>
    public JsonElement Announced { get; private set; }

    /// <inheritdoc/>
    protected override async Task<EvergrantProgram> Launch()
    {
        // What an earlier process announced is no sign that this one listens.
        File.Delete(Path.Combine(DataFolder, "dev.json"));
        string[] store = Database is { } database ? ["--postgres", database] : [];
        var program = EvergrantProgram.Start(["start", "--urls", Issuer, "--data", DataFolder, .. store]);
        await Until(program, HasAnnounced);
        return program;
    }

    private async Task<bool> HasAnnounced()
    {
        try
        {
            using var json = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(DataFolder, "dev.json")));
            Announced = json.RootElement.Clone();
            return true;
        }
        catch (Exception early) when (early is FileNotFoundException or JsonException or IOException)
        {
            return false;
        }
    }
}
