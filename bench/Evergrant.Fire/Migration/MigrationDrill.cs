using System.Globalization;
using Evergrant.Fire.Servers;
using Evergrant.Fire.Storms;

namespace Evergrant.Fire.Migration;

/// <summary>F18: the first start on an old store is killed, or cut off from it, at every instant. The next start finds the store whole, and every grant in it.</summary>
internal sealed class MigrationDrill(Place place) : IDrill
{
    private const int Grants = 4, RandomInstants = 200;
    private const double ShortForm = 0.1;
    private const string HalfAScript = "a script that ran by half", ALostRow = "a row that was lost";

    public string Name => "migration" + place.Suffix;

    public bool IsOnPostgres => place.IsPostgres;

    public string Sentence => $"A store of each older version is migrated by a program that is killed or cut off at every instant; the next start brings it up whole ({place}).";

    public async Task<DrillResult> RunAsync(DrillSetting setting, CancellationToken cancellationToken)
    {
        await using IOldStore store = place.IsPostgres ? await PostgresOldStore.StartAsync(setting, cancellationToken) : await SqliteOldStore.StartAsync(setting, cancellationToken);
        var kept = KeptGrants.Make(store.Cluster, Grants);
        await store.Cluster.Nodes[0].StopAsync();
        await store.KeepAsync();
        var random = new Random(setting.Seed);
        List<DrillFigure> figures = [];
        List<string> violations = [];
        int tries = 0, broken = 0;
        // A short form begins with the oldest only: it runs through all scripts.
        foreach (int version in Enumerable.Range(1, setting.Scale < ShortForm ? 1 : store.Scripts.Count - 1))
        {
            await store.MakeAsync(version);
            TimeSpan took = default;
            foreach (string misfortune in store.Misfortunes)
            {
                await store.RenewAsync();
                store.Arm(misfortune, 0);
                await StartAsync(store, cancellationToken);
                (int instants, took) = (store.Passed, store.Cluster.Nodes[0].StartTook);
                await JudgeAsync($"version {version}, undisturbed");
                int count = Math.Min(instants, setting.Count(instants, 3)), met = 0;
                for (int i = 0; i < count; i++)
                {
                    // Evenly, beginning at one that goes by the seed.
                    int instant = 1 + (int)((((long)i * instants / count) + setting.Seed) % instants);
                    await store.RenewAsync();
                    store.Arm(misfortune, instant);
                    if (!await StartAsync(store, cancellationToken, supervised: false)) met++;
                    await AgainAsync($"version {version}, {misfortune}, {instant} of {instants}");
                }
                figures.Add(new("F18", $"version {version} to {store.Scripts.Count}: {misfortune}; starts that did not live to listen", string.Create(CultureInfo.InvariantCulture, $"{count} of {instants}; {met}")));
                if (met == 0) violations.Add($"{misfortune}: no start was hindered, the run does not count");
            }
            int moments = setting.Count(RandomInstants / (store.Scripts.Count - 1));
            for (int i = 0; i < moments; i++)
            {
                await store.RenewAsync();
                store.Cluster.Nodes[0].Launch();
                await Task.Delay(random.Next(1 + (int)took.TotalMilliseconds), cancellationToken);
                await AgainAsync($"version {version}, killed at a random moment, number {i + 1}");
            }
            figures.Add(new("F18", $"version {version} to {store.Scripts.Count}: kill -9 at a random moment of the start", Times(moments)));
            string? half = Scripts.FirstStatement(store.Scripts[version]);
            figures.Add(new("F18", $"version {version}, control: {(half is null ? "" : $"{HalfAScript}; ")}{ALostRow}", await ControlAsync(version, half)));
            setting.Say($"version {version}: {tries} starts after a misfortune, {violations.Count} violations");
        }
        return new(
        [
            .. figures,
            new("F18", "next starts that found the store otherwise than whole", Times(broken)),
            new("F18", "grants from before the migration that were refreshed after it", Times(tries * kept.Alive)),
        ], violations);

        // What a wrong migration leaves behind must be noticed, or the run says nothing.
        async Task<string> ControlAsync(int version, string? half)
        {
            List<string> missed = [];
            foreach ((string what, string? sql) in new[] { (HalfAScript, half), (ALostRow, "delete from grants where id in (select id from grants limit 1)") })
            {
                if (sql is null) continue;
                await store.RenewAsync();
                await store.ExecuteAsync(sql);
                if (await StartAsync(store, cancellationToken, supervised: false) && (await store.CompareAsync()).Count == 0) missed.Add(what);
                await store.Cluster.Nodes[0].KillAsync();
            }
            violations.AddRange(missed.Select(m => $"version {version}: {m} was not noticed, the run does not count"));
            return missed.Count == 0 ? "noticed" : "not noticed: " + string.Join(", ", missed);
        }

        // The misfortune is over: the next start must find everything.
        async Task AgainAsync(string what)
        {
            await store.Cluster.Nodes[0].KillAsync();
            store.Disarm();
            if (await StartAsync(store, cancellationToken)) await JudgeAsync(what);
            else
            {
                broken++;
                violations.Add($"{what}: the next start failed: {store.Cluster.Nodes[0].EndOfLog()}");
            }
        }

        async Task JudgeAsync(string what)
        {
            tries++;
            IReadOnlyList<string> found = [.. await store.CompareAsync(), .. kept.Try(store.Cluster)];
            if (found.Count > 0) broken++;
            violations.AddRange(found.Select(f => $"{what}: {f}"));
            await store.Cluster.Nodes[0].KillAsync();
        }
    }

    private static string Times(int count) => count.ToString("N0", CultureInfo.InvariantCulture);

    // Whether it listened in the end.
    private static async Task<bool> StartAsync(IOldStore store, CancellationToken cancellationToken, bool supervised = true)
    {
        try
        {
            await store.Cluster.Nodes[0].StartAgainAsync(cancellationToken, supervised);
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
