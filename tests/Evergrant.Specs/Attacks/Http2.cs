using System.Buffers.Binary;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace Evergrant.Specs.Attacks;

/// <summary>HTTP/2 frames that no client sends, and floods of those that are allowed; and what TLS is spoken.</summary>
[Collection(typeof(ProductionCollection))]
public sealed class Http2(ProductionServer server)
{
    private const byte Headers = 1, Reset = 3, Settings = 4, Ping = 6, Continuation = 9, WindowUpdate = 8;
    private const byte EndStream = 1, EndHeaders = 4;

    [Fact]
    [Requirement("ATTACK-316")]
    public async Task A_header_that_HTTP2_forbids_ends_its_stream()
    {
        (string, string)[] good = [(":method", "GET"), (":scheme", "https"), (":authority", $"localhost:{server.Port}"), (":path", "/jwks")];
        Assert.Contains("\"keys\"", await Talk(Frame(Headers, EndStream | EndHeaders, 1, Block(good))), StringComparison.Ordinal);
        foreach (var bad in new[]
        {
            ("connection", "close"), ("Upper", "x"), ("x", "a\r\nInjected: 1"), ("x", "a\0b"), (":unknown", "1"), (":path", "/twice"), ("te", "gzip"),
        })
        {
            var answer = await Talk(Frame(Headers, EndStream | EndHeaders, 1, Block([.. good, bad])));
            Assert.False(answer.Contains("\"keys\"", StringComparison.Ordinal), $"{bad} is served");
        }

        // Those that mean something in HTTP/1.1 alone, and names that are none, mean nothing here (docs/decisions/0005): no frame ends earlier or later for them, and nothing of them is passed on.
        foreach (var old in new[] { ("transfer-encoding", "chunked"), ("keep-alive", "1"), ("upgrade", "h2c"), ("proxy-connection", "close"), ("x y", "1"), ("x\r\ninjected", "1") })
        {
            var answer = await Talk(Frame(Headers, EndStream | EndHeaders, 1, Block([.. good, old])));
            Assert.True(answer.Split("\"keys\"").Length <= 2 && !answer.Contains("injected", StringComparison.Ordinal), old.Item1);
        }

        // A body that is longer or shorter than it says.
        foreach (var length in new[] { "1", "100" })
        {
            (string, string)[] post = [(":method", "POST"), (":scheme", "https"), (":authority", $"localhost:{server.Port}"), (":path", "/token"), ("content-type", "application/x-www-form-urlencoded"), ("content-length", length)];
            var answer = await Talk([.. Frame(Headers, EndHeaders, 1, Block(post)), .. Frame(0, EndStream, 1, "grant_type=x"u8.ToArray())]);
            Assert.DoesNotContain("unsupported_grant_type", answer, StringComparison.Ordinal);
        }
    }

