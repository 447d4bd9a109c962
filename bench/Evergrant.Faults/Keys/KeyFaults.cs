using Evergrant.AspNetCore.Keys;
using Evergrant.Faults.Hooks;
using Evergrant.Protocol.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Evergrant.Faults.Keys;

/// <summary>Servers that are wrong with their keys in one way, named by an environment variable.</summary>
public static class KeyFaults
{
    /// <summary>Names the fault; without it there is none.</summary>
    public const string Variable = "FIRE_KEYS";

    /// <summary>A new signing key signs as soon as it is made.</summary>
    public const string Unannounced = "unannounced";

    /// <summary>A key that signs no more leaves the set at once.</summary>
    public const string GoneEarly = "gone-early";

    /// <summary>A withdrawal is confirmed and not written.</summary>
    public const string NotWithdrawn = "not-withdrawn";

    /// <summary>A retry is answered with the present root key in place of the one that the row names.</summary>
    public const string PresentKey = "present-key";

    internal static void Add(IServiceCollection services)
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } fault) return;
        if (fault == PresentKey) Decorate<IGrantStore>(services, (provider, store) => new FaultyGrantStore(store, new WrongKeyNumber(provider.GetRequiredService<IServerSecrets>()), Failpoint.Read(null)));
        else Decorate<IKeyStore>(services, (provider, store) => FaultyKeyStore.Around(store, fault, provider.GetRequiredService<TimeProvider>()));
    }

    private static void Decorate<T>(IServiceCollection services, Func<IServiceProvider, T, T> around) where T : class
    {
        ServiceDescriptor inner = services.Last(d => d.ServiceType == typeof(T));
        services.Remove(inner);
        services.AddSingleton(provider => around(provider, (T)(inner.ImplementationInstance ?? inner.ImplementationFactory!(provider))));
    }
}
