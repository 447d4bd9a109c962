using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Policies;
using Evergrant.Protocol.Trust;

namespace Evergrant.Protocol.Storage;

/// <summary>Clients, resources and scopes: little, read often, changed seldom. Hosts cache what they read.</summary>
/// <remarks>Safe for concurrent use. Every member throws <see cref="StoreUnavailableException"/> when the store cannot be asked.</remarks>
public interface IClientStore
{
    /// <summary>Reads one client, or null.</summary>
    /// <param name="issuer">Issuer.</param>
    /// <param name="clientId">Client id.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<Client?> FindClientAsync(string issuer, string clientId, CancellationToken cancellationToken);

    /// <summary>Reads all clients of an issuer, by id; of all issuers when it is null.</summary>
    /// <param name="issuer">Issuer, or null.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<IReadOnlyList<Client>> ListClientsAsync(string? issuer, CancellationToken cancellationToken);

    /// <summary>Writes a client, or replaces it if it is still as it was read: nobody's change is overwritten by whoever did not know of it.</summary>
    /// <param name="client">The client, with the revision that was read; 0 for a new one.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False when somebody else has written or removed it meanwhile, and nothing was changed.</returns>
    ValueTask<bool> ChangeClientAsync(Client client, CancellationToken cancellationToken);

    /// <summary>Writes or replaces a client, whatever is there.</summary>
    /// <param name="client">The client.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask SaveClientAsync(Client client, CancellationToken cancellationToken);

    /// <summary>Replaces one hash of a client's secrets by the hash of the same secret under another key.</summary>
    /// <param name="issuer">Issuer.</param>
    /// <param name="clientId">Client id.</param>
    /// <param name="before">The hash as read.</param>
    /// <param name="after">The hash of the same secret.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False when the client has no such hash any more.</returns>
    ValueTask<bool> ReplaceSecretHashAsync(string issuer, string clientId, byte[] before, byte[] after, CancellationToken cancellationToken);

    /// <summary>Removes a client and ends its grants in the same transaction.</summary>
    /// <param name="issuer">Issuer.</param>
    /// <param name="clientId">Client id.</param>
    /// <param name="at">The instant written to the grants.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether there was one.</returns>
    ValueTask<bool> RemoveClientAsync(string issuer, string clientId, DateTimeOffset at, CancellationToken cancellationToken);

    /// <summary>Reads all resources, by identifier. Resources belong to all issuers of a server.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<IReadOnlyList<ApiResource>> ListResourcesAsync(CancellationToken cancellationToken);

    /// <summary>Writes or replaces a resource.</summary>
    /// <param name="resource">The resource.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask SaveResourceAsync(ApiResource resource, CancellationToken cancellationToken);

    /// <summary>Removes a resource.</summary>
    /// <param name="identifier">Its identifier.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether there was one.</returns>
    ValueTask<bool> RemoveResourceAsync(string identifier, CancellationToken cancellationToken);

    /// <summary>Reads the scope values that belong to no resource, beyond the standard ones.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<IReadOnlyList<ScopeDescription>> ListScopesAsync(CancellationToken cancellationToken);

    /// <summary>Writes or replaces such a scope.</summary>
    /// <param name="scope">The scope.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask SaveScopeAsync(ScopeDescription scope, CancellationToken cancellationToken);

    /// <summary>Removes such a scope.</summary>
    /// <param name="name">The value.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether there was one.</returns>
    ValueTask<bool> RemoveScopeAsync(string name, CancellationToken cancellationToken);

    /// <summary>Reads all named policies, by name. They belong to all issuers of a server.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<IReadOnlyList<PolicyDocument>> ListPoliciesAsync(CancellationToken cancellationToken);

    /// <summary>Writes or replaces a named policy. Grants that exist keep what it said when they were authorized.</summary>
    /// <param name="policy">The policy; it has a name.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask SavePolicyAsync(PolicyDocument policy, CancellationToken cancellationToken);

    /// <summary>Removes a named policy.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether there was one.</returns>
    ValueTask<bool> RemovePolicyAsync(string name, CancellationToken cancellationToken);

    /// <summary>Reads all trusted issuers of all issuers of the server, by both names.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<IReadOnlyList<TrustedIssuer>> ListTrustedIssuersAsync(CancellationToken cancellationToken);

    /// <summary>Writes or replaces a trusted issuer.</summary>
    /// <param name="trusted">The trusted issuer.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask SaveTrustedIssuerAsync(TrustedIssuer trusted, CancellationToken cancellationToken);

    /// <summary>Removes a trusted issuer; what was issued on its word stays.</summary>
    /// <param name="issuer">The issuer of this server.</param>
    /// <param name="name">What its assertions have in iss.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether there was one.</returns>
    ValueTask<bool> RemoveTrustedIssuerAsync(string issuer, string name, CancellationToken cancellationToken);
}
