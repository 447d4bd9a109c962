using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Evergrant.Fire.Disk;
using Evergrant.Fire.Seeding;
using Evergrant.Fire.Servers;
using Evergrant.Protocol.Grants;

namespace Evergrant.Fire.Postgres.Drills;

/// <summary>restore-postgres (G19, G20, I16): the database is backed up while clients refresh at two nodes, they go on, it is lost, and the backup is put back by the runbook's scripts; once as files below nodes
/// that run, once as a dump. And how long a start takes after a kill.</summary>
internal sealed class RestorePostgresDrill : IDrill
{
    private const int Nodes = 2;

    private readonly List<string> _violations = [];
    private readonly List<DrillFigure> _figures = [];

    public string Name => "restore-postgres";

    public bool IsOnPostgres => true;

    public string Sentence => "An old backup of the database is restored by the runbook, as files and as a dump: clients that are ahead of it go on, nobody is revoked; starts after a kill.";

    public async Task<DrillResult> RunAsync(DrillSetting setting, CancellationToken cancellationToken)
    {
        await using Solo database = await Solo.StartAsync();
        await using Cluster cluster = await Cluster.OnPostgresAsync(setting, "nodes", Nodes, _ => database.ConnectionString(), cancellationToken);
        JsonElement web = (await cluster.Nodes[0].DevelopmentFileAsync(cancellationToken)).GetProperty("clients").GetProperty("web");
        (string id, string secret) = (web.GetProperty("client_id").GetString()!, web.GetProperty("client_secret").GetString()!);
        CredentialKeys keys = RootKeyFile.Read(cluster.Nodes[0].Plan.Folder);
        GrantSeed grants = new(cluster.Issuer, id, DateTimeOffset.UtcNow, keys.CurrentNumber, setting.Seed);
        int count = setting.Count(1_000_000, 5_000);
        setting.Say($"seeding {Times.Count(count)} grants");
        await PostgresSeeder.SeedAsync(database.ConnectionString(), Enumerable.Range(1, count).Select(number => grants.Active(number)), cancellationToken);

        TokenCalls[] calls = [.. cluster.Nodes.Select(node => new TokenCalls($"http://localhost:{node.Plan.Port}", id, secret))];
        try
        {
            Site site = new(database, cluster, new SeededClients(Token), number => calls[number % Nodes], Token);
            await StartsAsync(setting, site, count, cancellationToken);
            int files = await RestoreAsync(setting, site, "base", 1, cancellationToken);
            int dump = await RestoreAsync(setting, site, "dump", 2, cancellationToken);
            await CountAsync(site, files + dump);
            _violations.AddRange(site.Clients.Violations);
            return new(_figures, _violations);
        }
        finally
        {
            foreach (TokenCalls one in calls) one.Dispose();
        }

        string Token(long number, long generation) => GrantSeed.Credential(keys, grants.Active(number) with { Generation = generation });
    }

    // G19. The goal is that of a whole count on this machine; a short form only reports.
    private async Task StartsAsync(DrillSetting setting, Site site, int count, CancellationToken cancellationToken)
    {
        ServerProcess node = site.Cluster.Nodes[0];
        List<long> alone = [], both = [];
        for (int i = 0; i < setting.Count(3, 1); i++)
        {
            foreach (bool database in (bool[])[false, true])
            {
                // Killed after a load, so that the next start has a log to recover.
                await site.Clients.RefreshAsync(site.Server, rounds: 6, stop: cancellationToken);
                if (database) await site.Database.Server.CrashAsync();
                await node.KillAsync();
                long began = Stopwatch.GetTimestamp();
                if (database) await site.Database.Server.StartAsync();
                await node.StartAgainAsync(cancellationToken);
                (database ? both : alone).Add((long)Stopwatch.GetElapsedTime(began).TotalMicroseconds);
                if (database) await ReadyAsync(site, cancellationToken);
            }
        }
        _figures.Add(new("G19", $"{Times.Count(count)} grants: start of a node after kill -9", Times.Of(alone)));
        _figures.Add(new("G19", $"{Times.Count(count)} grants: start of the database and a node after both were killed", Times.Of(both)));
        if (setting.Scale >= 1 && alone.Max() > 2_000_000) _violations.Add($"G19: a start of a node with {count} grants took {alone.Max() / 1e6:0.0} s");
    }

