using System.Security.Cryptography;
using System.Text;
using Evergrant.Jose;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Sessions;

namespace Evergrant.Protocol.CheckSession;

/// <summary>What a browser may be told, and a script of ours may read, of who is signed in (OpenID Connect Session Management sections 2 and 3.2). It changes with every sign-in, sign-out and change of
/// user, and with nothing else; neither people nor sessions are known by it.</summary>
public static class BrowserState
{
    /// <summary>The state of a browser in which nobody is signed in. Unlike no state at all it says that we may store it there.</summary>
    public const string SignedOut = "out";

    private static ReadOnlySpan<byte> Prefix => "browser state\n"u8;

    /// <summary>The state.</summary>
    /// <param name="sessions">Live sessions, the one in use first.</param>
    /// <returns>22 characters of base64url, or <see cref="SignedOut"/>.</returns>
    public static string Of(IReadOnlyList<Session> sessions)
    {
        if (sessions.Count == 0) return SignedOut;
        // A session's key is a hash of 256 random bits that leave the server in no other cookie than the session's own.
        byte[] hashed = [.. Prefix];
        foreach (Session session in sessions) hashed = [.. hashed, .. session.Key];
        return CanonicalBase64Url.Encode(SHA256.HashData(hashed).AsSpan(0, 16));
    }

    /// <summary>Whether a value that came from a browser has the form of a state.</summary>
    /// <param name="value">The value.</param>
    public static bool IsState(string value) => value == SignedOut || (value.Length == 22 && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'));

    /// <summary>The session_state of a client in a browser.</summary>
    /// <param name="clientId">The client.</param>
    /// <param name="redirectUri">Where the response goes; its origin counts.</param>
    /// <param name="state">The browser's state.</param>
    /// <param name="salt">Random bytes of this response.</param>
    /// <returns>Null where the response goes to a program, which has no origin and shows no iframe.</returns>
    public static string? SessionState(string clientId, string redirectUri, string state, ReadOnlySpan<byte> salt)
    {
        if (!redirectUri.StartsWith("http", StringComparison.Ordinal)) return null;
        string salted = CanonicalBase64Url.Encode(salt);
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{clientId} {OriginOf(redirectUri)} {state} {salted}"));
        return CanonicalBase64Url.Encode(hash) + "." + salted;
    }

    // As browsers write it: in lower case, without the port that goes without saying.
    private static string OriginOf(string redirectUri) => Uri.TryCreate(redirectUri, UriKind.Absolute, out Uri? uri) ? Origin(uri) : RedirectUri.OriginOf(redirectUri);

    private static string Origin(Uri uri)
    {
        string host = uri.HostNameType == UriHostNameType.Dns ? uri.IdnHost : uri.Host;
        return uri.IsDefaultPort ? $"{uri.Scheme}://{host}" : $"{uri.Scheme}://{host}:{uri.Port}";
    }
}
