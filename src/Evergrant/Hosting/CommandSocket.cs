using System.Net.Sockets;
using System.Text.Json;
using Evergrant.Cli;
using Evergrant.Hosting.Settings;

namespace Evergrant.Hosting;

/// <summary>Lets the command line reach the running server: a Unix socket in the data folder that only the server's user may open. A command given there runs
/// with the server's own services, so what it changes holds at once.</summary>
internal sealed partial class CommandSocket(ServerSettings settings, Operations operations, ILogger<CommandSocket> logger) : BackgroundService
{
    /// <summary>Name of the socket.</summary>
    public const string FileName = "evergrant.sock";

    // Longest path that sun_path holds on Linux (108) and macOS (104), with the final zero.
    private const int MaxPath = 103;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private Socket? _listener;

    /// <summary>The socket of a folder, by the shorter of its absolute and its relative path; null when both are too long for a socket.</summary>
    public static UnixDomainSocketEndPoint? EndPointOf(string folder)
    {
        string full = Path.Combine(folder, FileName);
        string relative = Path.GetRelativePath(Directory.GetCurrentDirectory(), full);
        string shorter = System.Text.Encoding.UTF8.GetByteCount(relative) < System.Text.Encoding.UTF8.GetByteCount(full) ? relative : full;
        return System.Text.Encoding.UTF8.GetByteCount(shorter) <= MaxPath ? new UnixDomainSocketEndPoint(shorter) : null;
    }

    /// <summary>Listens from here on: whoever sees the server listen can give it commands.</summary>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        string path = Path.Combine(settings.Folder, FileName);
        if (EndPointOf(settings.Folder) is not { } endPoint)
        {
            Unreachable(path);
            return Task.CompletedTask;
        }
        // We hold the folder's lock, so a socket that is there belongs to nobody any more.
        File.Delete(path);
        _listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        _listener.Bind(endPoint);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        _listener.Listen(16);
        return base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _listener?.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                Socket socket;
                try
                {
                    socket = await _listener!.AcceptAsync(stoppingToken);
                }
                catch (SocketException e)
                {
                    // No descriptors left, for example: a command has to wait, and the server does not end for it.
                    BrokenOff(e.Message);
                    await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, stoppingToken);
                    continue;
                }
                _ = ServeAsync(socket, stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
        finally
        {
            File.Delete(Path.Combine(settings.Folder, FileName));
        }
    }

    private async Task ServeAsync(Socket socket, CancellationToken stoppingToken)
    {
        try
        {
            await using var stream = new NetworkStream(socket, ownsSocket: true);
            // Whoever connects has to say what it wants; the command itself may take its time, as a backup does.
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            limit.CancelAfter(Patience);
            CommandRequest? request = JsonSerializer.Deserialize(await CommandFrame.ReadAsync(stream, limit.Token), CommandJson.Default.CommandRequest);
            if (request is null) return;
            CommandReply reply = await ServedExecution.RunAsync(operations, request, stoppingToken);
            await CommandFrame.WriteAsync(stream, JsonSerializer.SerializeToUtf8Bytes(reply, CommandJson.Default.CommandReply), stoppingToken);
        }
        catch (Exception e) when (e is IOException or JsonException or OperationCanceledException or SocketException or InvalidDataException)
        {
            BrokenOff(e.Message);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The path {Path} is too long for a socket: commands cannot reach this server while it runs. Use a shorter data folder.")]
    private partial void Unreachable(string path);

    [LoggerMessage(LogLevel.Debug, "A command was broken off: {Reason}")]
    private partial void BrokenOff(string reason);
}
