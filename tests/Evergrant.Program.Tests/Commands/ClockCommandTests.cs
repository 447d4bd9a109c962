using System.Globalization;
using System.Text.Json;
using Evergrant.Program.Tests.Harness;
using Xunit;

namespace Evergrant.Program.Tests.Commands;

/// <summary>clock show and clock advance.</summary>
public sealed class ClockCommandTests
{
    [Fact]
    public async Task The_time_of_a_development_server_moves_and_stays_moved_over_a_restart()
    {
        var server = new DevelopmentServer();
        await server.InitializeAsync();
        try
        {
            DateTimeOffset before = await Now(server);
            Said said = await server.Run("clock", "advance", "7d");
            Assert.True(said.ExitCode == 0, said.Error);
            Assert.Contains("7 days ahead of the system", said.Output, StringComparison.Ordinal);
            JsonElement later = await server.Json("clock", "advance", "6mo");
            Assert.InRange(later.GetProperty("now").GetDateTimeOffset() - before, TimeSpan.FromDays(7 + 180), TimeSpan.FromDays(7 + 186));
            foreach (string nonsense in (string[])["soon", "0d", "9999y"])
            {
                Said refused = await server.Run("clock", "advance", nonsense);
                Assert.Equal(2, refused.ExitCode);
                Assert.Contains("write 7d", refused.Error, StringComparison.Ordinal);
            }
            await CodeFlow.Run(server); // Something is written at the new time.
            await server.Program.Stop("TERM");

            Said offline = await server.Run("clock", "advance", "1d");
            Assert.Equal(1, offline.ExitCode);
            Assert.Contains("evergrant start", offline.Error, StringComparison.Ordinal);
            Assert.InRange(await Now(server) - before, TimeSpan.FromDays(7 + 180), TimeSpan.FromDays(7 + 186));
        }
        finally
        {
            await server.DisposeAsync();
        }
    }

    private static async Task<DateTimeOffset> Now(DevelopmentServer server)
    {
        JsonElement shown = await server.Json("clock", "show");
        Assert.True(TimeSpan.TryParseExact(shown.GetProperty("ahead").GetString(), "c", CultureInfo.InvariantCulture, out _));
        return shown.GetProperty("now").GetDateTimeOffset();
    }
}
