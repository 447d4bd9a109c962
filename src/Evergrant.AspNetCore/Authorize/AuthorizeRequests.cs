using System.Text;
using Evergrant.AspNetCore.Clients;
using Evergrant.AspNetCore.Outbound;
using Evergrant.Protocol;
using Evergrant.Protocol.Authorize;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.PushedAuthorization;
using Evergrant.Protocol.Storage;

namespace Evergrant.AspNetCore.Authorize;

/// <summary>A request as it is meant.</summary>
/// <param name="Request">The request: what was sent, what the object says, or what was pushed.</param>
/// <param name="Client">The client that it names; null for none.</param>
/// <param name="Sent">What was sent; where that was a reference to the client's own server, what lay there.</param>
/// <param name="Use">What its answer uses up: the request_uri, or the object's jti; null for nothing.</param>
/// <param name="ClientFault">Why there is no client, where that is not only that nobody knows it; null otherwise.</param>
internal sealed record ReceivedRequest(AuthorizeRequest Request, Client? Client, Parameters Sent, Change? Use, OAuthError? ClientFault = null);

/// <summary>Finds what a browser's request means: itself, a Request Object (RFC 9101), or what its client has pushed (RFC 9126).</summary>
internal sealed class AuthorizeRequests(ClientCatalogue clients, ClientKeys keys, RemoteDocuments documents, EncryptedRequests encrypted, IGrantStore store, TimeProvider clock)
{
    private static readonly OAuthError NotRegistered = new("invalid_request_uri", "The request_uri is not registered for this client.", Refusal.RequestUriUnregistered);
    private static readonly OAuthError NotFetched = new("invalid_request_uri", "No Request Object could be had at the request_uri.", Refusal.RequestUriUnreachable);

    // What pages show again when they come back.
    private static readonly string[] Shown = ["redirect_uri", "response_mode", "ui_locales", "login_hint"];

    /// <summary>Reads a request, anew for each page: a reference that was used meanwhile is not good any more.</summary>
    /// <param name="site">The issuer that was asked.</param>
    /// <param name="interaction">What was sent, and when.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<ReceivedRequest> ReadAsync(IssuerSite site, Interaction interaction, CancellationToken cancellationToken)
    {
        Parameters sent = interaction.Parameters;
        (Client? client, OAuthError? undescribed) = sent["client_id"] is { } clientId ? await clients.FindForAuthorizationAsync(site.Issuer, clientId, cancellationToken) : default;
        if (undescribed is not null) return new(AuthorizeRequest.Read(sent), null, sent, null, undescribed);
        // RFC 9126 section 7.3 and RFC 9101 section 5: nothing beside the reference counts, so nothing else of it is looked at.
        if (sent["request_uri"] is { } uri && PushedRequest.IsUri(uri) && sent["request"] is null)
        {
            byte[] key = PushedRequest.KeyOf(site.Issuer, uri);
            Handle? handle = await store.FindHandleAsync(key, cancellationToken);
            OAuthError? error = PushedRequest.Find(handle, site.Issuer, sent["client_id"], interaction.StartedAt, out PushedRequest? pushed);
            return error is null ? new(pushed!.Request, client, sent, new RemoveHandle(key)) : new(AuthorizeRequest.Read(sent) with { Fault = error }, client, sent, null);
        }
        if (client is { RequestUris.Count: > 0 } && sent["request_uri"] is { } reference && sent["request"] is null)
        {
            (Parameters? fetched, OAuthError? error) = await FetchAsync(sent, reference, client, cancellationToken);
            if (fetched is null) return new(AuthorizeRequest.Read(sent) with { Fault = error }, client, sent, null);
            sent = fetched;
        }
        if (client is not null)
        {
            (sent, OAuthError? unopened) = await encrypted.OpenAsync(site, client, sent, cancellationToken);
            if (unopened is not null) return new(AuthorizeRequest.Read(sent) with { Fault = unopened }, client, sent, null);
        }
        if (client is not null && sent["request"] is { } text) client = await keys.WithKeysAsync(client, text, cancellationToken);
        AuthorizeRequest request = RequestObjects.Read(sent, client, client?.Keys, site.Issuer, interaction.StartedAt);
        return new(request, client, sent, client is null ? null : request.Use(site.Issuer, client.ClientId, clock.GetUtcNow()));
    }

    /// <summary>Fetches an object from where the client has registered it (RFC 9101 section 5.2.3): no other address is ever asked (section 10.4.1). A fragment only tells versions apart.</summary>
    private async ValueTask<(Parameters? Sent, OAuthError? Error)> FetchAsync(Parameters sent, string reference, Client client, CancellationToken cancellationToken)
    {
        string address = reference.Split('#')[0];
        if (!client.RequestUris.Any(registered => registered == reference || registered == address)) return (null, NotRegistered);
        FetchOutcome outcome = await documents.GetAsync(address, DocumentKind.RequestObject, cancellationToken);
        if (outcome.Document is not { } document) return (null, NotFetched);
        string text = Encoding.ASCII.GetString(document.Body.Span).Trim();
        return (Parameters.From([.. sent.All.Where(p => p.Key != "request_uri"), new("request", text)]), null);
    }

    /// <summary>What the ticket of a page carries: what was sent, and of what it stands for what pages show.</summary>
    /// <param name="sent">What was sent.</param>
    /// <param name="request">What it means.</param>
    public static Parameters ForTicket(Parameters sent, AuthorizeRequest request) =>
        sent == request.Parameters ? sent
        : Parameters.From([
            .. sent.All.Where(p => p.Key is "client_id" or "request" or "request_uri" || (request.Fault is not null) || !Shown.Contains(p.Key)),
            .. request.Fault is null ? request.Parameters.All.Where(p => Shown.Contains(p.Key)) : [],
        ]);
}
