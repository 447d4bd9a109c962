using System.Diagnostics;
using System.Globalization;
using Evergrant.Fire.Seeding;
using Evergrant.Sqlite;

namespace Evergrant.Fire.Disk;

/// <summary>restore (F21, G19, G20, I16): a backup is taken while clients refresh, they go on, the disk is lost, the backup is put back by the runbook's scripts. Clients that are ahead of the store go on;
/// nobody is revoked. And how long a start takes after a kill, with very many grants.</summary>
internal sealed class RestoreDrill : IDrill
{
    private readonly List<string> _violations = [];
    private readonly List<DrillFigure> _figures = [];

    public string Name => "restore";

    public string Sentence => "an old backup is restored by the runbook: clients that are ahead of it go on, nobody is revoked; starts after a kill with very many grants";

    public async Task<DrillResult> RunAsync(DrillSetting setting, CancellationToken cancellationToken)
    {
        await StartsAsync(setting, setting.Count(10_000_000, 20_000), TimeSpan.FromSeconds(5), keep: false, cancellationToken);
        (SeededFolder seeded, SeededClients clients) = await StartsAsync(setting, setting.Count(1_000_000, 5_000), TimeSpan.FromSeconds(2), keep: true, cancellationToken);
        await RestoreAsync(setting, seeded, clients, cancellationToken);
        _violations.AddRange(clients.Violations);
        return new(_figures, _violations);
    }

    // G19. The goals are those of a whole count on this machine; a short form only reports.
    private async Task<(SeededFolder Folder, SeededClients Clients)> StartsAsync(DrillSetting setting, int grants, TimeSpan goal, bool keep, CancellationToken cancellationToken)
    {
        setting.Say(string.Create(CultureInfo.InvariantCulture, $"seeding {grants:N0} grants"));
        string folder = Path.Combine(setting.Scratch, string.Create(CultureInfo.InvariantCulture, $"data-{grants}"));
        long began = Stopwatch.GetTimestamp();
        SeededFolder seeded = await SeededFolder.MakeAsync(setting.Program, folder, grants, 0, setting.Seed, cancellationToken);
        var clients = new SeededClients(seeded.Token);
        string count = grants.ToString("N0", CultureInfo.InvariantCulture);
        _figures.Add(new("G19", $"{count} grants seeded; bytes of the file for each", string.Create(CultureInfo.InvariantCulture,
            $"{Stopwatch.GetElapsedTime(began).TotalSeconds:0} s; {(double)new FileInfo(Path.Combine(folder, Database.FileName)).Length / grants:0}")));
        List<TimeSpan> starts = [];
        for (int i = 0; i < setting.Count(4, 2); i++)
        {
            await using ProgramUnderShim server = await ProgramUnderShim.StartAsync(setting.Program, folder, seeded.Issuer, null, cancellationToken);
            if (i > 0) starts.Add(server.StartedIn);
            using TokenCalls calls = server.Client();
            // Killed after a load, so that the next start has a log to recover.
            await clients.RefreshAsync(_ => calls, rounds: 6, stop: cancellationToken);
            await server.KillAsync();
        }
        _figures.Add(new("G19", $"{count} grants: start after kill -9, slowest of {starts.Count}", string.Create(CultureInfo.InvariantCulture, $"{starts.Max().TotalSeconds:0.00} s")));
        if (setting.Scale >= 1 && starts.Max() > goal) _violations.Add($"G19: a start with {count} grants took {starts.Max()}");
        if (keep) return (seeded, clients);
        Directory.Delete(folder, recursive: true);
        _violations.AddRange(clients.Violations);
        return (seeded, clients);
    }

