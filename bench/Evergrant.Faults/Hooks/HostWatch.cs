using System.Diagnostics;
using Microsoft.Extensions.Hosting;

namespace Evergrant.Faults.Hooks;

/// <summary>Sees the host before it is built, as WebApplicationFactory does, and adds to its services.</summary>
internal sealed class HostWatch : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>
{
    /// <summary>Begins to watch.</summary>
    public static void Begin() => DiagnosticListener.AllListeners.Subscribe(new HostWatch());

    public void OnNext(DiagnosticListener value)
    {
        if (value.Name == "Microsoft.Extensions.Hosting") value.Subscribe(this);
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value is { Key: "HostBuilding", Value: IHostBuilder builder }) builder.ConfigureServices((_, services) =>
        {
            FaultyServices.Add(services);
            Keys.KeyFaults.Add(services);
        });
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }
}
