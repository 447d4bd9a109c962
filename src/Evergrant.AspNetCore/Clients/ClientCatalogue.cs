using System.Collections.Concurrent;
using Evergrant.AspNetCore.Registration;
using Evergrant.Protocol;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Policies;
using Evergrant.Protocol.Storage;
using Evergrant.Protocol.Trust;

namespace Evergrant.AspNetCore.Clients;

/// <summary>Clients, scopes and resources as this process knows them: read from the store once, until somebody calls <see cref="Invalidate"/> or they have reached
/// <see cref="EvergrantOptions.CacheAge"/>.</summary>
/// <param name="store">Where they are kept.</param>
/// <param name="options">How long they are believed, and which policies hold for the server and its issuers.</param>
/// <param name="time">Tells how long that is.</param>
public sealed class ClientCatalogue(IClientStore store, EvergrantOptions options, TimeProvider time)
{
    internal const int LongestClientId = 128;
    private const int MaximumClients = 20_000;

    // All clients have to be read to know what they use, so that may be older, by so many times.
    private const int UsesOlder = 12;

    // One object, replaced as a whole: what was read before a change and arrives after it goes into the object that nobody asks any more.
    private volatile Known _known = new(time.GetTimestamp());

    /// <summary>Finds a client, or null. What is not there is asked for again each time, so that nobody can fill the memory with names.</summary>
    /// <param name="issuer">Issuer.</param>
    /// <param name="clientId">Client id.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<Client?> FindAsync(string issuer, string clientId, CancellationToken cancellationToken) =>
        Now.Clients.TryGetValue((issuer, clientId), out Client? client) ? new(client) : LoadAsync(issuer, clientId, cancellationToken);

    /// <summary>Where clients are found that are named by a URL; null where there are none.</summary>
    internal ClientDocuments? Documents { private get; init; }

    /// <summary>Finds the client of an authorization request: one that is named by a URL has to be what its document says now.</summary>
    /// <returns>The client; or why there is none, where that is not only that nobody knows it.</returns>
    internal async ValueTask<(Client? Client, OAuthError? Error)> FindForAuthorizationAsync(string issuer, string clientId, CancellationToken cancellationToken)
    {
        if (Documents?.AreNamedBy(clientId) != true) return (await FindAsync(issuer, clientId, cancellationToken), null);
        return await Documents.FetchAsync(issuer, clientId, await ScopesAsync(cancellationToken), await PoliciesAsync(cancellationToken), cancellationToken);
    }

    /// <summary>Keeps what is known of a client that somebody is about to allow something, if it is named by a URL.</summary>
    internal async ValueTask KeepAsync(Client client, CancellationToken cancellationToken)
    {
        if (client.IsDocument && Documents is not null && await Documents.KeepAsync(client, cancellationToken)) Changed(client);
    }

    /// <summary>The scopes and resources.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<ScopeCatalogue> ScopesAsync(CancellationToken cancellationToken)
    {
        Known known = Now;
        return known.Scopes is { } scopes ? new(scopes) : LoadScopesAsync(known, cancellationToken);
    }

    /// <summary>The named policies. A client that is found here has them too.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<PolicySet> PoliciesAsync(CancellationToken cancellationToken)
    {
        Known known = Now;
        return known.Policies is { } policies ? new(policies) : LoadPoliciesAsync(known, cancellationToken);
    }

    /// <summary>Whether scripts of an origin may read answers of an issuer: a client is registered with the origin, or with a redirect URI of it.</summary>
    /// <param name="issuer">Issuer.</param>
    /// <param name="origin">The Origin header.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<bool> KnowsOriginAsync(string issuer, string origin, CancellationToken cancellationToken)
    {
        RegisteredUse use = await UseOfAsync(issuer, cancellationToken);
        return use.Origins.Contains(origin) || (WithoutPort(origin) is { } loopback && use.Origins.Contains(loopback));
    }

    /// <summary>What the clients of an issuer are registered for, all together; the same object as long as it is not read again.</summary>
    internal async ValueTask<RegisteredUse> UseOfAsync(string issuer, CancellationToken cancellationToken)
    {
        Known now = Now;
        return (now.Uses ??= new(await LoadUsesAsync(cancellationToken), now.Since)).ByIssuer.GetValueOrDefault(issuer) ?? RegisteredUse.None;
    }

    /// <summary>Whoever an issuer trusts under a name, or null.</summary>
    internal async ValueTask<TrustedIssuer?> TrustedAsync(string issuer, string name, CancellationToken cancellationToken)
    {
        Known known = Now;
        IReadOnlyList<TrustedIssuer> all = known.Trusted ??= await store.ListTrustedIssuersAsync(cancellationToken);
        return all.FirstOrDefault(t => t.Issuer == issuer && t.Name == name);
    }

    /// <summary>Replaces a hash of a client's secrets; whether it was done or somebody else was first, the client is read again.</summary>
    internal async ValueTask ReplaceSecretHashAsync(Client client, byte[] before, byte[] after, CancellationToken cancellationToken)
    {
        await store.ReplaceSecretHashAsync(client.Issuer, client.ClientId, before, after, cancellationToken);
        _known.Clients.TryRemove((client.Issuer, client.ClientId), out _);
    }

    /// <summary>Takes over one client that was just written, without forgetting the others: strangers who register cost nobody else a read.</summary>
    internal void Changed(Client client)
    {
        Known known = _known;
        known.Clients.TryRemove((client.Issuer, client.ClientId), out _);
        if (known.Uses is not { } uses) return;
        RegisteredUse of = uses.ByIssuer.GetValueOrDefault(client.Issuer)?.Copy() ?? new();
        Add(of, client);
        known.Uses = new(new Dictionary<string, RegisteredUse>(uses.ByIssuer, StringComparer.Ordinal) { [client.Issuer] = of }, uses.Since);
    }