    private async Task RestoreAsync(DrillSetting setting, SeededFolder seeded, SeededClients clients, CancellationToken cancellationToken)
    {
        string backup = Path.Combine(setting.Scratch, "backup.db");
        const long revoked = SeededClients.Count + 1;
        await using (ProgramUnderShim server = await ProgramUnderShim.StartAsync(setting.Program, seeded.Folder, seeded.Issuer, null, cancellationToken))
        {
            using TokenCalls calls = server.Client();
            using var stop = new CancellationTokenSource();
            Task<int> load = clients.RefreshAsync(_ => calls, rounds: int.MaxValue, stop: stop.Token);
            long began = Stopwatch.GetTimestamp();
            await Runbook.RunAsync("backup", setting.Program, seeded.Folder, backup, cancellationToken);
            TimeSpan took = Stopwatch.GetElapsedTime(began);
            await stop.CancelAsync();
            int refreshed = await load;
            _figures.Add(new("G20", "backup under load; refreshes meanwhile", string.Create(CultureInfo.InvariantCulture, $"{took.TotalSeconds:0.0} s; {refreshed}")));
            // Lost later: some rotations of all but the last eight clients' grants, and a revocation.
            await clients.RefreshAsync(_ => calls, rounds: 3, leaveOut: SeededClients.Last, stop: cancellationToken);
            if ((await calls.RevokeAsync(seeded.Token(revoked, 1))).Status != 200) _violations.Add("the revocation before the loss was refused");
            await server.KillAsync();
        }
        long lost = Stopwatch.GetTimestamp();
        await Runbook.RunAsync("restore", setting.Program, seeded.Folder, backup, cancellationToken);
        string mark = Path.Combine(seeded.Folder, "evergrant.mark"), aside = Path.Combine(seeded.Folder, "aside", "evergrant.mark");
        await using ProgramUnderShim restored = await ProgramUnderShim.StartAsync(setting.Program, seeded.Folder, seeded.Issuer, null, cancellationToken);
        using TokenCalls again = restored.Client();
        IReadOnlyDictionary<string, int> decisions = await clients.GoOnAsync(_ => again, () =>
            _figures.Add(new("G20", "restore, until the first client was answered (RTO)", string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(lost).TotalSeconds:0.0} s"))));
        // From there on all is as usual.
        await clients.RefreshAsync(_ => again, rounds: 2, stop: cancellationToken);
        int caughtUp = decisions.GetValueOrDefault("CaughtUp");
        _figures.Add(new("I16", "clients after the restore, by decision", string.Join(", ", decisions.Select(d => $"{d.Key} {d.Value}"))));
        _figures.Add(new("I16", "a grant revoked after the backup (the runbook: revoke again) was answered", $"{(await again.RefreshAsync(seeded.Token(revoked, 1))).Status}"));
        if (caughtUp < SeededClients.Count - SeededClients.Last) _violations.Add($"I16: {caughtUp} clients were caught up with, {SeededClients.Count - SeededClients.Last} were ahead");
        await restored.StopAsync();
        int lines = restored.Said.Split('\n').Count(l => l.Contains("CRIT", StringComparison.Ordinal) && l.Contains("CaughtUp", StringComparison.Ordinal));
        if (lines != caughtUp) _violations.Add($"I16: {lines} critical lines for {caughtUp} tokens that were ahead");
        await CountAsync(seeded.Folder, caughtUp);

        // With the mark of the old store beside it an older one is refused, and the way out is said.
        foreach (string file in (string[])["", "-wal", "-shm"]) File.Delete(Path.Combine(seeded.Folder, Database.FileName + file));
        File.Copy(backup, Path.Combine(seeded.Folder, Database.FileName));
        File.Copy(aside, mark, overwrite: true);
        (int code, string said) = await ProgramUnderShim.RunAsync(setting.Program, null, cancellationToken, "start", "--urls", seeded.Issuer, "--data", seeded.Folder);
        if (code != 3 || !said.Contains("backup-and-restore.md", StringComparison.Ordinal)) _violations.Add($"F6: an older store beside the mark was not refused: {code} {said}");
    }

    private async Task CountAsync(string folder, int caughtUp)
    {
        await using (SqliteStore store = await SqliteStore.OpenAsync(new SqliteOptions(folder)))
        {
            if (await store.CheckIntegrityAsync() is var integrity and not "ok") _violations.Add($"the restored store is corrupt: {integrity}");
        }
        using Connection connection = Connection.Open(Path.Combine(folder, Database.FileName), readOnly: true);
        string events = connection.Ask("select count(*) from events where decision = 'CaughtUp'"), revoked = connection.Ask("select count(*) from grants where state = 2");
        if (events != caughtUp.ToString(CultureInfo.InvariantCulture)) _violations.Add($"I16: {events} events for {caughtUp} tokens that were ahead");
        if (revoked != "0") _violations.Add($"I6: {revoked} grants are revoked, nobody asked for it since the backup");
        _figures.Add(new("I16", "events stored for tokens that were ahead; grants revoked", $"{events}; {revoked}"));
    }
}
