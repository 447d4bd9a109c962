using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Evergrant.Load.Http;

namespace Evergrant.Load.Scenarios;

/// <summary>A user with a browser, and the client that sent them: the code flow over plain form posts.</summary>
internal sealed class Visitor(Target target) : IDisposable
{
    /// <summary>Nobody listens there: the visitor reads the code from the redirect.</summary>
    public const string RedirectUri = "http://127.0.0.1/callback";

    private readonly KeepAliveConnection connection = new(target.Server);
    private readonly RequestWriter writer = new(target.Server);
    private readonly Dictionary<string, string> cookies = [];

    /// <summary>Another visitor in the same session: signed in without the price of a password hash.</summary>
    public Visitor SameSession()
    {
        var other = new Visitor(target);
        foreach (var (name, value) in cookies) other.cookies[name] = value;
        return other;
    }

    /// <summary>The whole flow: the pages that come (sign-in once, consent when asked), and the redemption of the code.</summary>
    /// <param name="extra">More parameters of the authorization request, encoded; may be empty.</param>
    public async ValueTask<TokenAnswer> AuthorizeAsync(string extra = "")
    {
        var verifier = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var state = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));
        var query = RequestWriter.Form(
            ("response_type", "code"), ("client_id", target.ClientId), ("redirect_uri", RedirectUri), ("scope", Target.Scope), ("state", state),
            ("code_challenge", Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)))), ("code_challenge_method", "S256"));
        await SendAsync(writer.Get($"{target.AuthorizePath}?{query}&{extra}", Cookies()));
        await PassPagesAsync();

        var (code, returned) = Response();
        if (returned != state) throw new WrongAnswerException("the state came back changed");
        await SendAsync(writer.Post(target.TokenPath, RequestWriter.Form(
            ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", RedirectUri), ("code_verifier", verifier)), target.Authorization));
        var tokens = TokenAnswer.Expect(connection);
        return tokens.RefreshToken is null ? throw new WrongAnswerException("the code brought no refresh token") : tokens;
    }

    public void Dispose() => connection.Dispose();

    private async ValueTask PassPagesAsync()
    {
        for (var steps = 0; steps < 8 && !AtClient; steps++)
        {
            if (connection.Status is 302 or 303)
            {
                await SendAsync(writer.Get(new Uri(target.Server, connection.Header("Location")).PathAndQuery, Cookies()));
                continue;
            }

            if (connection.Status != 200) throw new WrongAnswerException($"{connection.Status} where a page was expected");
            var body = connection.Body.Span;
            if (Page.WithField(body, "username") is { } signIn)
            {
                await PostAsync(signIn, ("username", target.Username), ("password", target.Password));
            }
            else if (Page.WithField(body, "decision") is { } consent)
            {
                await PostAsync(consent, ("decision", "allow"));
            }
            else
            {
                throw new WrongAnswerException("a page with neither sign-in nor consent");
            }
        }
    }

    private ValueTask PostAsync(Page page, params (string Name, string Value)[] filled)
    {
        var action = new Uri(new Uri(target.Server, target.AuthorizePath), page.Action);
        return SendAsync(writer.Post(action.PathAndQuery, RequestWriter.Form([.. page.Fields, .. filled]), Cookies() + $"Origin: {target.Server.GetLeftPart(UriPartial.Authority)}\r\n"));
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> request)
    {
        await connection.SendAsync(request).ConfigureAwait(false);
        foreach (var cookie in connection.Headers("Set-Cookie"))
        {
            var pair = cookie.Split(';', 2)[0].Split('=', 2);
            cookies[pair[0]] = pair[1];
        }
    }

    private bool AtClient => connection.Status is 302 or 303
        && connection.Header("Location")?.StartsWith(RedirectUri + "?", StringComparison.Ordinal) == true;

    private (string Code, string State) Response()
    {
        if (!AtClient) throw new WrongAnswerException("the pages do not lead back to the client");
        var answered = connection.Header("Location")![(RedirectUri.Length + 1)..].Split('&').Select(p => p.Split('=', 2)).ToDictionary(p => p[0], p => Uri.UnescapeDataString(p[1]));
        return answered.TryGetValue("code", out var code) ? (code, answered["state"]) : throw new WrongAnswerException($"error={answered.GetValueOrDefault("error")}");
    }

    private string Cookies() => cookies.Count == 0 ? "" : $"Cookie: {string.Join("; ", cookies.Select(c => $"{c.Key}={c.Value}"))}\r\n";
}
