using System.Collections.Frozen;
using Evergrant.AspNetCore.Clients;
using Evergrant.AspNetCore.Keys;
using Evergrant.Protocol;
using Evergrant.Protocol.Clients;

namespace Evergrant.AspNetCore.Token;

/// <summary>The table of grant types: the server's own, and those that the host has added (RFC 6749 section 4.5).</summary>
internal sealed class GrantTypes
{
    private static readonly OAuthError Unsupported = new("unsupported_grant_type", "This grant type is not supported.", Refusal.GrantTypeUnsupported);
    private static readonly OAuthError NotAllowed = new("unauthorized_client", "The client may not use this grant type.", Refusal.GrantTypeNotAllowed);

    private readonly FrozenDictionary<string, IGrantType> _byName;
    private readonly ClientCatalogue _clients;

    /// <summary>Makes the table.</summary>
    /// <exception cref="InvalidOperationException">A grant that the host has added has no name of its own; the message names all such faults.</exception>
    public GrantTypes(IEnumerable<IGrantType> own, IEnumerable<IExtensionGrant> extensions, IServerSecrets secrets, ClientCatalogue clients)
    {
        var table = own.ToDictionary(t => t.Name, StringComparer.Ordinal);
        var faults = new List<string>();
        var names = new List<string>();
        foreach (IExtensionGrant extension in extensions)
        {
            // RFC 6749 section 4.5: an absolute URI; the short names are the specification's own.
            if (!Uri.TryCreate(extension.GrantType, UriKind.Absolute, out _)) faults.Add($"{extension.GetType().Name}: {extension.GrantType} is not an absolute URI (RFC 6749 section 4.5)");
            else if (!table.TryAdd(extension.GrantType, new ExtensionGrantType(extension, secrets)) || ClientMetadata.GrantTypes.Contains(extension.GrantType)) faults.Add($"{extension.GetType().Name}: {extension.GrantType} is taken");
            else names.Add(extension.GrantType);
        }
        if (faults.Count > 0) throw new InvalidOperationException("The extension grants cannot be used: " + string.Join("; ", faults));
        (_byName, _clients, ExtensionNames) = (table.ToFrozenDictionary(StringComparer.Ordinal), clients, names);
    }

    /// <summary>Names of the grants that the host has added.</summary>
    public IReadOnlyList<string> ExtensionNames { get; }

    /// <summary>The entry under a grant_type value; null for none.</summary>
    public IGrantType? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Names that an issuer's metadata announces: those that are always on, those that the host has added, and of the others those that a client is registered for.</summary>
    public IReadOnlyList<string> AnnouncedFor(RegisteredUse use) =>
        [.. ClientMetadata.GrantTypes.Where(g => ClientMetadata.PlainGrantTypes.Contains(g) || use.GrantTypes.Contains(g)), .. ExtensionNames];

    /// <summary>Why a client may not use a grant type that it is not registered for.</summary>
    public async ValueTask<OAuthError> RefusalOfAsync(string grantType, string issuer, CancellationToken cancellationToken) =>
        _byName.ContainsKey(grantType) && AnnouncedFor(await _clients.UseOfAsync(issuer, cancellationToken)).Contains(grantType) ? NotAllowed : Unsupported;
}
