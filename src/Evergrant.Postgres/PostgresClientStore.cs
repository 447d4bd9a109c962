using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Policies;
using Evergrant.Protocol.Storage;
using Evergrant.Protocol.Trust;

namespace Evergrant.Postgres;

/// <summary>Clients, resources and scopes.</summary>
internal sealed class PostgresClientStore(Readers readers, Pipeline commits) : IClientStore
{
    public ValueTask<Client?> FindClientAsync(string issuer, string clientId, CancellationToken cancellationToken) =>
        readers.FindAsync(Clients.Find(issuer, clientId), Clients.Map, cancellationToken);

    public ValueTask<IReadOnlyList<Client>> ListClientsAsync(string? issuer, CancellationToken cancellationToken) =>
        readers.ListAsync(Clients.List(issuer), Clients.Map, cancellationToken);

    public ValueTask<bool> ChangeClientAsync(Client client, CancellationToken cancellationToken) => commits.WriteAsync(cancellationToken, Clients.Change(client), Told);

    public async ValueTask SaveClientAsync(Client client, CancellationToken cancellationToken) => await commits.WriteAsync(cancellationToken, Clients.Save(client), Told);

    public ValueTask<bool> ReplaceSecretHashAsync(string issuer, string clientId, byte[] before, byte[] after, CancellationToken cancellationToken) =>
        commits.WriteAsync(cancellationToken, Clients.ReplaceHash(issuer, clientId, before, after));

    public ValueTask<bool> RemoveClientAsync(string issuer, string clientId, DateTimeOffset at, CancellationToken cancellationToken) => commits.WriteAsync(
        cancellationToken,
        Clients.Remove(issuer, clientId),
        Consents.RemoveFor(issuer, clientId),
        Grants.Revoke(new RevokeGrants(issuer, null, clientId, null, RevocationCause.ClientRemoved, at)),
        Told);

    public ValueTask<IReadOnlyList<ApiResource>> ListResourcesAsync(CancellationToken cancellationToken) => readers.ListAsync(Resources.List(), Resources.Map, cancellationToken);

    public async ValueTask SaveResourceAsync(ApiResource resource, CancellationToken cancellationToken) => await commits.WriteAsync(cancellationToken, Resources.Save(resource), Told);

    public ValueTask<bool> RemoveResourceAsync(string identifier, CancellationToken cancellationToken) => commits.WriteAsync(cancellationToken, Resources.Remove(identifier), Told);

    public ValueTask<IReadOnlyList<ScopeDescription>> ListScopesAsync(CancellationToken cancellationToken) => readers.ListAsync(Scopes.List(), Scopes.Map, cancellationToken);

    public async ValueTask SaveScopeAsync(ScopeDescription scope, CancellationToken cancellationToken) => await commits.WriteAsync(cancellationToken, Scopes.Save(scope), Told);

    public ValueTask<bool> RemoveScopeAsync(string name, CancellationToken cancellationToken) => commits.WriteAsync(cancellationToken, Scopes.Remove(name), Told);

    public ValueTask<IReadOnlyList<PolicyDocument>> ListPoliciesAsync(CancellationToken cancellationToken) => readers.ListAsync(Policies.List(), Policies.Map, cancellationToken);

    public async ValueTask SavePolicyAsync(PolicyDocument policy, CancellationToken cancellationToken) => await commits.WriteAsync(cancellationToken, Policies.Save(policy), Told);

    public ValueTask<bool> RemovePolicyAsync(string name, CancellationToken cancellationToken) => commits.WriteAsync(cancellationToken, Policies.Remove(name), Told);

    public ValueTask<IReadOnlyList<TrustedIssuer>> ListTrustedIssuersAsync(CancellationToken cancellationToken) => readers.ListAsync(TrustedIssuers.List(), TrustedIssuers.Map, cancellationToken);

    public async ValueTask SaveTrustedIssuerAsync(TrustedIssuer trusted, CancellationToken cancellationToken) => await commits.WriteAsync(cancellationToken, TrustedIssuers.Save(trusted), Told);

    public ValueTask<bool> RemoveTrustedIssuerAsync(string issuer, string name, CancellationToken cancellationToken) => commits.WriteAsync(cancellationToken, TrustedIssuers.Remove(issuer, name), Told);

    private static Statement Told => Notices.Tell(Notices.Clients);
}
