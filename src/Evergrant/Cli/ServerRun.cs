using Evergrant.Hosting;
using Evergrant.Hosting.Settings;

namespace Evergrant.Cli;

/// <summary>One run of a server, from opening the folder to the last request.</summary>
internal static class ServerRun
{
    /// <summary>Runs until it is asked to stop (Ctrl-C, SIGTERM) or its store fails.</summary>
    /// <param name="settings">Its settings.</param>
    /// <param name="prepare">What has to be done before it listens; gives what is to be done once it does.</param>
    /// <param name="cancellationToken">Ends it too.</param>
    /// <returns>Exit code.</returns>
    public static async Task<int> RunAsync(ServerSettings settings, Func<Operations, CancellationToken, Task<Func<Task>>> prepare, CancellationToken cancellationToken)
    {
        RootKeys root = RootKeys.Read(settings.Folder);
        await using OpenStore store = await OpenStore.OpenAsync(settings, cancellationToken);
        TimeProvider time = settings.Development ? new MovableClock(store.Clock) : store.Clock;
        store.KeepTime(time);
        await using WebApplication app = HttpServer.Build(settings, store, root, time);
        await app.Services.GetRequiredService<RootKeyAgreement>().BeginAsync(alone: store.File is not null, cancellationToken);
        Func<Task> listening = await prepare(app.Services.GetRequiredService<Operations>(), cancellationToken);
        await HttpServer.ListenAsync(app, settings);
        await listening();
        await app.WaitForShutdownAsync(cancellationToken);
        return StoreWatch.ExitCode;
    }
}
