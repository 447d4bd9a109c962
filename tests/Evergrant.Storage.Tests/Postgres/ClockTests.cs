using Evergrant.Postgres;

namespace Evergrant.Storage.Tests.Postgres;

/// <summary>The clock of all nodes: the database's, carried on by a clock that nobody sets.</summary>
public sealed class ClockTests
{
    private static readonly DateTimeOffset Noon = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly Machine _machine = new();
    private readonly PostgresClock _clock;

    public ClockTests() => _clock = new PostgresClock(_machine);

    [Fact]
    public void The_time_is_the_databases_whatever_the_machine_believes()
    {
        _machine.Believes = Noon.AddDays(-400);
        Measure(Noon, TimeSpan.Zero);
        _machine.Pass(TimeSpan.FromSeconds(3));
        _machine.Believes = Noon.AddDays(400);
        Assert.Equal(Noon.AddSeconds(3), _clock.GetUtcNow());
    }

    [Fact]
    public void The_answer_is_taken_to_be_from_the_middle_of_the_question_and_half_of_it_is_the_error()
    {
        Measure(Noon, TimeSpan.FromMilliseconds(10));
        Assert.Equal(Noon.AddMilliseconds(5), _clock.GetUtcNow());
        Assert.InRange(_clock.Uncertainty.TotalMilliseconds, 5 - 0.1, 5 + 0.1);
    }

    [Fact]
    public void A_slow_answer_does_not_replace_a_quick_one_until_that_has_grown_old()
    {
        Measure(Noon, TimeSpan.FromMilliseconds(2));
        Measure(Noon.AddMilliseconds(400), TimeSpan.FromMilliseconds(500));
        Assert.InRange(_clock.Uncertainty.TotalMilliseconds, 1.5 - 0.1, 1.5 + 0.1);
        _machine.Pass(TimeSpan.FromMinutes(10));
        Assert.True(_clock.Uncertainty > TimeSpan.FromMilliseconds(500));
        Measure(_clock.GetUtcNow().AddMilliseconds(50), TimeSpan.FromMilliseconds(500));
        Assert.InRange(_clock.Uncertainty.TotalMilliseconds, 250 - 1, 250 + 1);
    }

    [Fact]
    public void A_database_whose_clock_goes_back_is_caught_up_with_and_time_never_steps_back()
    {
        Measure(Noon, TimeSpan.Zero);
        DateTimeOffset before = _clock.GetUtcNow();
        TimeSpan apart = Measure(Noon.AddMinutes(-10), TimeSpan.Zero);
        Assert.Equal(TimeSpan.FromMinutes(-10), apart);
        for (int minute = 0; minute < 40; minute++)
        {
            _machine.Pass(TimeSpan.FromMinutes(1));
            DateTimeOffset now = _clock.GetUtcNow();
            Assert.True(now > before, $"{now} after {before}");
            before = now;
        }
        Assert.Equal(Noon.AddMinutes(30), before);
    }

    [Fact]
    public void A_database_whose_clock_leaps_forward_is_followed_and_the_leap_is_told()
    {
        Measure(Noon, TimeSpan.Zero);
        _machine.Pass(TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.FromDays(1), Measure(Noon.AddDays(1).AddSeconds(1), TimeSpan.Zero));
        Assert.Equal(Noon.AddDays(1).AddSeconds(1), _clock.GetUtcNow());
    }

    [Fact]
    public async Task Two_nodes_of_one_database_have_the_same_time_though_their_machines_differ()
    {
        PostgresCluster cluster = await SharedCluster.Cluster;
        string database = await cluster.CreateDatabaseAsync();
        await using PostgresStore one = await PostgresStore.OpenAsync(new(cluster.ConnectionString(database)) { Deadline = TimeSpan.FromSeconds(60) });
        await using PostgresStore other = await PostgresStore.OpenAsync(new(cluster.ConnectionString(database)) { Deadline = TimeSpan.FromSeconds(60) });
        DateTimeOffset before = one.Clock.GetUtcNow(), between = other.Clock.GetUtcNow(), after = one.Clock.GetUtcNow();
        // Each is right within half of its own question, which the report bounds.
        TimeSpan error = ((PostgresClock)one.Clock).Uncertainty + ((PostgresClock)other.Clock).Uncertainty;
        Assert.InRange(between, before - error, after + error);
    }

