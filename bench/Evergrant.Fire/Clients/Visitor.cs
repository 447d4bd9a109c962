using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Evergrant.Fire.Clients;

/// <summary>A code that waits to be redeemed.</summary>
internal readonly record struct PendingCode(string Code, string Verifier);

/// <summary>A person with a browser: signs in once, and from then on each authorization is one request, for the clients need no consent. Not thread-safe.</summary>
internal sealed class Visitor(string issuer, int port, string userName, string password) : IDisposable
{
    private const int MostPages = 8;
    private readonly Dictionary<string, string> _cookies = [];
    private readonly RequestBuffer _requests = new(issuer);
    private Wire _wire = new(port);

    /// <summary>The Cookie header of the session, a whole line; empty before the first sign-in.</summary>
    public string Cookies => _cookies.Count == 0 ? "" : $"Cookie: {string.Join("; ", _cookies.Select(c => $"{c.Key}={c.Value}"))}\r\n";

    /// <summary>A PKCE verifier.</summary>
    public static string NewVerifier() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>Path and query of an authorization request.</summary>
    public static string RequestOf(FireClient client, string verifier) =>
        $"/authorize?response_type=code&client_id={client.Id}&redirect_uri={Uri.EscapeDataString(FireClient.RedirectUri)}&scope={Uri.EscapeDataString(FireClient.Scope)}&state=fire" +
        $"&code_challenge={Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)))}&code_challenge_method=S256";

    /// <summary>The code in a redirect to the client; null when the answer is something else, or the server cannot answer for the moment.</summary>
    /// <exception cref="InvalidDataException">The redirect brings another error.</exception>
    public static string? CodeOf(Answer answer)
    {
        if (answer.Status is not (302 or 303) || answer.Location is not { } location || !location.StartsWith(FireClient.RedirectUri, StringComparison.Ordinal)) return null;
        string query = location[(location.IndexOf('?', StringComparison.Ordinal) + 1)..];
        string? code = query.Split('&').FirstOrDefault(p => p.StartsWith("code=", StringComparison.Ordinal));
        if (code is not null) return Uri.UnescapeDataString(code[5..]);
        // The honest word of a server whose store is away.
        return query.Contains("error=temporarily_unavailable", StringComparison.Ordinal) ? null : throw new InvalidDataException($"no code, but {query}");
    }

    /// <summary>The same person in the same session, on a connection of their own.</summary>
    public Visitor SameSession(int toPort)
    {
        var other = new Visitor(issuer, toPort, userName, password);
        foreach ((string name, string value) in _cookies) other._cookies[name] = value;
        return other;
    }

    /// <summary>Asks for a code, with whatever pages come first.</summary>
    /// <returns>Null when the server could not be asked, or could not answer for the moment.</returns>
    /// <exception cref="InvalidDataException">The answer is not one that a browser understands.</exception>
    public PendingCode? Authorize(FireClient client)
    {
        string verifier = NewVerifier();
        if (!_wire.TryConnect() || !_wire.TrySend(_requests.Get(RequestOf(client, verifier), Cookies)) || !Receive(out Answer answer)) return null;
        for (int pages = 0; pages < MostPages; pages++)
        {
            if (answer.Status >= 500) return null;
            if (answer.Location is { } location && answer.Status is 302 or 303)
            {
                if (location.StartsWith(FireClient.RedirectUri, StringComparison.Ordinal)) return CodeOf(answer) is { } code ? new PendingCode(code, verifier) : null;
                if (!_wire.TrySend(_requests.Get(new Uri(new Uri(issuer), location).PathAndQuery, Cookies)) || !Receive(out answer)) return null;
                continue;
            }
            string filled;
            PageForm form;
            if (PageForm.WithField(answer.Body.Span, "username") is { } signIn) (form, filled) = (signIn, $"username={Uri.EscapeDataString(userName)}&password={Uri.EscapeDataString(password)}");
            else if (PageForm.WithField(answer.Body.Span, "decision") is { } consent) (form, filled) = (consent, "decision=allow");
            else throw new InvalidDataException($"{answer.Status} to an authorization request, and neither a form nor a redirect: {Encoding.UTF8.GetString(answer.Body.Span)}");
            string action = new Uri(new Uri(issuer + "/authorize"), form.Action).PathAndQuery;
            if (!_wire.TryConnect() || !_wire.TrySend(_requests.PostAsBrowser(action, form.Fields + filled, Cookies)) || !Receive(out answer)) return null;
        }
        throw new InvalidDataException("the pages do not lead back to the client");
    }

    /// <inheritdoc/>
    public void Dispose() => _wire.Dispose();

    /// <summary>Goes on at another node.</summary>
    public void GoTo(int toPort)
    {
        if (toPort == _wire.Port) return;
        _wire.Dispose();
        _wire = new Wire(toPort);
    }

    private bool Receive(out Answer answer)
    {
        if (!_wire.TryReceive(out answer)) return false;
        foreach ((string name, string value) in answer.Cookies()) _cookies[name] = value;
        return true;
    }

}
