namespace Evergrant.Protocol.Clients;

/// <summary>All scope values and resources that a server knows; immutable.</summary>
public sealed class ScopeCatalogue
{
    private readonly Dictionary<string, ApiResource> _resources = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<ApiResource>> _owners = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (ApiResource Owner, DetailsType Type)> _details = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ScopeDescription> _scopes = new(StringComparer.Ordinal);

    /// <summary>Builds the catalogue.</summary>
    /// <param name="resources">The APIs and their scope values.</param>
    /// <param name="scopes">Scope values that belong to no API, beyond the standard ones.</param>
    public ScopeCatalogue(IEnumerable<ApiResource> resources, IEnumerable<ScopeDescription> scopes)
    {
        foreach (string standard in Scope.Standard) _scopes[standard] = new(standard);
        // Told where they are on, and nowhere else.
        foreach (string special in (string[])[Scope.DeviceSso, Scope.GrantQuery, Scope.GrantRevoke]) _scopes[special] = new(special, Hidden: true);
        foreach (ScopeDescription scope in scopes) _scopes[scope.Name] = scope;
        foreach (ApiResource resource in resources)
        {
            _resources[resource.Identifier] = resource;
            foreach (DetailsType type in resource.DetailsTypes) _details.TryAdd(type.Type, (resource, type));
            foreach (ScopeDescription scope in resource.Scopes)
            {
                _scopes.TryAdd(scope.Name, scope);
                if (!_owners.TryGetValue(scope.Name, out List<ApiResource>? owners)) _owners[scope.Name] = owners = [];
                owners.Add(resource);
            }
        }
    }

    /// <summary>An empty catalogue: the standard scope values only.</summary>
    public static ScopeCatalogue Empty { get; } = new([], []);

    /// <summary>All scope values that are not hidden, in the order of their names, the standard ones first.</summary>
    public IEnumerable<string> Published =>
        Scope.Standard.Concat(_scopes.Values.Where(s => !s.Hidden && !Scope.Standard.Contains(s.Name)).Select(s => s.Name).Order(StringComparer.Ordinal));

    /// <summary>All resources by identifier.</summary>
    public IReadOnlyDictionary<string, ApiResource> Resources => _resources;

    /// <summary>Whether a scope value is known.</summary>
    /// <param name="scope">The value.</param>
    public bool Knows(string scope) => _scopes.ContainsKey(scope);

    /// <summary>What a scope value says to a person; the value itself when nothing is said.</summary>
    /// <param name="scope">The value.</param>
    public string TextOf(string scope) => _scopes.GetValueOrDefault(scope)?.Description ?? scope;

    /// <summary>The APIs that a scope value belongs to; empty for the standard ones.</summary>
    /// <param name="scope">The value.</param>
    public IReadOnlyList<ApiResource> OwnersOf(string scope) => _owners.TryGetValue(scope, out List<ApiResource>? owners) ? owners : [];

    /// <summary>All types of authorization_details, in the order of their names.</summary>
    public IEnumerable<string> DetailsTypes => _details.Keys.Order(StringComparer.Ordinal);

    /// <summary>The API that understands a type of authorization_details, and what it says of it; null for none.</summary>
    /// <param name="type">The type.</param>
    public (ApiResource Owner, DetailsType Type)? OwnerOfDetails(string type) => _details.TryGetValue(type, out (ApiResource, DetailsType) found) ? found : null;

    /// <summary>A resource by identifier, or null.</summary>
    /// <param name="identifier">Compared byte for byte.</param>
    public ApiResource? Find(string identifier) => _resources.GetValueOrDefault(identifier);
}
