using Evergrant.Cli;
using Evergrant.Hosting.Settings;
using Evergrant.Sqlite;

namespace Evergrant.Hosting;

/// <summary>A folder that is opened for one command: store and services, without listening.</summary>
internal sealed class OpenServer : IAsyncDisposable
{
    private readonly SqliteStore _store;
    private readonly ServiceProvider _services;

    private OpenServer(SqliteStore store, ServiceProvider services)
    {
        _store = store;
        _services = services;
        Operations = services.GetRequiredService<Operations>();
    }

    /// <summary>What the command works with.</summary>
    public Operations Operations { get; }

    /// <summary>Opens the folder of a server that does not run.</summary>
    /// <exception cref="UnusableException">The root key is missing or faulty.</exception>
    /// <exception cref="StoreOpenException">The store cannot be opened, or somebody has it.</exception>
    public static async Task<OpenServer> OpenAsync(ServerSettings settings)
    {
        RootKeys root = RootKeys.Read(settings.Folder);
        SqliteStore store = await SqliteStore.OpenAsync(new SqliteOptions(settings.Folder));
        var time = new SteadyClock(TimeProvider.System, store.LatestTime);
        store.KeepTime(time);
        var services = new ServiceCollection();
        services.AddLogging(logging => LogLines.Add(logging, LogLevel.Error));
        ServerServices.Add(services, settings, store, root, time);
        return new OpenServer(store, services.BuildServiceProvider());
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _store.DisposeAsync();
    }
}
