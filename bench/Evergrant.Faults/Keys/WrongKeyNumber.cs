using Evergrant.AspNetCore.Keys;
using Evergrant.Faults.Hooks;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;

namespace Evergrant.Faults.Keys;

/// <summary>Reads every row as if its generation had been made by the root key that is active now.</summary>
internal sealed class WrongKeyNumber(IServerSecrets secrets) : Mutant
{
    public override async ValueTask<Grant?> FindAsync(IGrantStore store, Guid id, Asked? asked) =>
        await store.FindGrantAsync(id, CancellationToken.None) is { } row ? row with { KeyNumber = secrets.Credentials.CurrentNumber } : null;
}
