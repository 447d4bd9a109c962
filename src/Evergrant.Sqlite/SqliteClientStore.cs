using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Policies;
using Evergrant.Protocol.Storage;
using Evergrant.Protocol.Trust;

namespace Evergrant.Sqlite;

/// <summary>Clients, resources and scopes.</summary>
internal sealed class SqliteClientStore(Readers readers, GroupCommit commits) : IClientStore
{
    public ValueTask<Client?> FindClientAsync(string issuer, string clientId, CancellationToken cancellationToken) =>
        readers.Read((issuer, clientId), static (tables, of) => tables.Clients.Find(of.issuer, of.clientId), cancellationToken);

    public ValueTask<IReadOnlyList<Client>> ListClientsAsync(string? issuer, CancellationToken cancellationToken) =>
        readers.Read<string?, IReadOnlyList<Client>>(issuer, static (tables, issuer) => tables.Clients.List(issuer), cancellationToken);

    public ValueTask<bool> ChangeClientAsync(Client client, CancellationToken cancellationToken) =>
        commits.WriteAsync(tables => tables.Clients.Change(client), cancellationToken);

    public ValueTask SaveClientAsync(Client client, CancellationToken cancellationToken) =>
        commits.WriteAsync(tables => tables.Clients.Save(client), cancellationToken);

    public ValueTask<bool> ReplaceSecretHashAsync(string issuer, string clientId, byte[] before, byte[] after, CancellationToken cancellationToken) =>
        commits.WriteAsync(tables => tables.Clients.ReplaceHash(issuer, clientId, before, after), cancellationToken);

    public ValueTask<bool> RemoveClientAsync(string issuer, string clientId, DateTimeOffset at, CancellationToken cancellationToken) =>
        commits.WriteAsync(
            tables =>
            {
                if (!tables.Clients.Remove(issuer, clientId)) return false;
                tables.Consents.RemoveFor(issuer, clientId);
                tables.Grants.Revoke(new RevokeGrants(issuer, null, clientId, null, RevocationCause.ClientRemoved, at));
                return true;
            },
            cancellationToken);

    public ValueTask<IReadOnlyList<ApiResource>> ListResourcesAsync(CancellationToken cancellationToken) =>
        readers.Read<int, IReadOnlyList<ApiResource>>(0, static (tables, _) => tables.Resources.List(), cancellationToken);

    public ValueTask SaveResourceAsync(ApiResource resource, CancellationToken cancellationToken) =>
        commits.WriteAsync(tables => tables.Resources.Save(resource), cancellationToken);

    public ValueTask<bool> RemoveResourceAsync(string identifier, CancellationToken cancellationToken) =>
        commits.WriteAsync(tables => tables.Resources.Remove(identifier), cancellationToken);

    public ValueTask<IReadOnlyList<ScopeDescription>> ListScopesAsync(CancellationToken cancellationToken) =>
        readers.Read<int, IReadOnlyList<ScopeDescription>>(0, static (tables, _) => tables.Scopes.List(), cancellationToken);

    public ValueTask SaveScopeAsync(ScopeDescription scope, CancellationToken cancellationToken) =>
        commits.WriteAsync(tables => tables.Scopes.Save(scope), cancellationToken);

    public ValueTask<bool> RemoveScopeAsync(string name, CancellationToken cancellationToken) =>
        commits.WriteAsync(tables => tables.Scopes.Remove(name), cancellationToken);

    public ValueTask<IReadOnlyList<PolicyDocument>> ListPoliciesAsync(CancellationToken cancellationToken) =>
        readers.Read<int, IReadOnlyList<PolicyDocument>>(0, static (tables, _) => tables.Policies.List(), cancellationToken);

    public ValueTask SavePolicyAsync(PolicyDocument policy, CancellationToken cancellationToken) =>
        commits.WriteAsync(tables => tables.Policies.Save(policy), cancellationToken);

    public ValueTask<bool> RemovePolicyAsync(string name, CancellationToken cancellationToken) =>
        commits.WriteAsync(tables => tables.Policies.Remove(name), cancellationToken);

    public ValueTask<IReadOnlyList<TrustedIssuer>> ListTrustedIssuersAsync(CancellationToken cancellationToken) =>
        readers.Read<int, IReadOnlyList<TrustedIssuer>>(0, static (tables, _) => tables.TrustedIssuers.List(), cancellationToken);

    public ValueTask SaveTrustedIssuerAsync(TrustedIssuer trusted, CancellationToken cancellationToken) =>
        commits.WriteAsync(tables => tables.TrustedIssuers.Save(trusted), cancellationToken);

    public ValueTask<bool> RemoveTrustedIssuerAsync(string issuer, string name, CancellationToken cancellationToken) =>
        commits.WriteAsync(tables => tables.TrustedIssuers.Remove(issuer, name), cancellationToken);
}
