using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;

namespace Evergrant.AspNetCore.Token;

/// <summary>What else a user holds for a client, for policies that look at it when a grant is redeemed.</summary>
internal sealed class OtherGrants(IGrantStore store, TimeProvider clock)
{
    /// <summary>More live grants of one user for one client than any limit allows.</summary>
    private const int Held = 5_000;

    /// <summary>Finds them, newest first; where the grant's policy does not look, only the one whose name the grant takes over, or none.</summary>
    public async ValueTask<IReadOnlyList<Grant>> FindAsync(Grant? grant, Client client, CancellationToken cancellationToken)
    {
        IReadOnlyList<Grant> held = await HeldAsync(grant, client, cancellationToken);
        if (grant is not { State: GrantState.Pending, Authorized.Supersedes: { } before } || held.Any(g => g.Id == before)) return held;
        return await store.FindGrantAsync(before, cancellationToken) is { } superseded ? [.. held, superseded] : held;
    }

    private async ValueTask<IReadOnlyList<Grant>> HeldAsync(Grant? grant, Client client, CancellationToken cancellationToken) =>
        grant is { State: GrantState.Pending, Subject: { } subject } && grant.PolicyOf(client) is { LooksAtOthers: true } policy
            ? await store.ListGrantsAsync(new GrantFilter(grant.Issuer, subject, grant.ClientId, policy.IssueRate is null ? clock.GetUtcNow() : null, Held), cancellationToken)
            : [];
}
