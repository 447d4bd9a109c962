using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Evergrant.Fire.Native;

namespace Evergrant.Fire.Disk;

/// <summary>disk-trouble (F3, F4, F8, F23): a full disk, a read-only one, a slow one, and no descriptors left. The program answers 503 or the truth, reads go on, and it recovers by itself.</summary>
internal sealed class DiskTroubleDrill : IDrill
{
    private const int Grants = 64;

    private readonly List<string> _violations = [];
    private readonly List<DrillFigure> _figures = [];
    private readonly long[] _generations = [.. Enumerable.Repeat(1L, Grants + 1)];

    public string Name => "disk-trouble";

    public string Sentence => "the disk is full, read-only or slow, descriptors run out: 503 for writes, reads go on, and all is well when the cause is gone";

    public async Task<DrillResult> RunAsync(DrillSetting setting, CancellationToken cancellationToken)
    {
        DiskShim shim = await DiskShim.BuildAsync(setting.Scratch, cancellationToken);
        int rounds = setting.Count(20);
        using (var small = new SmallDisk(Path.Combine(setting.Scratch, "small"), megabytes: 24))
        {
            SeededFolder full = await SeededFolder.MakeAsync(setting.Program, Path.Combine(small.Folder, "data"), Grants, 0, setting.Seed, cancellationToken);
            await using ProgramUnderShim server = await ProgramUnderShim.StartAsync(setting.Program, full.Folder, full.Issuer, null, cancellationToken);
            using TokenCalls calls = server.Client();
            int refused = 0;
            for (int i = 0; small.IsMounted && i < rounds; i++)
            {
                small.Fill();
                refused += await RefusedAsync(full, calls, "a full disk");
                small.Free();
                await WellAsync(full, calls, "space came back");
            }
            _figures.Add(new("F3", small.IsMounted ? "full disk (tmpfs): rounds; refreshes answered 503" : "full disk (tmpfs): needs root", small.IsMounted ? $"{rounds}; {refused}" : "not run"));
            if (small.IsMounted && refused == 0) _violations.Add("F3: the full disk was not noticed: the run does not count");
            await server.StopAsync();
        }
        Array.Fill(_generations, 1);
        SeededFolder seeded = await SeededFolder.MakeAsync(setting.Program, Path.Combine(setting.Scratch, "data"), Grants, 0, setting.Seed, cancellationToken);
        using var control = new DiskControl(Path.Combine(setting.Scratch, "trouble.control"));
        await using (ProgramUnderShim server = await ProgramUnderShim.StartAsync(setting.Program, seeded.Folder, seeded.Issuer, start => shim.Preload(start, seeded.Folder, control: control), cancellationToken))
        {
            using TokenCalls calls = server.Client();
            foreach ((string goal, string what, DiskFault fault) in ((string, string, DiskFault)[])[("F3", "full disk (shim)", DiskFault.Full), ("F4", "read-only disk", DiskFault.ReadOnly)])
            {
                int refused = 0;
                for (int i = 0; i < rounds; i++)
                {
                    control.Arm(DiskCalls.Writes | DiskCalls.Truncates, fault, 1, sticky: true);
                    refused += await RefusedAsync(seeded, calls, what);
                    if (await HealthAsync(seeded.Issuer) != "degraded") _violations.Add($"{goal}: the health probe does not tell of a {what}");
                    control.Disarm();
                    await WellAsync(seeded, calls, "the disk came back");
                }
                if (await HealthAsync(seeded.Issuer) != "ok") _violations.Add($"{goal}: the health probe does not tell that all is well again");
                _figures.Add(new(goal, $"{what}: rounds; refreshes answered 503", $"{rounds}; {refused}"));
            }
            await SlowAsync(seeded, calls, control, setting.Count(2000, 200));
            await server.StopAsync();
        }
        await StarveAsync(setting, seeded, cancellationToken);
        return new(_figures, _violations);
    }

    // Every grant is refreshed once; reads must go on meanwhile.
    private async Task<int> RefusedAsync(SeededFolder seeded, TokenCalls calls, string what)
    {
        int refused = 0;
        for (long number = 1; number <= Grants; number++)
        {
            TokenReply reply = await calls.RefreshAsync(seeded.Token(number, _generations[number]));
            if (reply.Status == 200) _generations[number]++;
            else if (reply.Status == 503) refused++;
            else _violations.Add($"I13: on {what} a refresh was answered {reply.Status} {reply.Error}");
            TokenReply seen = await calls.IntrospectAsync(seeded.Token(number, _generations[number]));
            if (seen is not { Status: 200, Active: true }) _violations.Add($"F3: on {what} introspection was answered {seen.Status} {seen.Active}");
        }
        return refused;
    }

