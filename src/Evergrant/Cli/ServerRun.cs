using Evergrant.Hosting;
using Evergrant.Hosting.Settings;
using Evergrant.Sqlite;

namespace Evergrant.Cli;

/// <summary>One run of a server, from opening the folder to the last request.</summary>
internal static class ServerRun
{
    /// <summary>Runs until it is asked to stop (Ctrl-C, SIGTERM) or its store fails.</summary>
    /// <param name="settings">Its settings.</param>
    /// <param name="time">Its clock.</param>
    /// <param name="prepare">What has to be done before it listens; gives what is to be done once it does.</param>
    /// <param name="cancellationToken">Ends it too.</param>
    /// <returns>Exit code.</returns>
    public static async Task<int> RunAsync(ServerSettings settings, TimeProvider time, Func<Operations, CancellationToken, Task<Func<Task>>> prepare, CancellationToken cancellationToken)
    {
        RootKeys root = RootKeys.Read(settings.Folder);
        await using SqliteStore store = await SqliteStore.OpenAsync(new SqliteOptions(settings.Folder), cancellationToken);
        await using WebApplication app = HttpServer.Build(settings, store, root, time);
        await app.Services.GetRequiredService<RootKeyAgreement>().BeginAsync(alone: true, cancellationToken);
        Func<Task> listening = await prepare(app.Services.GetRequiredService<Operations>(), cancellationToken);
        await HttpServer.ListenAsync(app, settings);
        await listening();
        await app.WaitForShutdownAsync(cancellationToken);
        return StoreWatch.ExitCode;
    }
}
