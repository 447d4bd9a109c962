namespace Evergrant.Protocol.Clients;

/// <summary>The one matcher of redirect URIs: bytes against bytes; the only exception is the port of a loopback URI (RFC 8252 section 7.3).</summary>
public static class RedirectUri
{
    /// <summary>Whether a request's redirect URI is a registered one.</summary>
    /// <param name="requested">The parameter.</param>
    /// <param name="client">The client.</param>
    public static bool IsRegistered(string requested, Client client)
    {
        foreach (string registered in client.RedirectUris)
        {
            if (string.Equals(registered, requested, StringComparison.Ordinal)) return true;
            // localhost may vary in its port for programs on the user's machine only (RFC 9700 section 2.1); IP literals always may.
            if (SplitLoopback(registered) is { } mine && SplitLoopback(requested) is { } theirs
                && mine.Host == theirs.Host && mine.Tail == theirs.Tail
                && (mine.Host != "localhost" || client.ApplicationType == ApplicationType.Native || client.LoopbackAnyPort))
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>Whether an origin, as a browser says it, is that of a registered redirect URI.</summary>
    /// <param name="origin">Scheme, host and port.</param>
    /// <param name="client">The client.</param>
    public static bool IsOriginOf(string origin, Client client)
    {
        foreach (string registered in client.RedirectUris)
        {
            if (!registered.StartsWith("http", StringComparison.Ordinal)) continue;
            if (OriginOf(registered) == origin) return true;
            // As IsRegistered has it: where the port of a redirect URI may vary, that of its page does.
            if (SplitLoopback(registered) is { } mine && SplitLoopback(origin) is { Tail: "" } theirs
                && mine.Host == theirs.Host && (mine.Host != "localhost" || client.ApplicationType == ApplicationType.Native || client.LoopbackAnyPort))
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>What is wrong with a redirect URI that is to be registered; null when nothing is.</summary>
    /// <param name="uri">The URI.</param>
    /// <param name="applicationType">Kind of client.</param>
    /// <param name="allowLoopback">Whether clients other than native ones may use http on loopback (development mode).</param>
    public static string? Fault(string uri, ApplicationType applicationType, bool allowLoopback)
    {
        if (uri.Length > 2000) return "is longer than 2,000 characters";
        foreach (char c in uri)
        {
            if (c is <= ' ' or > '~' or '"' or '<' or '>' or '\\' or '^' or '`' or '{' or '|' or '}') return "has a character that a URI cannot have";
        }
        if (uri.Contains('#')) return "has a fragment (RFC 6749 section 3.1.2)";
        if (uri.Contains('*')) return "has a wildcard; redirect URIs are compared exactly (RFC 9700 section 2.1)";
        int colon = uri.IndexOf(':');
        if (colon <= 0 || !Uri.TryCreate(uri, UriKind.Absolute, out Uri? parsed)) return "is not an absolute URI (RFC 6749 section 3.1.2)";
        string scheme = uri[..colon];
        if (scheme == "https") return parsed.Host.Length == 0 ? "has no host" : parsed.UserInfo.Length > 0 ? "has user information" : null;
        if (scheme == "http")
        {
            if (parsed.UserInfo.Length > 0) return "has user information";
            if (SplitLoopback(uri) is null) return "uses http with a host that is not loopback (RFC 9700 section 2.6)";
            return applicationType == ApplicationType.Native || allowLoopback ? null : "uses http on loopback, which only native clients may (RFC 8252 section 7.3)";
        }
        if (scheme.Any(char.IsAsciiLetterUpper)) return "has upper-case letters in its scheme";
        if (applicationType != ApplicationType.Native) return "uses a private-use scheme, which only native clients may (RFC 8252 section 7.1)";
        if (!scheme.Contains('.')) return "uses a private-use scheme without a period; take a reversed domain name of yours (RFC 8252 section 8.4)";
        return null;
    }

    /// <summary>The origin of a redirect URI as a browser sees it; for a private-use scheme the scheme with its colon.</summary>
    /// <param name="uri">A registered redirect URI.</param>
    public static string OriginOf(string uri)
    {
        int slashes = uri.IndexOf("://", StringComparison.Ordinal);
        if (slashes < 0 || !(uri.StartsWith("https:", StringComparison.Ordinal) || uri.StartsWith("http:", StringComparison.Ordinal))) return uri[..(uri.IndexOf(':') + 1)];
        int end = uri.AsSpan(slashes + 3).IndexOfAny('/', '?');
        return end < 0 ? uri : uri[..(slashes + 3 + end)];
    }

    /// <summary>Where the answer to a form of a page may lead, for the form-action directive: the redirect URI's origin, and the client's allowed origins.</summary>
    /// <remarks>Some browsers apply the directive to every redirect that follows a form, also to those of the client's callback; a client whose callback leads on to another
    /// origin of its own declares that one in allowed_origins.</remarks>
    /// <param name="uri">The verified redirect URI.</param>
    /// <param name="client">The client.</param>
    /// <returns>Sources, space-delimited.</returns>
    public static string FormTargetsOf(string uri, Client client) =>
        client.AllowedOrigins.Count == 0 ? OriginOf(uri) : string.Join(' ', client.AllowedOrigins.Prepend(OriginOf(uri)).Distinct());

    /// <summary>Takes an http loopback URI apart without normalizing it; null for any other URI.</summary>
    private static (string Host, string Tail)? SplitLoopback(string uri)
    {
        const string Scheme = "http://";
        if (!uri.StartsWith(Scheme, StringComparison.Ordinal)) return null;
        ReadOnlySpan<char> rest = uri.AsSpan(Scheme.Length);
        int end = rest.IndexOfAny('/', '?');
        ReadOnlySpan<char> authority = end < 0 ? rest : rest[..end];
        ReadOnlySpan<char> tail = end < 0 ? default : rest[end..];
        foreach (string host in (ReadOnlySpan<string>)["127.0.0.1", "[::1]", "localhost"])
        {
            if (!authority.StartsWith(host, StringComparison.Ordinal)) continue;
            ReadOnlySpan<char> port = authority[host.Length..];
            if (port.IsEmpty || (port[0] == ':' && port.Length is > 1 and <= 6 && ushort.TryParse(port[1..], System.Globalization.NumberStyles.None, null, out _))) return (host, tail.ToString());
        }
        return null;
    }
}
