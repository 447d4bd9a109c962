using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Evergrant.AspNetCore.Outbound;
using Evergrant.Protocol;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Policies;
using Evergrant.Protocol.Registration;
using Evergrant.Protocol.Storage;

namespace Evergrant.AspNetCore.Registration;

/// <summary>Finds clients that are named by the URL of their metadata. Once somebody has allowed such a client something, a copy of it is kept in the store: refreshes go on when its host is down or gone, and
/// wait for no fetch. An authorization request needs the document itself, no older than its cache allows (section 4.3).</summary>
internal sealed class ClientDocuments(EvergrantOptions options, RemoteDocuments documents, IClientStore store, IGrantStore grants, TimeProvider clock)
{
    private const int MaximumEntries = 1_000;

    private static readonly OAuthError Unreachable = new("invalid_request", "The description that the application publishes of itself cannot be fetched now. Try again later.", Refusal.ClientDocumentUnreachable);

    private readonly ClientDocumentRules _rules = new(options.ClientDocuments.AllowedHosts, options.ClientDocuments.AllowQuery, options.ClientDocuments.SameOriginRedirects, options.Development);
    private readonly ConcurrentDictionary<(string Issuer, string ClientId), Entry> _read = new();

    /// <summary>Whether a client_id is one to be found here.</summary>
    public bool AreNamedBy(string clientId) => options.ClientDocuments.Enabled && ClientDocument.IsNamedBy(clientId);

    /// <summary>Finds a client for an authorization request.</summary>
    public async ValueTask<(Client? Client, OAuthError? Error)> FetchAsync(string issuer, string clientId, ScopeCatalogue catalogue, PolicySet policies, CancellationToken cancellationToken)
    {
        if (ClientDocument.Fault(clientId, _rules) is { } fault) return (null, fault);
        FetchOutcome outcome = await documents.GetAsync(clientId, DocumentKind.ClientMetadata, cancellationToken);
        // An older copy beside a failure does not count here.
        if (outcome is not { Document: { } document, Fault: FetchFault.None }) return (null, Unreachable);
        (string, string) key = (issuer, clientId);
        if (_read.TryGetValue(key, out Entry? known) && known.Document == document && known.Catalogue == catalogue && known.Client.Policies == policies) return (known.Client, null);
        Client? stored = await store.FindClientAsync(issuer, clientId, cancellationToken);
        var terms = new RegistrationTerms(
            issuer, catalogue, options.Registration.GrantTypes, options.Registration.Scopes, options.Registration.Resources, Open: true, options.Development, clock.GetUtcNow())
        { Profile = options.Profile ?? Profile.OAuth21 };
        (Client? client, OAuthError? error) = ClientDocument.Read(clientId, document.Body, terms, _rules, stored);
        if (client is null)
        {
            // Section 4.4: what is wrong is not kept; a document that was corrected counts at once.
            documents.Forget(clientId, DocumentKind.ClientMetadata);
            return (null, error);
        }
        if (stored is not null && !JsonNode.DeepEquals(ClientMetadata.Write(stored), ClientMetadata.Write(client))) await store.ChangeClientAsync(client, cancellationToken);
        client = client with { Policies = policies };
        if (_read.Count >= MaximumEntries) _read.Clear();
        _read[key] = new Entry(document, catalogue, client);
        return (client, null);
    }

    /// <summary>Finds a client for any other request: the copy that is kept, else the document.</summary>
    public async ValueTask<Client?> FindAsync(string issuer, string clientId, ScopeCatalogue catalogue, PolicySet policies, CancellationToken cancellationToken)
    {
        if (ClientDocument.Fault(clientId, _rules) is not null) return null;
        if (await store.FindClientAsync(issuer, clientId, cancellationToken) is { } stored) return stored with { Policies = policies };
        return (await FetchAsync(issuer, clientId, catalogue, policies, cancellationToken)).Client;
    }

    /// <summary>Keeps a copy of a client that somebody has allowed something.</summary>
    /// <returns>Whether it is new.</returns>
    public async ValueTask<bool> KeepAsync(Client client, CancellationToken cancellationToken)
    {
        if (await store.FindClientAsync(client.Issuer, client.ClientId, cancellationToken) is not null) return false;
        if (options.Registration.UnusedLifetime is { } unused) await grants.CommitAsync(RegistrationTokens.NoteUse(client.Issuer, client.ClientId, clock.GetUtcNow() + unused, first: true), null, cancellationToken);
        await store.SaveClientAsync(client, cancellationToken);
        return true;
    }

    private sealed record Entry(FetchedDocument Document, ScopeCatalogue Catalogue, Client Client);
}
