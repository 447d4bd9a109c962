namespace Evergrant.AspNetCore.Registration;

/// <summary>Clients that are named by the URL of their metadata (draft-ietf-oauth-client-id-metadata-document). Off unless said otherwise. What they may have is said by
/// <see cref="RegistrationOptions"/>: grant types, scopes, resources.</summary>
public sealed class ClientDocumentOptions
{
    /// <summary>Whether a client_id may be a URL.</summary>
    public bool Enabled { get; init; }

    /// <summary>Hosts that may publish clients, or *.host for those below it, in lower case; empty for all.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>Whether the URL may have a query.</summary>
    public bool AllowQuery { get; init; }

    /// <summary>Whether redirect URIs have to be of the URL's origin.</summary>
    public bool SameOriginRedirects { get; init; }
}
