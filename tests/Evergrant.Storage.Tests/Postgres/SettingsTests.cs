using System.Net;
using System.Net.Sockets;
using Evergrant.Postgres;
using Npgsql;

namespace Evergrant.Storage.Tests.Postgres;

/// <summary>What goes to the server as it was given, and what does not.</summary>
public sealed class SettingsTests
{
    [Fact]
    public void What_decides_about_doubtful_commits_is_not_taken_from_the_connection_string()
    {
        NpgsqlConnectionStringBuilder used = Database.Forced(new(
            "Host=db;Database=d;Maximum Pool Size=7;Cancellation Timeout=2000;Command Timeout=0;Keepalive=0;Options=-c synchronous_commit=off;Include Error Detail=true;Multiplexing=true;Target Session Attributes=standby")
        {
            Deadline = TimeSpan.FromSeconds(2.5),
        });
        Assert.Equal((-1, 4, 1, 10), (used.CancellationTimeout, used.CommandTimeout, used.Timeout, used.KeepAlive));
        Assert.Equal((false, false), (used.IncludeErrorDetail, used.Multiplexing));
        Assert.Null(used.Options);
        Assert.Equal(("db", "d", 7), (used.Host, used.Database, used.MaxPoolSize));
    }

    [Fact]
    public async Task A_connection_string_that_cannot_be_read_is_refused_without_being_repeated()
    {
        StoreOpenException refused = await Assert.ThrowsAsync<StoreOpenException>(() => PostgresStore.OpenAsync(new("Host=db;Pasword=geheim")));
        Assert.DoesNotContain("geheim", refused.ToString());
        Assert.DoesNotContain("geheim", new PostgresOptions("Host=db;Password=geheim").ToString());
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_named_as_the_reason() =>
        await Assert.ThrowsAsync<StoreOpenException>(() => PostgresStore.OpenAsync(new("Host=/nonexistent-evergrant;Username=u;Database=d")));

    [Fact]
    public async Task A_server_that_is_silent_at_first_is_asked_again_when_the_store_is_opened()
    {
        PostgresCluster cluster = await SharedCluster.Cluster;
        NpgsqlConnectionStringBuilder there = new(cluster.ConnectionString(await cluster.CreateDatabaseAsync()));
        UnixDomainSocketEndPoint server = new($"{there.Host}/.s.PGSQL.{there.Port}");
        using TcpListener relay = new(IPAddress.Loopback, 0);
        relay.Start();
        (there.Host, there.Port, there.SslMode) = ("127.0.0.1", ((IPEndPoint)relay.LocalEndpoint).Port, SslMode.Disable);
        Task<PostgresStore> opening = PostgresStore.OpenAsync(new(there.ConnectionString) { Deadline = TimeSpan.FromSeconds(0.5) });

        // The first connection is taken and never answered.
        using Socket silent = await relay.AcceptSocketAsync(TestContext.Current.CancellationToken);
        using CancellationTokenSource end = new();
        Task answering = AnswerAsync(relay, server, end.Token);
        await using (PostgresStore opened = await opening) Assert.Equal(Migrator.Newest, opened.StoreVersion);
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answering);
    }

    [Theory]
    [InlineData("")]
    [InlineData("plain")]
    [InlineData("\0")]
    [InlineData("\u0001")]
    [InlineData("\u00010\0\u00011\u0001\0" + "1")]
    [InlineData("用户 \0 😀")]
    public void A_text_comes_back_and_never_holds_what_the_server_cannot(string text)
    {
        Assert.DoesNotContain('\0', Texts.Write(text));
        Assert.Equal(text, Texts.Read(Texts.Write(text)));
    }

    [Fact]
    public void Half_of_a_surrogate_pair_is_replaced() => Assert.Equal("a\ufffdb", Texts.Write("a" + (char)0xd83d + "b"));

    private static async Task AnswerAsync(TcpListener relay, EndPoint server, CancellationToken cancellation)
    {
        while (true)
        {
            Socket from = await relay.AcceptSocketAsync(cancellation);
            Socket to = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await to.ConnectAsync(server, cancellation);
            _ = Task.WhenAll(PassAsync(from, to), PassAsync(to, from));
        }
    }

    private static async Task PassAsync(Socket from, Socket to)
    {
        await using NetworkStream source = new(from, ownsSocket: true);
        await using NetworkStream target = new(to);
        await source.CopyToAsync(target);
        to.Shutdown(SocketShutdown.Send);
    }
}
