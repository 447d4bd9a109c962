using Evergrant.Protocol.Clients;

namespace Evergrant.Protocol.Registration;

/// <summary>What a client that registers itself may have.</summary>
/// <param name="Issuer">Issuer it registers at.</param>
/// <param name="Catalogue">The server's scopes and resources.</param>
/// <param name="GrantTypes">Grant types it may choose from.</param>
/// <param name="Scopes">Scope values beyond the standard ones; * stands for all that are published.</param>
/// <param name="Resources">APIs it may have tokens for, with all their scope values; * stands for all.</param>
/// <param name="Open">Whether nobody has vouched for it.</param>
/// <param name="AllowLoopback">Development mode.</param>
/// <param name="Now">The instant.</param>
public sealed record RegistrationTerms(
    string Issuer, ScopeCatalogue Catalogue, IReadOnlyList<string> GrantTypes, IReadOnlyList<string> Scopes, IReadOnlyList<string> Resources, bool Open, bool AllowLoopback, DateTimeOffset Now)
{
    /// <summary>The profile that such clients keep.</summary>
    public Profile Profile { get; init; } = Profile.OAuth21;

    /// <summary>The APIs that it may have tokens for.</summary>
    public IReadOnlyList<string> AllowedResources => Resources.Contains("*") ? [.. Catalogue.Resources.Keys] : [.. Resources.Where(r => Catalogue.Find(r) is not null)];

    /// <summary>The scope values that it may have, in the order of the metadata document.</summary>
    public IReadOnlyList<string> AllowedScopes
    {
        get
        {
            HashSet<string> ofResources = [.. AllowedResources.SelectMany(r => Catalogue.Find(r)!.Scopes).Where(s => !s.Hidden).Select(s => s.Name)];
            return [.. Catalogue.Published.Where(s => Scope.Standard.Contains(s) || Scopes.Contains("*") || Scopes.Contains(s) || ofResources.Contains(s))];
        }
    }
}
