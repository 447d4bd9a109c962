using Evergrant.Protocol.Clients;

namespace Evergrant.AspNetCore.Clients;

/// <summary>Says which form the access tokens of a client have for an audience.</summary>
internal sealed class AccessTokenForms(ClientCatalogue catalogue)
{
    /// <summary>The form that a single API asks for; otherwise the client's.</summary>
    public ValueTask<AccessTokenFormat> FormatAsync(Client client, IReadOnlyList<string> audience, CancellationToken cancellationToken)
    {
        ValueTask<ScopeCatalogue> scopes = catalogue.ScopesAsync(cancellationToken);
        return scopes.IsCompletedSuccessfully ? new(Of(scopes.Result)) : WaitAsync(scopes);

        AccessTokenFormat Of(ScopeCatalogue known) => (audience.Count == 1 ? known.Find(audience[0])?.AccessTokenFormat : null) ?? client.AccessTokenFormat;

        async ValueTask<AccessTokenFormat> WaitAsync(ValueTask<ScopeCatalogue> pending) => Of(await pending);
    }
}
