using Evergrant.Fire.Native;
using Evergrant.Sqlite;

namespace Evergrant.Fire.Disk;

/// <summary>clock (F7): the machine's clock is set forward and back below the running program and between two starts. What has ended stays ended, what was revoked stays revoked, no window opens again.</summary>
internal sealed class ClockDrill : IDrill
{
    private readonly List<string> _violations = [];
    private int _steps;

    public string Name => "clock";

    public string Sentence => "the machine's clock jumps, while the program runs and between two starts; nothing that has ended lives again";

    public async Task<DrillResult> RunAsync(DrillSetting setting, CancellationToken cancellationToken)
    {
        DiskShim shim = await DiskShim.BuildAsync(setting.Scratch, cancellationToken);
        using var wall = new WallClock(Path.Combine(setting.Scratch, "wall"));
        int rounds = setting.Count(40, 2), perRound = 4;
        SeededFolder seeded = await SeededFolder.MakeAsync(setting.Program, Path.Combine(setting.Scratch, "data"), rounds * perRound, rounds, setting.Seed, cancellationToken);
        var random = new Random(setting.Seed);
        TimeSpan offset = TimeSpan.Zero;
        int critical = 0;
        for (int round = 0; round < rounds; round++)
        {
            long first = 1 + round * perRound;
            await using ProgramUnderShim server = await ProgramUnderShim.StartAsync(setting.Program, seeded.Folder, seeded.Issuer, start => shim.Preload(start, wall), cancellationToken);
            using TokenCalls calls = server.Client();
            // The round's code ends when time has passed its end, and is looked at on both sides of every step that follows.
            long code = rounds * perRound + 1 + round;
            await ExpectAsync(calls.RefreshAsync(seeded.Token(first, 1)), 200, "a refresh at the beginning");
            Step(wall, ref offset, TimeSpan.FromMinutes(61 + random.Next(60)));
            await ExpectAsync(calls.RedeemAsync(seeded.Code(code)), 400, "a code after its end");
            Step(wall, ref offset, -TimeSpan.FromMinutes(30 + random.Next(300)));
            await ExpectAsync(calls.RedeemAsync(seeded.Code(code)), 400, "an ended code when the clock was set back");
            await ExpectAsync(calls.RefreshAsync(seeded.Token(first, 2)), 200, "a refresh on a clock that was set back");
            if (round == 0) await AwaitCriticalAsync(server, cancellationToken);
            await ExpectAsync(calls.RevokeAsync(seeded.Token(first + 1, 1)), 200, "a revocation");
            Step(wall, ref offset, TimeSpan.FromSeconds(random.Next(-300, 300)));
            await ExpectAsync(calls.RefreshAsync(seeded.Token(first + 1, 1)), 400, "a revoked token after a step");
            await ExpectAsync(calls.RefreshAsync(seeded.Token(first + 2, 1)), 200, "another refresh after a step");
            if (server.Said.Contains("CRIT", StringComparison.Ordinal)) critical++;
            if (round % 2 == 0) await server.KillAsync();
            else await server.StopAsync();

            // The next start is on a clock that is hours behind.
            Step(wall, ref offset, -TimeSpan.FromHours(6 + random.Next(20)));
            await using ProgramUnderShim next = await ProgramUnderShim.StartAsync(setting.Program, seeded.Folder, seeded.Issuer, start => shim.Preload(start, wall), cancellationToken);
            using TokenCalls again = next.Client();
            await ExpectAsync(again.RedeemAsync(seeded.Code(code)), 400, "an ended code after a start on a clock that is behind");
            await ExpectAsync(again.RefreshAsync(seeded.Token(first + 1, 1)), 400, "a revoked token after that start");
            await ExpectAsync(again.RefreshAsync(seeded.Token(first, 3)), 200, "a live token after that start");
            await next.StopAsync();
        }
        long told = await CountAsync(seeded.Folder);
        if (told == 0) _violations.Add("F7: no event tells that the clock was wrong");
        return new(
        [
            new("F7", "steps of the clock, while it ran and between starts", $"{_steps}"),
            new("F7", "rounds in which a critical line was written; events stored", $"{critical} of {rounds}; {told}"),
        ], _violations);
    }

    // It looks at the clock every few seconds.
    private async Task AwaitCriticalAsync(ProgramUnderShim server, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        for (int i = 0; i < 300 && !server.Said.Contains("CRIT", StringComparison.Ordinal); i++) await timer.WaitForNextTickAsync(cancellationToken);
        if (!server.Said.Contains("CRIT", StringComparison.Ordinal)) _violations.Add("F7: no critical line tells that the clock was set back");
    }

    private void Step(WallClock wall, ref TimeSpan offset, TimeSpan by)
    {
        offset += by;
        wall.Offset = offset;
        _steps++;
    }

    private async Task ExpectAsync(Task<TokenReply> asking, int status, string what)
    {
        TokenReply reply = await asking;
        if (reply.Status != status) _violations.Add($"F7, step {_steps}: {what} was answered {reply.Status} {reply.Error} {reply.Decision}");
    }

    private static async Task<long> CountAsync(string folder)
    {
        await using (SqliteStore store = await SqliteStore.OpenAsync(new SqliteOptions(folder))) { }
        using Connection connection = Connection.Open(Path.Combine(folder, Database.FileName), readOnly: true);
        return long.Parse(connection.Ask("select count(*) from events where decision in ('ClockWentBack', 'ClockJumped')"), System.Globalization.CultureInfo.InvariantCulture);
    }
}
