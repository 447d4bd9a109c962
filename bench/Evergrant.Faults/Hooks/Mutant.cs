using Evergrant.AspNetCore.Keys;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;

namespace Evergrant.Faults.Hooks;

/// <summary>A server that is wrong in one way. This one is wrong in none: each mutant overrides what it breaks.</summary>
internal class Mutant
{
    /// <summary>Reads a row.</summary>
    public virtual ValueTask<Grant?> FindAsync(IGrantStore store, Guid id, Asked? asked) => store.FindGrantAsync(id, CancellationToken.None);

    /// <summary>Makes a change.</summary>
    public virtual ValueTask<CommitResult> CommitAsync(IGrantStore store, Change change, EventRecord? record) => store.CommitAsync(change, record, CancellationToken.None);

    /// <summary>The token to serve the request with, in place of the one that was sent.</summary>
    public virtual ValueTask<string> TokenAsync(IGrantStore store, IServerSecrets secrets, CredentialKind kind, string token) => new(token);

    /// <summary>Called once with the server's secrets.</summary>
    public virtual void Begin(IServerSecrets secrets)
    {
    }
}