    [Fact]
    public void A_node_that_starts_begins_where_others_have_been_and_waits_there_for_the_clock()
    {
        Measure(Noon, TimeSpan.Zero);
        _clock.BeginAt(Noon.AddHours(-1));
        Assert.Equal((TimeSpan.Zero, Noon), (_clock.Behind, _clock.GetUtcNow()));
        _clock.BeginAt(Noon.AddHours(1));
        Assert.Equal((TimeSpan.FromHours(1), Noon.AddHours(1)), (_clock.Behind, _clock.GetUtcNow()));
        // At half the speed: after two hours the clock is there too.
        _machine.Pass(TimeSpan.FromHours(1));
        Assert.Equal(Noon.AddMinutes(90), _clock.GetUtcNow());
        _machine.Pass(TimeSpan.FromHours(2));
        Assert.Equal(Noon.AddHours(3), _clock.GetUtcNow());
    }

    [Fact]
    public async Task The_time_that_a_node_went_by_holds_for_a_node_that_starts_after_the_databases_clock_was_set_back()
    {
        PostgresCluster cluster = await SharedCluster.Cluster;
        string database = await cluster.CreateDatabaseAsync();
        PostgresOptions options = new(cluster.ConnectionString(database)) { Deadline = TimeSpan.FromSeconds(60) };
        await using (PostgresStore first = await PostgresStore.OpenAsync(options))
        {
            using CancellationTokenSource stop = new();
            DateTimeOffset before = first.Clock.GetUtcNow();
            Task watch = first.WatchAsync(_ => { }, stop.Token);
            using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(20));
            while (await cluster.AskAsync<long>(database, "select count(*) from clock") == 0) await timer.WaitForNextTickAsync();
            await stop.CancelAsync();
            await watch;
            long kept = await cluster.AskAsync<long>(database, "select latest from clock");
            Assert.InRange(kept, before.ToUnixTimeMilliseconds(), first.Clock.GetUtcNow().ToUnixTimeMilliseconds());
            Assert.Equal(TimeSpan.Zero, first.ClockBehind);
            // As if the server's clock had been an hour later then.
            await cluster.ExecuteAsync(database, "update clock set latest = latest + 3600000");
        }
        await using PostgresStore next = await PostgresStore.OpenAsync(options);
        Assert.InRange(next.ClockBehind, TimeSpan.FromMinutes(55), TimeSpan.FromHours(1));
        Assert.InRange(next.Clock.GetUtcNow(), DateTimeOffset.FromUnixTimeMilliseconds(await cluster.AskAsync<long>(database, "select latest from clock")), DateTimeOffset.MaxValue);
        // An earlier time is not kept over it.
        await using PostgresStore other = await PostgresStore.OpenAsync(options);
        Assert.True(other.ClockBehind > TimeSpan.FromMinutes(55));
    }

    private TimeSpan Measure(DateTimeOffset time, TimeSpan trip)
    {
        long asked = _machine.GetTimestamp();
        _machine.Pass(trip);
        return _clock.Take(asked, _machine.GetTimestamp(), time);
    }

    /// <summary>A machine whose time of day somebody sets, and whose counter nobody does.</summary>
    private sealed class Machine : TimeProvider
    {
        private long _ticks;

        public DateTimeOffset Believes { get; set; } = Noon;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public override DateTimeOffset GetUtcNow() => Believes;

        public void Pass(TimeSpan span) => _ticks += span.Ticks;
    }
}
