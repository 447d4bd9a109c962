using Evergrant.AspNetCore.Keys;
using Evergrant.Protocol.CheckSession;
using Evergrant.Protocol.Sessions;
using Microsoft.AspNetCore.Http;

namespace Evergrant.AspNetCore.CheckSession;

/// <summary>The cookie that the iframe of OpenID Connect Session Management reads: the one cookie of this server that a script may read and that goes to third parties' frames. Whoever has it has nothing.</summary>
/// <param name="options">Whether there is such a cookie.</param>
/// <param name="sites">The issuers, which share it as they share sessions.</param>
public sealed class BrowserStateCookie(EvergrantOptions options, IssuerSites sites)
{
    /// <summary>Its name over http; over https it begins with <c>__Host-</c>.</summary>
    internal const string Name = "evergrant-state";

    /// <summary>Makes the cookie say who is signed in. Hosts call it whenever the sessions of a browser change; twice does no harm.</summary>
    /// <param name="http">The request to answer.</param>
    /// <param name="sessions">Live sessions, the one in use first.</param>
    public void Keep(HttpContext http, IReadOnlyList<Session> sessions)
    {
        if (options.SessionManagement) StateOf(http, sessions);
    }

    /// <summary>session_state of an authorization response; null where there is none.</summary>
    internal string? SessionState(HttpContext http, IReadOnlyList<Session> sessions, string clientId, string redirectUri)
    {
        if (!options.SessionManagement) return null;
        Span<byte> salt = stackalloc byte[16];
        RandomPool.Fill(salt);
        return BrowserState.SessionState(clientId, redirectUri, StateOf(http, sessions), salt);
    }

    private string StateOf(HttpContext http, IReadOnlyList<Session> sessions)
    {
        bool secure = sites.Of(http).IsSecure;
        string name = (secure ? "__Host-" : "") + Name;
        string state = BrowserState.Of(sessions);
        string? before = http.Items[typeof(BrowserStateCookie)] as string ?? (http.Request.Cookies[name] is { } shown && BrowserState.IsState(shown) ? shown : null);
        // The session's own cookie does not come into a frame of another site: there nobody knows who is signed in, and what the browser knows stays as it is (section 5.1: no endless loop).
        if (sessions.Count == 0 && before is not null && http.Request.Headers["Sec-Fetch-Dest"] == "iframe" && http.Request.Headers["Sec-Fetch-Site"] == "cross-site") return before;
        if (before == state) return state;
        http.Items[typeof(BrowserStateCookie)] = state;
        http.Response.Cookies.Append(name, state, new CookieOptions
        {
            HttpOnly = false, Secure = secure, SameSite = secure ? SameSiteMode.None : SameSiteMode.Lax, Path = "/", IsEssential = true,
        });
        return state;
    }
}
