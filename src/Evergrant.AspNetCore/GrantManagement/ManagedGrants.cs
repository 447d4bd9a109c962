using Evergrant.Protocol.Authorize;
using Evergrant.Protocol.GrantManagement;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;

namespace Evergrant.AspNetCore.GrantManagement;

/// <summary>Finds grants by the names that their clients know.</summary>
internal sealed class ManagedGrants(IGrantStore store)
{
    /// <summary>The row that a grant_id stands for now; null for none.</summary>
    public async ValueTask<Grant?> FindAsync(string issuer, string grantId, CancellationToken cancellationToken) =>
        grantId.Length <= ManagedGrant.LongestId && await store.FindHandleAsync(ManagedGrant.KeyOf(issuer, grantId), cancellationToken) is { Kind: HandleKind.ManagedGrant, GrantId: { } id }
            ? await store.FindGrantAsync(id, cancellationToken) : null;

    /// <summary>The row that a request names; null for none.</summary>
    public async ValueTask<Grant?> FindAsync(string issuer, AuthorizeRequest request, CancellationToken cancellationToken) =>
        request is { GrantAction: not null, GrantId: { } id } ? await FindAsync(issuer, id, cancellationToken) : null;
}
