using Evergrant.Accounts;
using Evergrant.AspNetCore;
using Evergrant.AspNetCore.Keys;
using Evergrant.AspNetCore.Trust;
using Evergrant.Cli;
using Evergrant.Hosting.Settings;
using Evergrant.Pages;
using Evergrant.Protocol.Clients;

namespace Evergrant.Hosting;

/// <summary>The services of a server: the same for one that listens and for a command that has opened the folder itself.</summary>
internal static class ServerServices
{
    /// <summary>How long a node of a database believes what it has read of clients and keys, should it hear nothing.</summary>
    public static readonly TimeSpan LongestAge = TimeSpan.FromSeconds(5);

    /// <summary>Adds everything that stands behind the endpoints.</summary>
    public static void Add(IServiceCollection services, ServerSettings settings, OpenStore store, RootKeys root, TimeProvider time)
    {
        services.AddSingleton(settings);
        services.AddSingleton(store);
        if (store.Database is { } database) services.AddSingleton(database);
        services.AddSingleton(store.Grants);
        services.AddSingleton(store.Clients);
        services.AddSingleton(store.Keys);
        services.AddSingleton(store.Accounts);
        services.AddSingleton(store.Audit);
        services.AddSingleton(root).AddSingleton<IServerSecrets>(root).AddSingleton<RootKeyAgreement>().AddSingleton<RootKeyRotation>();
        services.AddSingleton(time);
        services.AddEvergrantPages();
        services.AddEvergrant(new EvergrantOptions
        {
            Issuers = [.. settings.Issuers.Select(i => new IssuerOptions { Issuer = i, Name = settings.Names.GetValueOrDefault(i), Policy = settings.Policies.GetValueOrDefault(i) })],
            Policy = settings.Policy,
            MutualTls = settings.MutualTls is { } tls ? new MutualTlsOptions { Aliases = tls.Aliases, Authorities = tls.Authorities, Header = tls.Header } : null,
            RequireDpopNonce = settings.RequireDpopNonce,
            Demands = settings.Demands,
            Development = settings.Development,
            Outbound = settings.Outbound,
            Profile = Profile.Find(settings.Profile),
            SessionManagement = settings.SessionManagement,
            Registration = settings.Registration,
            ClientDocuments = settings.ClientDocuments,
            CacheAge = store.Database is null ? null : LongestAge,
            Claims = async (request, cancellationToken) =>
                await AccountClaims.FindAsync(store.Accounts, request.AccountId, cancellationToken) is { } claims ? new ClaimSet(claims) : null,
        });
        services.AddSingleton<IAccountDirectory, AccountDirectory>();
        services.AddSingleton<Operations>();
    }
}