    private async Task<int> RestoreAsync(DrillSetting setting, Site site, string kind, int round, CancellationToken cancellationToken)
    {
        bool files = kind == "base";
        (Instance server, Cluster cluster) = (site.Database.Server, site.Cluster);
        string backup = Path.Combine(site.Database.Folder.Path, "backup." + kind);
        long revoked = SeededClients.Count + round, began = Stopwatch.GetTimestamp();
        using var stop = new CancellationTokenSource();
        Task<int> load = site.Clients.RefreshAsync(site.Server, rounds: int.MaxValue, stop: stop.Token);
        setting.Say($"backup as {(files ? "files" : "a dump")}, under load");
        await Runbook.OnPostgresAsync(files ? "base-backup" : "dump", site.Database.Folder, server, FireDatabase.Name, backup);
        TimeSpan took = Stopwatch.GetElapsedTime(began);
        await stop.CancelAsync();
        int meanwhile = await load;
        _figures.Add(new("G20", $"{kind}: backup under load; refreshes meanwhile", string.Create(CultureInfo.InvariantCulture, $"{took.TotalSeconds:0.0} s; {meanwhile}")));
        // Lost later: some rotations of all but the last eight clients' grants, and a revocation.
        await site.Clients.RefreshAsync(site.Server, rounds: 3, leaveOut: SeededClients.Last, stop: cancellationToken);
        if ((await site.Server(0).RevokeAsync(site.Token(revoked, 1))).Status != 200) _violations.Add("the revocation before the loss was refused");

        long lost = Stopwatch.GetTimestamp();
        if (files) await server.CrashAsync();
        else foreach (ServerProcess node in cluster.Nodes) await node.StopAsync();
        await Runbook.OnPostgresAsync(files ? "base-restore" : "dump-restore", site.Database.Folder, server, FireDatabase.Name, backup);
        if (files) await server.StartAsync();
        else foreach (ServerProcess node in cluster.Nodes) await node.StartAgainAsync(cancellationToken);
        await ReadyAsync(site, cancellationToken);
        IReadOnlyDictionary<string, int> decisions = await site.Clients.GoOnAsync(site.Server, () =>
        {
            TimeSpan until = Stopwatch.GetElapsedTime(lost);
            _figures.Add(new("G20", $"{kind}: restore, until the first client was answered (RTO)", string.Create(CultureInfo.InvariantCulture, $"{until.TotalSeconds:0.0} s")));
            if (setting.Scale >= 1 && until > TimeSpan.FromMinutes(5)) _violations.Add($"G20: the restore took {until}");
        });
        // From there on all is as usual.
        await site.Clients.RefreshAsync(site.Server, rounds: 2, stop: cancellationToken);
        int caughtUp = decisions.GetValueOrDefault("CaughtUp");
        _figures.Add(new("I16", $"{kind}: clients after the restore, by decision", string.Join(", ", decisions.Select(d => $"{d.Key} {d.Value}"))));
        TokenReply again = await site.Server(0).RefreshAsync(site.Token(revoked, 1));
        _figures.Add(new("I16", $"{kind}: a grant revoked after the backup (the runbook: revoke again) was answered", $"{again.Status}"));
        if (caughtUp < SeededClients.Count - SeededClients.Last) _violations.Add($"I16: {caughtUp} clients were caught up with, {SeededClients.Count - SeededClients.Last} were ahead");
        return caughtUp;
    }

    // The nodes have found their database again, as a load balancer asks.
    private async Task ReadyAsync(Site site, CancellationToken cancellationToken)
    {
        foreach (ServerProcess node in site.Cluster.Nodes)
        {
            for (int look = 0; !await node.IsReadyAsync(cancellationToken); look++)
            {
                if (look == 600)
                {
                    _violations.Add($"the node at port {node.Plan.Port} did not become ready again");
                    return;
                }
                await Task.Delay(100, cancellationToken);
            }
        }
    }

    private async Task CountAsync(Site site, int caughtUp)
    {
        int lines = site.Cluster.Nodes.Sum(node => File.ReadLines(node.LogFile).Count(l => l.Contains("CRIT", StringComparison.Ordinal) && l.Contains("CaughtUp", StringComparison.Ordinal)));
        long events = await site.Database.AskAsync<long>("select count(*) from events where decision = 'CaughtUp'"), revoked = await site.Database.AskAsync<long>("select count(*) from grants where state = 2");
        if (lines != caughtUp) _violations.Add($"I16: {lines} critical lines for {caughtUp} tokens that were ahead");
        if (events != caughtUp) _violations.Add($"I16: {events} events for {caughtUp} tokens that were ahead");
        if (revoked != 0) _violations.Add($"I6: {revoked} grants are revoked, nobody asked for it since the backups");
        _figures.Add(new("I16", "events stored for tokens that were ahead; grants revoked", $"{events}; {revoked}"));
    }

    private sealed record Site(Solo Database, Cluster Cluster, SeededClients Clients, Func<long, TokenCalls> Server, Func<long, long, string> Token);
}
