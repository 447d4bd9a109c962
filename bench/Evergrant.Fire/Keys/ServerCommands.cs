using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Evergrant.Fire.Keys;

/// <summary>Commands that are given to a running server over the socket in its folder, as the program itself gives them: without a process for each.</summary>
internal sealed class ServerCommands(string folder)
{
    /// <summary>Gives a command.</summary>
    /// <returns>What it wrote to standard output.</returns>
    /// <exception cref="InvalidOperationException">It was refused.</exception>
    public async Task<string> RunAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        (int code, string output, string error) = await TryAsync(cancellationToken, arguments);
        return code == 0 ? output : throw new InvalidOperationException($"{string.Join(' ', arguments)} ended with {code}: {error}");
    }

    /// <summary>Gives a command that may be refused.</summary>
    public async Task<(int Code, string Output, string Error)> TryAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        var request = new JsonObject { ["arguments"] = new JsonArray([.. arguments.Select(a => (JsonNode)a)]), ["input"] = null, ["folder"] = folder, ["width"] = 0 };
        byte[] json = System.Text.Encoding.UTF8.GetBytes(request.ToJsonString()), length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, json.Length);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(folder, "evergrant.sock")), cancellationToken);
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync((byte[])[.. length, .. json], cancellationToken);
        await stream.ReadExactlyAsync(length, cancellationToken);
        byte[] reply = new byte[BinaryPrimitives.ReadInt32BigEndian(length)];
        await stream.ReadExactlyAsync(reply, cancellationToken);
        using JsonDocument said = JsonDocument.Parse(reply);
        return (said.RootElement.GetProperty("exit_code").GetInt32(), said.RootElement.GetProperty("output").GetString()!, said.RootElement.GetProperty("error").GetString()!);
    }
}
