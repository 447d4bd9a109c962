using System.Net.Sockets;
using System.Text;

namespace Evergrant.Specs.Hostile;

/// <summary>Bytes sent to the server as they stand, and what came back until it closed the connection.</summary>
public sealed record RawExchange(int Status, IReadOnlyList<(string Name, string Value)> Headers, string Body)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>A header; null when absent.</summary>
    public string? Header(string name) => Headers.Where(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(header => header.Value).FirstOrDefault();

    /// <summary>Sends a text as Latin-1, each line ended by CR LF where it has an LF.</summary>
    public static Task<RawExchange> Send(int port, string text) => Send(port, Encoding.Latin1.GetBytes(text.ReplaceLineEndings("\r\n")));

    /// <summary>Sends bytes; status 0 when the connection was closed without an answer.</summary>
    public static async Task<RawExchange> Send(int port, byte[] bytes)
    {
        using var connection = new TcpClient();
        await connection.ConnectAsync("localhost", port);
        await using var stream = connection.GetStream();
        using var patience = new CancellationTokenSource(Patience);
        var answer = new MemoryStream();
        try
        {
            await stream.WriteAsync(bytes, patience.Token);
            await stream.CopyToAsync(answer, patience.Token);
        }
        catch (IOException)
        {
            // Reset while bytes were still under way: what came before counts.
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"No end after {Patience.TotalSeconds} s: {Encoding.Latin1.GetString(answer.ToArray())}");
        }

        return Read(Encoding.Latin1.GetString(answer.ToArray()));
    }

    private static RawExchange Read(string text)
    {
        if (!text.StartsWith("HTTP/1.1 ", StringComparison.Ordinal)) return new RawExchange(0, [], text);
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var lines = text[..end].Split("\r\n");
        return new RawExchange(
            int.Parse(lines[0].Split(' ')[1]),
            [.. lines.Skip(1).Select(line => line.Split(':', 2)).Select(parts => (parts[0], parts[1].Trim()))],
            text[(end + 4)..]);
    }
}
