using System.Collections.Concurrent;
using Evergrant.AspNetCore.Clients;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Registration;
using Evergrant.Protocol.Storage;

namespace Evergrant.AspNetCore.Registration;

/// <summary>Notes, once a day, that a client which nobody vouches for is used, and removes those that have not been for too long.</summary>
public sealed class ClientUses(EvergrantOptions options, IClientStore clients, IGrantStore grants, ClientCatalogue catalogue, TimeProvider clock)
{
    private const int MaximumEntries = 20_000;
    private static readonly TimeSpan Every = TimeSpan.FromDays(1);

    private readonly ConcurrentDictionary<(string Issuer, string ClientId), DateTimeOffset> _noted = new();

    /// <summary>Notes the use of a client; of one that an operator has declared there is nothing to note.</summary>
    internal ValueTask NoteAsync(Client client, CancellationToken cancellationToken)
    {
        if (!client.IsSelfAsserted || options.Registration.UnusedLifetime is not { } unused) return ValueTask.CompletedTask;
        DateTimeOffset now = clock.GetUtcNow();
        (string, string) key = (client.Issuer, client.ClientId);
        if (_noted.TryGetValue(key, out DateTimeOffset at) && now - at < Every && now >= at) return ValueTask.CompletedTask;
        if (_noted.Count >= MaximumEntries) _noted.Clear();
        _noted[key] = now;
        return NoteAsync(client, now + unused + Every, cancellationToken);
    }

    private async ValueTask NoteAsync(Client client, DateTimeOffset until, CancellationToken cancellationToken)
    {
        try
        {
            await CommitAsync(client, until, cancellationToken);
        }
        catch (StoreUnavailableException)
        {
            // The next use is noted.
            _noted.TryRemove((client.Issuer, client.ClientId), out _);
        }
    }

    private async ValueTask CommitAsync(Client client, DateTimeOffset until, CancellationToken cancellationToken)
    {
        bool first = await grants.FindHandleAsync(RegistrationTokens.UseKeyOf(client.Issuer, client.ClientId), cancellationToken) is null;
        // A conflict means that another node has noted it just now.
        await grants.CommitAsync(RegistrationTokens.NoteUse(client.Issuer, client.ClientId, until, first), null, cancellationToken);
    }

    /// <summary>Removes clients that nobody vouches for and nobody uses. Called now and then by whoever cleans up.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>How many went.</returns>
    public async ValueTask<int> RemoveUnusedAsync(CancellationToken cancellationToken)
    {
        if (options.Registration.UnusedLifetime is not { } unused) return 0;
        DateTimeOffset now = clock.GetUtcNow();
        int removed = 0;
        foreach (Client client in await clients.ListClientsAsync(null, cancellationToken))
        {
            if (!client.IsSelfAsserted || client.CreatedAt > now - unused) continue;
            Handle? use = await grants.FindHandleAsync(RegistrationTokens.UseKeyOf(client.Issuer, client.ClientId), cancellationToken);
            if (use is not null && use.ExpiresAt > now) continue;
            if (await clients.RemoveClientAsync(client.Issuer, client.ClientId, now, cancellationToken)) removed++;
        }
        if (removed > 0) catalogue.Invalidate();
        return removed;
    }
}
