using System.Net.Sockets;
using System.Text;

namespace Evergrant.Specs.Attacks;

/// <summary>Many connections that do little: the server closes them by itself, and everybody else is served meanwhile.</summary>
public sealed class SlowClients(Server server)
{
    private const int Crowd = 200;

    [Fact]
    [Requirement("ATTACK-319", "ATTACK-320", "ATTACK-322")]
    public async Task Whoever_is_slow_is_closed_and_holds_nobody_up()
    {
        var host = $"localhost:{server.Port()}";
        List<Task<TimeSpan>> crowd = [];
        for (var n = 0; n < Crowd; n++)
        {
            // Headers that never end, at once and in drops; a body that comes in drops; a body that never comes.
            crowd.Add(Closed($"GET /token HTTP/1.1\r\nHost: {host}\r\nX: ", drop: n % 2 == 0 ? null : "x"));
            crowd.Add(Closed($"POST /token HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\n", drop: n % 2 == 0 ? null : "x"));
        }

        // Connections that lie open after an answer are kept.
        List<TcpClient> idle = [];
        for (var n = 0; n < Crowd; n++)
        {
            var one = new TcpClient();
            await one.ConnectAsync("localhost", server.Port());
            await one.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"GET /health/live HTTP/1.1\r\nHost: {host}\r\n\r\n"));
            idle.Add(one);
        }

        var watch = System.Diagnostics.Stopwatch.StartNew();
        var served = 0;
        while (crowd.Any(one => !one.IsCompleted))
        {
            var one = System.Diagnostics.Stopwatch.StartNew();
            (await server.Client(AttackClients.Machine).ClientCredentials(("scope", "mail:read"))).Expect(200);
            Assert.True(one.Elapsed < TimeSpan.FromSeconds(10), $"A request waited {one.Elapsed}");
            served++;
            await Task.WhenAny(Task.WhenAll(crowd), server.Api.Jwks());
        }

        Assert.True(served > 10, $"{served}");
        Assert.All(crowd, one => Assert.True(one.Result < TimeSpan.FromSeconds(40), $"{one.Result}"));
        var buffer = new byte[1];
        foreach (var one in idle)
        {
            // Still there: it answered, and nothing closed it.
            Assert.Equal(1, await one.GetStream().ReadAsync(buffer));
            Assert.False(one.Client.Poll(0, SelectMode.SelectRead) && one.Client.Available == 0);
            one.Dispose();
        }
    }

    // How long until the server closes a connection that sends this, and then a drop now and again.
    private async Task<TimeSpan> Closed(string text, string? drop)
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync("localhost", server.Port());
        var stream = connection.GetStream();
        var watch = System.Diagnostics.Stopwatch.StartNew();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(text));
        using var stop = new CancellationTokenSource();
        var dripping = drop is null ? Task.CompletedTask : Drip(stream, drop, stop.Token);
        try
        {
            await stream.CopyToAsync(Stream.Null);
        }
        catch (IOException)
        {
            // Reset, which is closed as well.
        }

        await stop.CancelAsync();
        await dripping;
        return watch.Elapsed;
    }

    private static async Task Drip(NetworkStream stream, string drop, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        try
        {
            while (await timer.WaitForNextTickAsync(stop)) await stream.WriteAsync(Encoding.ASCII.GetBytes(drop), stop);
        }
        catch (Exception over) when (over is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // The server has closed it.
        }
    }
}