    // By itself: the very next requests, with the very same tokens.
    private async Task WellAsync(SeededFolder seeded, TokenCalls calls, string when)
    {
        for (long number = 1; number <= Grants; number++)
        {
            TokenReply reply = await calls.RefreshAsync(seeded.Token(number, _generations[number]));
            if (reply.Status == 200) _generations[number]++;
            else _violations.Add($"I4: when {when} the last token of grant {number} was answered {reply.Status} {reply.Error}");
        }
    }

    private async Task SlowAsync(SeededFolder seeded, TokenCalls calls, DiskControl control, int requests)
    {
        foreach (int milliseconds in (int[])[0, 50, 300])
        {
            control.Arm(DiskCalls.Syncs, DiskFault.Input, 0, sticky: false);
            control.SlowSync = TimeSpan.FromMilliseconds(milliseconds);
            int good = 0, refused = 0;
            await Task.WhenAll(Enumerable.Range(1, Grants).Select(async grant =>
            {
                for (int i = 0; i < Math.Max(1, requests / Grants / (milliseconds == 300 ? 4 : 1)); i++)
                {
                    TokenReply reply = await calls.RefreshAsync(seeded.Token(grant, _generations[grant]));
                    if (reply.Status == 200) (_generations[grant], _) = (_generations[grant] + 1, Interlocked.Increment(ref good));
                    else if (reply.Status == 503) Interlocked.Increment(ref refused);
                    else lock (_violations) _violations.Add($"F8: on a slow disk a refresh was answered {reply.Status} {reply.Error}");
                }
            }));
            control.SlowSync = TimeSpan.Zero;
            _figures.Add(new("F8", $"syncs that take {milliseconds} ms longer: refreshes; answered 503; refreshes for each sync", $"{good}; {refused}; {(double)good / Math.Max(1, control.Calls):0.0}"));
            control.Disarm();
        }
        await WellAsync(seeded, calls, "the disk was fast again");
    }

    private async Task StarveAsync(DrillSetting setting, SeededFolder seeded, CancellationToken cancellationToken)
    {
        const int Descriptors = 384, Connections = 500;
        await using ProgramUnderShim server = await ProgramUnderShim.StartAsync(setting.Program, seeded.Folder, seeded.Issuer, start => Limit(start, Descriptors), cancellationToken);
        using TokenCalls calls = server.Client();
        await WellAsync(seeded, calls, "descriptors were still to be had");
        var idle = new List<Socket>();
        try
        {
            for (int i = 0; i < Connections; i++)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                idle.Add(socket);
                await socket.ConnectAsync(IPAddress.Loopback, new Uri(seeded.Issuer).Port, cancellationToken);
            }
            // The connection that was there before goes on, and so does the disk: its handles are held since the start.
            await WellAsync(seeded, calls, "no descriptor was left");
        }
        catch (SocketException e)
        {
            _violations.Add($"F23: a connection was refused: {e.Message}");
        }
        finally
        {
            foreach (Socket socket in idle) socket.Dispose();
        }
        using TokenCalls fresh = server.Client();
        await WellAsync(seeded, fresh, "descriptors came back");
        if (server.HasExited) _violations.Add($"F23: the program ended; it said: {string.Join(" / ", server.Said.Split((char)10, StringSplitOptions.RemoveEmptyEntries).SkipWhile(line => !line.Contains("Ctrl-C", StringComparison.Ordinal)).Skip(1))}");
        _figures.Add(new("F23", $"idle connections to a program with {Descriptors} descriptors; refreshes meanwhile", $"{Connections}; {Grants}"));
    }

    private static void Limit(ProcessStartInfo start, int descriptors)
    {
        string[] line = [start.FileName, .. start.ArgumentList];
        start.FileName = "/bin/sh";
        start.ArgumentList.Clear();
        foreach (string argument in (string[])["-c", $"ulimit -n {descriptors} && exec \"$@\"", "sh", .. line]) start.ArgumentList.Add(argument);
    }

    private static async Task<string> HealthAsync(string issuer)
    {
        using var http = new HttpClient();
        using HttpResponseMessage reply = await http.GetAsync(issuer + "/health/ready");
        return (await reply.Content.ReadAsStringAsync()).Trim();
    }
}
