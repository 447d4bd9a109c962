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
}
