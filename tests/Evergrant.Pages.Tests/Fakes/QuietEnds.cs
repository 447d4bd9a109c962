using System.Reflection;
using Evergrant.AspNetCore;
using Evergrant.AspNetCore.EndSession;
using Evergrant.AspNetCore.Keys;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Evergrant.Pages.Tests.Fakes;

/// <summary>Ends of sessions at a server without clients, so that nobody has to be told.</summary>
internal static class QuietEnds
{
    public static SessionEnds Over(IGrantStore grants, TimeProvider clock) => new ServiceCollection()
        .AddLogging().AddSingleton(grants).AddSingleton(clock).AddSingleton<IServerSecrets>(new FixedSecrets())
        .AddSingleton(DispatchProxy.Create<IClientStore, Empty>()).AddSingleton(DispatchProxy.Create<IKeyStore, Empty>())
        .AddEvergrant(new EvergrantOptions { Issuers = [new IssuerOptions { Issuer = "https://as.example" }] })
        .BuildServiceProvider().GetRequiredService<SessionEnds>();

    /// <summary>A store that has no client, and must not be asked for anything else.</summary>
    public class Empty : DispatchProxy
    {
        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
            targetMethod!.Name == nameof(IClientStore.FindClientAsync) ? new ValueTask<Client?>((Client?)null) : throw new NotSupportedException(targetMethod.Name);
    }
}
