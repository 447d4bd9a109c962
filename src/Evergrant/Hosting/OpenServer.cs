using Evergrant.Cli;
using Evergrant.Hosting.Settings;

namespace Evergrant.Hosting;

/// <summary>A store that is opened for one command, with its services, without listening.</summary>
internal sealed class OpenServer : IAsyncDisposable
{
    private readonly OpenStore _store;
    private readonly ServiceProvider _services;

    private OpenServer(OpenStore store, ServiceProvider services)
    {
        _store = store;
        _services = services;
        Operations = services.GetRequiredService<Operations>();
    }

    /// <summary>What the command works with.</summary>
    public Operations Operations { get; }

    /// <summary>Opens the folder of a server that does not run, or the database that running nodes share.</summary>
    /// <exception cref="UnusableException">The root keys are missing, faulty, or not those of the store.</exception>
    /// <exception cref="Sqlite.StoreOpenException">The folder cannot be opened, or somebody has it.</exception>
    /// <exception cref="Postgres.StoreOpenException">The database cannot be used.</exception>
    public static async Task<OpenServer> OpenAsync(ServerSettings settings)
    {
        RootKeys root = RootKeys.Read(settings.Folder);
        OpenStore store = await OpenStore.OpenAsync(settings);
        store.KeepTime(store.Clock);
        var services = new ServiceCollection();
        services.AddLogging(logging => LogLines.Add(logging, LogLevel.Error));
        ServerServices.Add(services, settings, store, root, store.Clock);
        var server = new OpenServer(store, services.BuildServiceProvider());
        try
        {
            await server._services.GetRequiredService<RootKeyAgreement>().DemandAsync(CancellationToken.None);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _store.DisposeAsync();
    }
}
