using Evergrant.Protocol.Authorize;
using Evergrant.Protocol.Clients;

namespace Evergrant.Protocol.EndSession;

/// <summary>The addresses that a browser loads at logout, each in an iframe (OpenID Connect Front-Channel Logout section 2).</summary>
public static class FrontchannelLogout
{
    /// <summary>The address for a client; null when it has registered none.</summary>
    /// <param name="client">The client.</param>
    /// <param name="participant">Its part in the session.</param>
    public static string? AddressOf(Client client, Participant participant)
    {
        if (client.FrontchannelLogoutUri is not { } uri) return null;
        // Both or neither; a query that is there is kept.
        return client.FrontchannelLogoutSessionRequired ? AuthorizeReply.Location(uri, false, [new("iss", participant.Issuer), new("sid", participant.SessionId)]) : uri;
    }

    /// <summary>What is wrong with an address of a client for logout, on either channel; null when nothing is.</summary>
    /// <param name="uri">The address.</param>
    /// <param name="isPublic">Whether the client cannot prove who it is.</param>
    /// <param name="allowLoopback">Whether http on loopback is allowed (development mode).</param>
    internal static string? Fault(string uri, bool isPublic, bool allowLoopback)
    {
        if (uri.Length > 2000) return "is longer than 2,000 characters";
        foreach (char c in uri)
        {
            if (c is <= ' ' or > '~' or '"' or '<' or '>' or '\\' or '^' or '`' or '{' or '|' or '}') return "has a character that a URI cannot have";
        }
        if (uri.Contains('#')) return "has a fragment";
        if (!Uri.TryCreate(uri, UriKind.Absolute, out Uri? parsed) || parsed.Host.Length == 0) return "is not an absolute URL";
        if (parsed.UserInfo.Length > 0) return "has user information";
        if (parsed.Scheme == "https") return null;
        return parsed.Scheme == "http" && parsed.IsLoopback && allowLoopback && !isPublic ? null : "is not https";
    }
}
