using System.CommandLine;
using System.Net.Sockets;
using System.Text.Json;
using Evergrant.Hosting;
using Evergrant.Protocol.Storage;
using Evergrant.Sqlite;

namespace Evergrant.Cli;

/// <summary>In the process that was started: asks the server that holds the folder to do the work; where none does, opens the folder and does it here.</summary>
internal sealed class LocalExecution(IReadOnlyList<string> arguments) : Execution
{
    /// <inheritdoc/>
    public override async Task<int> RunAsync(ParseResult parse, Work work, CancellationToken cancellationToken, Func<CancellationToken, Task<string?>>? input = null, params string[] further)
    {
        Location location = Location.Of(parse);
        string? text = input is null ? null : await input(cancellationToken);
        int width = Console.IsOutputRedirected ? 0 : Console.WindowWidth;
        if (await ConnectAsync(location.Folder, cancellationToken) is { } socket)
        {
            return await SendAsync(socket, new CommandRequest([.. arguments, .. further], text, Directory.GetCurrentDirectory(), width, AuditTrail.LocalActor), cancellationToken);
        }
        try
        {
            await using OpenServer server = await OpenServer.OpenAsync(location.Settings());
            return await work(new Invocation(server.Operations, Console.Out, Console.Error, text, Directory.GetCurrentDirectory(), width, AuditTrail.LocalActor), cancellationToken);
        }
        catch (StoreInUseException) when (!cancellationToken.IsCancellationRequested)
        {
            // A server is starting, or another command has the folder for a moment.
            if (await WaitAsync(location.Folder, cancellationToken) is not { } late) throw;
            return await SendAsync(late, new CommandRequest([.. arguments, .. further], text, Directory.GetCurrentDirectory(), width, AuditTrail.LocalActor), cancellationToken);
        }
    }

    /// <inheritdoc/>
    public override bool? Confirm(string question)
    {
        if (Console.IsInputRedirected || Console.IsErrorRedirected) return null;
        Console.Error.Write(question + " [y/N] ");
        return Console.ReadLine() is { } answer && answer.Trim().StartsWith("y", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The server's socket; null when no server answers there.</summary>
    public static async Task<Socket?> ConnectAsync(string folder, CancellationToken cancellationToken)
    {
        if (!File.Exists(Path.Combine(folder, CommandSocket.FileName)) || CommandSocket.EndPointOf(folder) is not { } endPoint) return null;
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(endPoint, cancellationToken);
            return socket;
        }
        catch (SocketException)
        {
            // A server that was killed leaves its socket behind; the lock of the folder tells the truth.
            socket.Dispose();
            return null;
        }
    }

    private static async Task<Socket?> WaitAsync(string folder, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        for (int i = 0; i < 50 && await timer.WaitForNextTickAsync(cancellationToken); i++)
        {
            if (await ConnectAsync(folder, cancellationToken) is { } socket) return socket;
        }
        return null;
    }

    private static async Task<int> SendAsync(Socket socket, CommandRequest request, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = new NetworkStream(socket, ownsSocket: true);
            await CommandFrame.WriteAsync(stream, JsonSerializer.SerializeToUtf8Bytes(request, CommandJson.Default.CommandRequest), cancellationToken);
            CommandReply reply = JsonSerializer.Deserialize(await CommandFrame.ReadAsync(stream, cancellationToken), CommandJson.Default.CommandReply)!;
            await Console.Out.WriteAsync(reply.Output);
            await Console.Error.WriteAsync(reply.Error);
            return reply.ExitCode;
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            throw new StoreUnavailableException("The server that holds the folder did not answer. Look whether the change was made, and ask again.", e);
        }
    }
}
