using Evergrant.Protocol.Clients;

namespace Evergrant.Protocol.Authorize;

/// <summary>How the answer reaches the client.</summary>
public enum ResponseMode
{
    /// <summary>In the query of the redirect URI.</summary>
    Query,

    /// <summary>In its fragment.</summary>
    Fragment,

    /// <summary>In a form that the browser posts.</summary>
    FormPost,

    /// <summary>In a message to the window that opened or frames this one.</summary>
    WebMessage,
}

/// <summary>Where the answer of an authorization request may go. Without it nothing is ever redirected (RFC 6749 section 3.1.2.4).</summary>
/// <param name="Client">The client.</param>
/// <param name="RedirectUri">The verified redirect URI.</param>
/// <param name="Mode">How the answer gets there.</param>
/// <param name="IsJwt">Whether it is one signed JWT (JARM).</param>
public sealed record AuthorizeTarget(Client Client, string RedirectUri, ResponseMode Mode, bool IsJwt = false)
{
    /// <summary>Names of the response modes, in the order of the metadata.</summary>
    public static IReadOnlyList<string> ModeNames { get; } = ["query", "fragment", "form_post", "query.jwt", "fragment.jwt", "form_post.jwt", "jwt", "web_message"];

    private static readonly string[] Routing = ["client_id", "redirect_uri", "response_mode", "state"];

    /// <summary>Verifies client and redirect URI.</summary>
    /// <param name="request">The request.</param>
    /// <param name="client">The client registered under its client_id; null for none.</param>
    /// <param name="target">The target.</param>
    /// <returns>An error to be shown to the End-User on a page, or null.</returns>
    public static OAuthError? Find(AuthorizeRequest request, Client? client, out AuthorizeTarget? target)
    {
        target = null;
        // Whichever was repeated first: with two of these nobody can say where an answer would go.
        if (request.Parameters.Repeated is not null && Routing.Any(name => request.Parameters.Many(name).Count > 1))
        {
            return OAuthError.InvalidRequest("A parameter was sent more than once.", Refusal.ParameterRepeated);
        }
        if (request.ClientId is null) return OAuthError.InvalidRequest("The application did not say which one it is (client_id is missing).", Refusal.ClientMissing);
        if (client is null) return OAuthError.InvalidRequest("The application is not registered here.", Refusal.ClientUnknown);
        string redirectUri;
        if (request.RedirectUri is { } requested)
        {
            if (!Clients.RedirectUri.IsRegistered(requested, client) && !MayBeNew(request, client, requested)) return OAuthError.InvalidRequest("The application asked to be answered at an address that is not registered for it.", Refusal.RedirectUriUnregistered);
            redirectUri = requested;
        }
        else
        {
            // OpenID Connect Core section 3.1.2.1 demands it always, RFC 6749 section 3.1.2.3 only when there is a choice.
            if (client.RedirectUris.Count != 1 || request.IsOpenId) return OAuthError.InvalidRequest("The application did not say where to answer (redirect_uri is missing).", Refusal.RedirectUriMissing);
            redirectUri = client.RedirectUris[0];
        }
        // OAuth 2.0 Multiple Response Type Encoding Practices section 5: tokens never stand in a query, and neither do errors of such a request.
        bool front = request.Type?.IsFrontChannel == true;
        ResponseMode standard = front ? ResponseMode.Fragment : ResponseMode.Query;
        string name = request.ResponseMode ?? (front ? "fragment" : "query");
        ResponseMode? mode = name switch
        {
            "jwt" or "query" or "query.jwt" => standard,
            "fragment" or "fragment.jwt" => ResponseMode.Fragment,
            "form_post" or "form_post.jwt" => ResponseMode.FormPost,
            "web_message" when redirectUri.StartsWith("http", StringComparison.Ordinal) => ResponseMode.WebMessage,
            _ => null,
        };
        if (client.ResponseModes.Count > 0 && !client.ResponseModes.Contains(name)) mode = null;
        // OpenID Connect Core section 3.1.2.6: there is no way to answer, so the answer is a plain 400.
        if (mode is null) return OAuthError.InvalidRequest("The application asked for an answer in a form that is not offered (response_mode).", Refusal.ResponseModeUnsupported);
        target = new AuthorizeTarget(client, redirectUri, mode.Value, name.EndsWith("jwt", StringComparison.Ordinal));
        return null;
    }

    // RFC 9126 section 2.4: who authenticated when it pushed the request may name a redirect URI of that request alone, where it is registered for that.
    private static bool MayBeNew(AuthorizeRequest request, Client client, string requested) =>
        request.IsPushed && client is { UnregisteredRedirectUris: true, IsPublic: false } && Clients.RedirectUri.Fault(requested, client.ApplicationType, client.LoopbackAnyPort) is null;
}
