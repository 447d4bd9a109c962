using Evergrant.Fire.Postgres;
using Evergrant.Fire.Postgres.Proxy;
using Npgsql;
using Xunit;

namespace Evergrant.Fire.Tests.Postgres;

/// <summary>The proxy before PostgreSQL does to a connection what it says.</summary>
public sealed class LinkTests(LinkTests.Server server) : IClassFixture<LinkTests.Server>
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_statement_whose_answer_is_lost_is_done(bool closes)
    {
        await using Link link = new(server.Port) { Losing = new LostAnswers("update counters", every: 2, closes) };
        int id = await server.AddAsync();
        int failed = 0;
        for (int i = 0; i < 6; i++)
        {
            await using NpgsqlConnection connection = await OpenAsync(link);
            try
            {
                await CountAsync(connection, id);
            }
            catch (NpgsqlException e)
            {
                Assert.Equal(closes, e.InnerException is not TimeoutException);
                failed++;
            }
        }
        Assert.Equal((3, 3), (failed, link.Losing.Lost));
        Assert.Equal(6, await server.CountOfAsync(id));
    }

    [Fact]
    public async Task A_prepared_statement_is_known_by_its_text()
    {
        await using Link link = new(server.Port);
        int id = await server.AddAsync();
        await using NpgsqlConnection connection = await OpenAsync(link);
        await using NpgsqlCommand command = Count(connection, id);
        await command.PrepareAsync();
        await command.ExecuteNonQueryAsync();
        link.Losing = new LostAnswers("UPDATE COUNTERS", every: 1, close: true);
        await Assert.ThrowsAsync<NpgsqlException>(() => command.ExecuteNonQueryAsync());
        Assert.Equal(2, await server.CountOfAsync(id));
    }

    [Theory]
    [InlineData(nameof(LinkState.Held), 0)]
    [InlineData(nameof(LinkState.HeldUp), 0)]
    [InlineData(nameof(LinkState.HeldDown), 1)]
    [InlineData(nameof(LinkState.HalfOpen), 0)]
    [InlineData(nameof(LinkState.Cut), 0)]
    public async Task A_link_that_fails_keeps_back_what_it_says_and_is_whole_afterwards(string state, int arrived)
    {
        await using Link link = new(server.Port);
        int id = await server.AddAsync();
        await using (NpgsqlConnection connection = await OpenAsync(link))
        {
            link.Set(Enum.Parse<LinkState>(state));
            await Assert.ThrowsAnyAsync<NpgsqlException>(() => CountAsync(connection, id));
            await Assert.ThrowsAnyAsync<NpgsqlException>(() => OpenAsync(link));
            Assert.Equal(arrived, await server.CountOfAsync(id));
        }
        link.Set(LinkState.Open);
        await using NpgsqlConnection healed = await OpenAsync(link);
        await CountAsync(healed, id);
        Assert.InRange(await server.CountOfAsync(id), 1, 2);
    }

    [Fact]
    public async Task Of_statements_that_are_sent_together_those_before_a_break_are_done_and_the_rest_never_arrive()
    {
        await using Link link = new(server.Port);
        int id = await server.AddAsync();
        int acts = 0;
        await using (NpgsqlConnection connection = await OpenAsync(link))
        {
            link.Breaking = new BreakPoint(2, () => acts++);
            await using NpgsqlCommand three = new(string.Concat(Enumerable.Repeat($"update counters set value = value + 1 where id = {id}; commit; ", 3)), connection);
            await Assert.ThrowsAnyAsync<NpgsqlException>(() => three.ExecuteNonQueryAsync());
        }
        Assert.Equal((1, true), (acts, link.Breaking.HasBroken));
        Assert.Equal(1, await server.CountOfAsync(id));
        await using NpgsqlConnection another = await OpenAsync(link);
        await CountAsync(another, id);
        Assert.Equal(2, await server.CountOfAsync(id));
    }

    [Fact]
    public async Task A_packet_that_is_lost_comes_later_and_nothing_is_missing()
    {
        await using Link link = new(server.Port) { LosesEvery = 2 };
        int id = await server.AddAsync();
        await using NpgsqlConnection connection = await OpenAsync(link);
        for (int i = 0; i < 3; i++) await CountAsync(connection, id);
        Assert.Equal(3, await server.CountOfAsync(id));
        link.LosesEvery = 0;
        Assert.Equal(TimeSpan.Zero, link.DelayOfNext());
    }

    private static async Task<NpgsqlConnection> OpenAsync(Link link)
    {
        NpgsqlConnection connection = new($"Host=127.0.0.1;Port={link.Port};Username=evergrant;Database=postgres;Pooling=false;Timeout=1;Command Timeout=1;Cancellation Timeout=-1");
        await connection.OpenAsync();
        return connection;
    }

    private static NpgsqlCommand Count(NpgsqlConnection connection, int id) =>
        new("update counters set value = value + 1 where id = $1", connection) { Parameters = { new NpgsqlParameter<int> { TypedValue = id } } };

    private static async Task CountAsync(NpgsqlConnection connection, int id)
    {
        await using NpgsqlCommand command = Count(connection, id);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>A server with a table of counters.</summary>
    public sealed class Server : IAsyncLifetime
    {
        private ServerFolder? _folder;
        private Instance? _instance;

        public int Port => _instance!.Port;

        public async ValueTask InitializeAsync()
        {
            _folder = await ServerFolder.CreateAsync();
            _instance = new(_folder, "a");
            await _instance.InitializeAsync();
            await _instance.StartAsync();
            await _instance.AskAsync<object>("create table counters (id serial primary key, value integer not null default 0)");
        }

        public Task<int> AddAsync() => _instance!.AskAsync<int>("insert into counters default values returning id");

        public Task<int> CountOfAsync(int id) => _instance!.AskAsync<int>($"select value from counters where id = {id}");

        public ValueTask DisposeAsync() => _folder!.DisposeAsync();
    }
}
