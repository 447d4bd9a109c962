using Evergrant.Protocol.Trust;

namespace Evergrant.AspNetCore.Trust;

/// <summary>The directory of a host that has none.</summary>
internal sealed class NoAccounts : IAccountDirectory
{
    public ValueTask<string?> FindAsync(SubjectMapping mapping, string text, CancellationToken cancellationToken) => new((string?)null);
}
