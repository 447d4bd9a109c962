using Evergrant.AspNetCore.Keys;
using Evergrant.Protocol.Storage;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Evergrant.Faults.Hooks;

/// <summary>Puts a mutant and a failpoint, named by environment variables, between the server and its store and before its endpoints.</summary>
internal static class FaultyServices
{
    /// <summary>Names a mutant; without it the server is as it is.</summary>
    public const string MutantVariable = "FIRE_MUTANT";

    /// <summary>Names a failpoint and how often it is passed before the process kills itself, as after-commit:37.</summary>
    public const string FailpointVariable = "FIRE_FAILPOINT";

    /// <summary>Decorates the store of grants and adds the middleware.</summary>
    /// <exception cref="ArgumentException">The mutant or failpoint is not known.</exception>
    public static void Add(IServiceCollection services)
    {
        Mutant mutant = Environment.GetEnvironmentVariable(MutantVariable) is { Length: > 0 } name ? Mutants.Catalogue.Make(name) : new Mutant();
        var failpoint = Failpoint.Read(Environment.GetEnvironmentVariable(FailpointVariable));
        ServiceDescriptor store = services.Last(d => d.ServiceType == typeof(IGrantStore));
        services.Remove(store);
        services.AddSingleton<IGrantStore>(provider => new FaultyGrantStore(Resolve(provider, store), mutant, failpoint));
        services.AddSingleton<IStartupFilter>(provider => new RequestFilter(mutant, failpoint, provider.GetRequiredService<IServerSecrets>(), () => Resolve(provider, store)));
    }

    private static IGrantStore Resolve(IServiceProvider provider, ServiceDescriptor descriptor) => (IGrantStore)(
        descriptor.ImplementationInstance
        ?? descriptor.ImplementationFactory?.Invoke(provider)
        ?? ActivatorUtilities.CreateInstance(provider, descriptor.ImplementationType!));
}
