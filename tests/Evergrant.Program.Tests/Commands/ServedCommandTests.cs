using Evergrant.Cli;
using Evergrant.Hosting;
using Evergrant.Program.Tests.Harness;
using Xunit;

namespace Evergrant.Program.Tests.Commands;

/// <summary>A server carries out commands for as long as it runs, several at once.</summary>
public sealed class ServedCommandTests(DevelopmentServer server) : IClassFixture<DevelopmentServer>
{
    [Fact]
    public async Task Commands_leave_nothing_behind_that_later_ones_have_to_walk_past()
    {
        const int many = 200;
        int before = Parents();
        for (int i = 0; i < many; i++) Assert.Equal(ExitCode.Unusable, (await ServedExecution.RunAsync(null!, new CommandRequest(["nothing", "of", "the", "kind"], null, Path.GetTempPath(), 0), default)).ExitCode);
        // Other tests make their own commands meanwhile, once each.
        Assert.InRange(Parents() - before, 0, many / 4);
    }

    [Fact]
    public async Task Commands_given_at_the_same_time_get_answers_of_their_own()
    {
        (string[] Arguments, string Answer)[] asked =
            [(["policy", "show", "public"], "rotation"), (["key", "list"], "ROOT KEY"), (["client", "show", "demo-web"], "demo-web"), (["client", "show", "nobody"], "nobody"), (["user", "list"], "demo"), (["grant", "list", "--json"], "\"grants\"")];
        var alone = new List<string>();
        foreach ((string[] arguments, string answer) in asked)
        {
            Said said = await server.Run(arguments);
            alone.Add(said.Output + said.Error);
            Assert.Contains(answer, alone[^1], StringComparison.Ordinal);
        }
        Said[] together = await Task.WhenAll(Enumerable.Range(0, 24).Select(i => server.Run(asked[i % asked.Length].Arguments)));
        Assert.Equal(Enumerable.Range(0, 24).Select(i => alone[i % alone.Count]), together.Select(s => s.Output + s.Error));
    }

    private static int Parents() => CommandLine.Data.Parents.Count();
}
