using System.Net;
using Evergrant.Protocol.Trust;

namespace Evergrant.AspNetCore.Trust;

/// <summary>Finds accounts for grants that show no page. A host that adds none maps no foreign subject to an account.</summary>
/// <remarks>Safe for concurrent use.</remarks>
public interface IAccountDirectory
{
    /// <summary>The account that a foreign subject is mapped to.</summary>
    /// <param name="mapping">What the text is: a user name or an account id.</param>
    /// <param name="text">The text.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Its id; null when there is none that may be used now.</returns>
    ValueTask<string?> FindAsync(SubjectMapping mapping, string text, CancellationToken cancellationToken);

    /// <summary>Checks a password, for the password grant; limits guessing as a sign-in page does.</summary>
    /// <param name="userName">As typed.</param>
    /// <param name="password">As typed, byte for byte; never kept or told.</param>
    /// <param name="from">Where the request came from; null when unknown.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<PasswordVerdict> CheckPasswordAsync(string userName, string password, IPAddress? from, CancellationToken cancellationToken);
}
