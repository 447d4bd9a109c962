using System.Net;
using Evergrant.Protocol;
using Evergrant.Protocol.Trust;

namespace Evergrant.AspNetCore.Trust;

/// <summary>The directory of a host that has none.</summary>
internal sealed class NoAccounts : IAccountDirectory
{
    public ValueTask<string?> FindAsync(SubjectMapping mapping, string text, CancellationToken cancellationToken) => new((string?)null);

    public ValueTask<PasswordVerdict> CheckPasswordAsync(string userName, string password, IPAddress? from, CancellationToken cancellationToken) => new(new PasswordVerdict(null, Refusal.AccountUnknown));
}
