using Evergrant.Fire.History;
using Evergrant.Fire.Servers;
using Npgsql;

namespace Evergrant.Fire.Postgres.Drills;

/// <summary>F15, F16: rows that somebody holds, a pool that is used up, deadlocks and serialization failures.</summary>
internal sealed class ExhaustionDrill : IDrill
{
    private const int Locks = 20, Refreshes = 100_000;
    private const int Pool = 3;

    // Fails some updates of grants as the server does by itself under stricter isolation: before their commit, so that nothing changed.
    private const string Trigger = """
        create function fire_fail() returns trigger language plpgsql as $$
        begin
            if random() < 0.1 then raise exception 'forced' using errcode = '40001'; end if;
            if random() < 0.1 then raise exception 'forced' using errcode = '40P01'; end if;
            return new;
        end $$;
        create trigger fire_fail before update on grants for each row execute function fire_fail()
        """;

    public string Name => "exhaustion";

    public bool IsOnPostgres => true;

    public string Sentence => "Rows are locked for long, the pool is used up, deadlocks and serialization failures are forced: 503 for whom it concerns, nothing for others, and nothing twice.";

    public async Task<DrillResult> RunAsync(DrillSetting setting, CancellationToken cancellationToken)
    {
        await using Solo database = await Solo.StartAsync();
        await using Cluster cluster = await Cluster.OnPostgresAsync(setting, "nodes", 2, node => database.ConnectionString(more: node == 1 ? $";Maximum Pool Size={Pool}" : ""), cancellationToken);
        // Lines 0 and 1 at the node with connections enough, 2 to 5 at the one with three.
        using Load load = Load.Start(cluster, setting, lines: [0, 0, 1, 1, 1, 1]);
        Guid[] grants = new Guid[6];
        for (int line = 0; line < grants.Length; line++) grants[line] = await database.AskAsync<Guid>($"select id from grants order by id offset {line} limit 1");
        List<string> violations = [];
        List<long> held = [], recovered = [];
        int rounds = setting.Count(Locks);
        for (int round = 0; round < rounds; round++)
        {
            // One row: its client hears 503, the others nothing.
            long from = MonotonicClock.Now;
            await using (await HoldAsync(database, grants[0]))
            {
                held.AddRange((await load.Pulse.AwaitAsync(0, 503, 2, from, cancellationToken)).Select(b => b.Took));
                if ((await load.Pulse.AwaitAsync(1, 200, 5, from, cancellationToken)).Count < 5) violations.Add("a client whose row nobody held was not answered");
                foreach (Beat other in load.Pulse.Beats.Where(b => b.Line == 1 && b.Sent >= from && b.Status != 200)) violations.Add($"a client whose row nobody held was answered {other.Status}");
            }
            // As many rows as the pool has connections: whoever comes then waits, or hears 503.
            await using (await HoldAsync(database, grants[2..(2 + Pool)]))
            {
                if ((await load.Pulse.AwaitAsync(2, 503, 2, cancellationToken)).Count < 2) violations.Add("a client whose row was held was not answered 503");
                if ((await load.Pulse.AwaitAsync(5, null, 1, cancellationToken)).Count < 1) violations.Add("a client of a node without free connections was not answered");
            }
            if (await load.Pulse.AllSucceedAsync(MonotonicClock.Now, cancellationToken) is { } times) recovered.Add(times.Last);
            else violations.Add("a client was not answered with 200 after the rows were free");
        }
        setting.Say($"{rounds} times locked");
        await database.AskAsync<object>(Trigger);
        await load.SendAsync(setting.Count(Refreshes, 1_000), cancellationToken);
        await database.AskAsync<object>("drop trigger fire_fail on grants");
        return load.End("G5",
        [
            new("F15", "times that rows were held: one; as many as the pool has connections", $"{Times.Count(rounds)}; {Times.Count(rounds)}"),
            new("F15", "time of a 503 where the row was held", Times.Of(held)),
            new("F15", "rows free to success of all", Times.Of(recovered)),
            new("F16", "requests while a fifth of all updates met 40001 or 40P01", Times.Count(setting.Count(Refreshes, 1_000))),
        ], violations);
    }

    private static async Task<NpgsqlConnection> HoldAsync(Solo database, params Guid[] grants)
    {
        NpgsqlConnection connection = new(database.ConnectionString(more: ";Pooling=false"));
        await connection.OpenAsync();
        await using NpgsqlCommand hold = new($"begin; select 1 from grants where id in ({string.Join(", ", grants.Select(g => $"'{g}'"))}) for update", connection);
        await hold.ExecuteNonQueryAsync();
        return connection;
    }
}
