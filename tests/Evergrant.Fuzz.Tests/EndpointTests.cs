using System.Text;
using Evergrant.Fuzz.Endpoints;
using Evergrant.Fuzz.Report;
using Evergrant.Tests;
using Xunit;

namespace Evergrant.Fuzz.Tests;

/// <summary>The short form of <c>bench/fuzz endpoints</c>: the real program in this process.</summary>
public class EndpointTests
{
    [Fact]
    [Requirement("ATTACK-390")]
    public async Task No_endpoint_breaks_on_mutated_requests_or_on_earlier_findings()
    {
        var found = new Findings(null);
        found.WatchTasks();
        await using InProcessServer server = await InProcessServer.StartAsync(Directory.CreateTempSubdirectory("evergrant-fuzz-test-").FullName);
        Assert.Empty(server.Addresses.GroupBy(a => a).Where(a => a.Count() > 1).Select(a => a.Key));
        var run = new EndpointRun(server, found.Take);
        Assert.NotEmpty(Earlier.Requests);
        foreach (byte[] request in Earlier.Requests) await run.TryAsync(MadeRequest.Of(request), new Random(1));
        await run.RunAsync(3_000, seed: 7, senders: 4);
        Assert.Empty(found.Lines);
        // It got past the door: people signed in, tokens were given and taken.
        Assert.Contains(run.Statuses, s => s.Status == 200);
        Assert.Contains(run.Statuses, s => s.Status == 303);
        Assert.True(run.HasLive("refresh_token") && run.HasLive("cookie"), "nobody ever signed in and redeemed a code");
    }

    [Fact]
    public void A_request_that_was_kept_is_read_as_it_was_written()
    {
        var request = new MadeRequest("POST", "/token", "?a=b", [new("Accept", "x: y"), new("Cookie", "c=d")], Encoding.UTF8.GetBytes("one\n\ntwo"));
        MadeRequest read = MadeRequest.Of(request.ToBytes());
        Assert.Equal(request.ToBytes(), read.ToBytes());
        Assert.Equal(("POST", "/token", "?a=b", 2), (read.Method, read.Path, read.Query, read.Headers.Count));
    }
}