    /// <summary>Forgets everything; the next question goes to the store.</summary>
    public void Invalidate() => _known = new(time.GetTimestamp());

    // Whatever becomes too old goes as a whole, so that the age is that of the oldest thing in it.
    private Known Now
    {
        get
        {
            Known known = _known;
            if (options.CacheAge is not { } age || time.GetElapsedTime(known.Since) < age) return known;
            var next = new Known(time.GetTimestamp());
            if (known.Uses is { } uses && time.GetElapsedTime(uses.Since) < age * UsesOlder) next.Uses = uses;
            // Not over what somebody has put there meanwhile, which may be newer than a change that was told.
            Known before = Interlocked.CompareExchange(ref _known, next, known);
            return before == known ? next : before;
        }
    }

    private async ValueTask<Client?> LoadAsync(string issuer, string clientId, CancellationToken cancellationToken)
    {
        if (Documents?.AreNamedBy(clientId) == true) return await Documents.FindAsync(issuer, clientId, await ScopesAsync(cancellationToken), await PoliciesAsync(cancellationToken), cancellationToken);
        if (clientId.Length > LongestClientId) return null;
        Known known = Now;
        ConcurrentDictionary<(string, string), Client> into = known.Clients;
        Client? client = await store.FindClientAsync(issuer, clientId, cancellationToken);
        if (client is not null)
        {
            client = client with { Policies = known.Policies ?? await LoadPoliciesAsync(known, cancellationToken) };
            if (into.Count >= MaximumClients) into.Clear();
            into[(issuer, clientId)] = client;
        }
        return client;
    }

    private async ValueTask<ScopeCatalogue> LoadScopesAsync(Known into, CancellationToken cancellationToken) =>
        into.Scopes = new ScopeCatalogue(await store.ListResourcesAsync(cancellationToken), await store.ListScopesAsync(cancellationToken));

    private async ValueTask<PolicySet> LoadPoliciesAsync(Known into, CancellationToken cancellationToken) =>
        into.Policies = new PolicySet(
            await store.ListPoliciesAsync(cancellationToken), options.Policy,
            options.Issuers.Where(i => i.Policy is not null).ToDictionary(i => i.Issuer, i => i.Policy!, StringComparer.Ordinal));

    private async ValueTask<IReadOnlyDictionary<string, RegisteredUse>> LoadUsesAsync(CancellationToken cancellationToken)
    {
        var uses = new Dictionary<string, RegisteredUse>(StringComparer.Ordinal);
        foreach (Client client in await store.ListClientsAsync(null, cancellationToken))
        {
            if (!uses.TryGetValue(client.Issuer, out RegisteredUse? use)) uses[client.Issuer] = use = new();
            Add(use, client);
        }
        foreach (TrustedIssuer trusted in await store.ListTrustedIssuersAsync(cancellationToken))
        {
            if (uses.TryGetValue(trusted.Issuer, out RegisteredUse? use)) use.AssertionUses.UnionWith(trusted.Uses);
        }
        return uses;
    }

    private static void Add(RegisteredUse use, Client client)
    {
        use.GrantTypes.UnionWith(client.GrantTypes);
        use.ResponseTypes.UnionWith(client.ResponseTypes);
        use.Backchannel |= client.TokenDeliveryMode != TokenDeliveryMode.None;
        use.CrossDomain |= client.CrossDomain.Count > 0;
        use.NativeSso |= client.NativeSsoGroup is not null && client.Scopes.Contains(Scope.DeviceSso);
        use.GrantManagement |= client.ManagesGrants;
        use.EncryptedRequests |= client.RequestObjectEncryption is not null;
        use.RequestUris |= client.RequestUris.Count > 0;
        use.Origins.UnionWith(client.AllowedOrigins);
        foreach (string uri in client.RedirectUris.Where(u => u.StartsWith("http", StringComparison.Ordinal)))
        {
            string origin = RedirectUri.OriginOf(uri);
            use.Origins.Add(origin);
            // The port of a loopback redirect URI may vary (RFC 8252 section 7.3), so that of the page may too.
            if (WithoutPort(origin) is { } loopback) use.Origins.Add(loopback);
        }
    }

    /// <summary>An http loopback origin without its port, marked so that it equals no origin; null for any other.</summary>
    private static string? WithoutPort(string origin)
    {
        foreach (string host in (ReadOnlySpan<string>)["http://127.0.0.1", "http://[::1]", "http://localhost"])
        {
            if (origin == host || (origin.StartsWith(host, StringComparison.Ordinal) && origin[host.Length] == ':' && ushort.TryParse(origin.AsSpan(host.Length + 1), out _))) return host + ":*";
        }
        return null;
    }

    /// <param name="since">Timestamp before anything in it was read.</param>
    private sealed class Known(long since)
    {
        public long Since => since;

        public ConcurrentDictionary<(string Issuer, string ClientId), Client> Clients { get; } = new();

        public ScopeCatalogue? Scopes { get; set; }

        public PolicySet? Policies { get; set; }

        public IReadOnlyList<TrustedIssuer>? Trusted { get; set; }

        public Uses? Uses { get; set; }
    }

    /// <param name="ByIssuer">What clients are registered for, by issuer.</param>
    /// <param name="Since">Timestamp before they were read.</param>
    private sealed record Uses(IReadOnlyDictionary<string, RegisteredUse> ByIssuer, long Since);
}