    [Fact]
    [Requirement("ATTACK-317")]
    public async Task A_flood_of_frames_ends_its_connection_or_nothing()
    {
        var get = Block([(":method", "GET"), (":scheme", "https"), (":authority", $"localhost:{server.Port}"), (":path", "/jwks")]);
        byte[] Many(int count, Func<int, byte[]> frame) => [.. Enumerable.Range(0, count).SelectMany(frame)];
        byte[] four = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(four, 8);
        byte[][] floods =
        [
            Many(3_000, n => [.. Frame(Headers, EndStream | EndHeaders, 2 * n + 1, get), .. Frame(Reset, 0, 2 * n + 1, four)]), Many(20_000, _ => Frame(Ping, 0, 0, new byte[8])), Many(20_000, _ => Frame(Settings, 0, 0, [])),
            [.. Frame(Headers, EndStream, 1, get), .. Many(3_000, _ => Frame(Continuation, 0, 1, new byte[100]))], [.. Frame(Settings, 0, 0, [0, 4, 0, 0, 0, 1]), .. Many(100, n => Frame(Headers, EndStream | EndHeaders, 2 * n + 1, get))],
            [.. Frame(Headers, EndStream | EndHeaders, 1, [.. get, .. Many(2_000, _ => Block([("x", new string('y', 100))]))])], Many(5_000, _ => Frame(WindowUpdate, 0, 0, [0x7f, 0xff, 0xff, 0xff])),
        ];
        foreach (var flood in floods)
        {
            var talking = Talk(flood, TimeSpan.FromSeconds(4));
            var watch = System.Diagnostics.Stopwatch.StartNew();
            (await server.Api.Get("/jwks")).Expect(200);
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"{watch.Elapsed}");
            await talking;
            (await server.Api.Get("/jwks")).Expect(200);
        }
    }

    [Fact]
    [Requirement("ATTACK-329", "ATTACK-328", "FAPI-CIBA-7.9-01", "FAPI2-AM-7.4-01")]
    public async Task Only_TLS_of_today_is_spoken_and_nothing_without_it()
    {
        Assert.True(await Handshake(SslProtocols.None, "localhost") is SslProtocols.Tls12 or SslProtocols.Tls13);
#pragma warning disable SYSLIB0039, CA5397 // The versions that must be refused.
        Assert.Null(await Handshake(SslProtocols.Tls, "localhost"));
        Assert.Null(await Handshake(SslProtocols.Tls11, "localhost"));
#pragma warning restore SYSLIB0039, CA5397 // The rule holds again.
        // Whatever name is asked for, or none: the same certificate, or no handshake.
        foreach (var name in new[] { "", "evil.test" }) Assert.True(await Handshake(SslProtocols.None, name) is null or SslProtocols.Tls12 or SslProtocols.Tls13);
        using var plain = new TcpClient();
        await plain.ConnectAsync("localhost", server.Port);
        await plain.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"POST /token HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"));
        var answer = new MemoryStream();
        try
        {
            await plain.GetStream().CopyToAsync(answer);
        }
        catch (IOException)
        {
            // Reset.
        }

        Assert.DoesNotContain("HTTP/1.1 2", Encoding.Latin1.GetString(answer.ToArray()), StringComparison.Ordinal);
        Assert.DoesNotContain("Location", Encoding.Latin1.GetString(answer.ToArray()), StringComparison.Ordinal);
        Assert.Equal("max-age=63072000; includeSubDomains", (await server.Api.Get("/jwks")).Header("Strict-Transport-Security"));
    }

    private async Task<SslProtocols?> Handshake(SslProtocols protocols, string name)
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync("localhost", server.Port);
        await using var tls = new SslStream(connection.GetStream(), false, (_, certificate, _, _) => certificate is not null);
        try
        {
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = name, EnabledSslProtocols = protocols });
            return tls.SslProtocol;
        }
        catch (Exception refused) when (refused is AuthenticationException or IOException)
        {
            return null;
        }
    }

    // Sends frames after the preface; everything that came back until the server closed or the patience ended, as Latin-1.
    private async Task<string> Talk(byte[] frames, TimeSpan? patience = null)
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync("localhost", server.Port);
        await using var tls = new SslStream(connection.GetStream(), false, (_, certificate, _, _) => certificate is not null);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", ApplicationProtocols = [SslApplicationProtocol.Http2] });
        Assert.Equal(SslApplicationProtocol.Http2, tls.NegotiatedApplicationProtocol);
        using var limit = new CancellationTokenSource(patience ?? TimeSpan.FromSeconds(2));
        var answer = new MemoryStream();
        try
        {
            var reading = Read();
            await tls.WriteAsync(Encoding.ASCII.GetBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), limit.Token);
            await tls.WriteAsync(Frame(Settings, 0, 0, []), limit.Token);
            await tls.WriteAsync(frames, limit.Token);
            await reading;
        }
        catch (Exception over) when (over is IOException or OperationCanceledException)
        {
            // Closed by the server, or quiet for long enough.
        }

        return Encoding.Latin1.GetString(answer.ToArray());

        // Until the stream ends: an answer with its last frame, a reset, or a farewell.
        async Task Read()
        {
            var buffer = new byte[16_384];
            int read;
            while ((read = await tls.ReadAsync(buffer, limit.Token)) > 0)
            {
                answer.Write(buffer, 0, read);
                if (patience is null && Ended(answer.ToArray())) return;
            }
        }
    }

    private static bool Ended(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= 9)
        {
            var length = (bytes[0] << 16) | (bytes[1] << 8) | bytes[2];
            var (type, flags) = (bytes[3], bytes[4]);
            if (type is Reset or 7 || (type is 0 or Headers && (flags & EndStream) != 0)) return true;
            if (bytes.Length < 9 + length) return false;
            bytes = bytes[(9 + length)..];
        }

        return false;
    }

    private static byte[] Frame(int type, int flags, int stream, byte[] payload)
    {
        var frame = new byte[9 + payload.Length];
        (frame[0], frame[1], frame[2], frame[3], frame[4]) = ((byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length, (byte)type, (byte)flags);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, 9);
        return frame;
    }

    // Literal fields without indexing, names and values as they stand (RFC 7541 section 6.2.2).
    private static byte[] Block(IEnumerable<(string Name, string Value)> fields) =>
        [.. fields.SelectMany(field => (byte[])[0, (byte)field.Name.Length, .. Encoding.Latin1.GetBytes(field.Name), (byte)field.Value.Length, .. Encoding.Latin1.GetBytes(field.Value)])];
}
