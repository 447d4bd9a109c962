using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;

namespace Evergrant.AspNetCore.Clients;

/// <summary>Says which form the access tokens of a client have for an audience.</summary>
internal sealed class AccessTokenForms(ClientCatalogue catalogue)
{
    /// <summary>The form that the policy says; otherwise what a single API asks for; otherwise the client's.</summary>
    public ValueTask<AccessTokenFormat> FormatAsync(Client client, GrantPolicy policy, IReadOnlyList<string> audience, CancellationToken cancellationToken)
    {
        if (policy.AccessTokenFormat is { } said) return new(said);
        ValueTask<ScopeCatalogue> scopes = catalogue.ScopesAsync(cancellationToken);
        return scopes.IsCompletedSuccessfully ? new(Of(scopes.Result)) : WaitAsync(scopes);

        AccessTokenFormat Of(ScopeCatalogue known) => (audience.Count == 1 ? known.Find(audience[0])?.AccessTokenFormat : null) ?? client.AccessTokenFormat;

        async ValueTask<AccessTokenFormat> WaitAsync(ValueTask<ScopeCatalogue> pending) => Of(await pending);
    }
}
