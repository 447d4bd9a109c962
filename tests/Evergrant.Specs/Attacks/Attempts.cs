using System.Net;

namespace Evergrant.Specs.Attacks;

/// <summary>What the attacks have in common: how they are sent, and what an answer that gives nothing away looks like.</summary>
public static class Attempts
{
    /// <summary>Sends an authorization request with another redirect URI in every way there is; fails unless each is answered by an error page of the server itself that leads nowhere and does not repeat the value.</summary>
    public static async Task AnsweredHere(this RunningServer server, ClientDefinition definition, IEnumerable<string> redirectUris)
    {
        var alice = await server.SignedIn();
        var stranger = server.NewBrowser();
        var client = server.Client(definition);
        foreach (var uri in redirectUris)
        {
            AuthorizationRequest Request() => new AuthorizationRequest(client).With("redirect_uri", uri);
            Judge(uri, await alice.Authorize(Request()));
            Judge(uri, await alice.AuthorizeByPost(Request().With("response_mode", "form_post")));
            Judge(uri, await alice.Authorize(Request().With("response_mode", "fragment").With("scope", "no-such-scope")));
            Judge(uri, await stranger.Authorize(Request()));
            Judge(uri, await stranger.Authorize(Request().With("prompt", "none")));
        }
    }

    /// <summary>Fails unless the page is an error of the server itself with nothing to gain from.</summary>
    public static void Judge(string value, Page page)
    {
        Assert.True(page.Kind == PageKind.Error && page.Status == 400 && page.Location is null && page.Code is null, $"{value}: {page}");
        Assert.Empty(page.Forms);
        Assert.DoesNotContain("http-equiv=\"refresh", page.Html, StringComparison.OrdinalIgnoreCase);
        Assert.False(page.Headers.Any(header => header.Key.Equals("Refresh", StringComparison.OrdinalIgnoreCase)), value);
        if (value.Length > 8) Assert.False(page.Html.Contains(value, StringComparison.Ordinal) || page.Html.Contains(WebUtility.HtmlEncode(value), StringComparison.Ordinal), $"{value} stands on the page");
    }

    /// <summary>Declares clients that must not be taken, all at once; fails unless each is named in the refusal, and none is there afterwards.</summary>
    public static async Task NotRegistered(this RunningServer server, IEnumerable<ClientDefinition> definitions)
    {
        var all = definitions.Select((definition, n) => definition with { Id = $"{definition.Id}-{n:00}-refused" }).ToArray();
        var applied = await server.Apply(DeclaredState.Json(server.Issuer, all));
        Assert.NotEqual(0, applied.ExitCode);
        foreach (var (n, definition) in all.Index())
        {
            Assert.True((applied.Errors + applied.Output).Contains($"clients[{n}].", StringComparison.Ordinal), $"{definition.Id} ({string.Join(' ', definition.RedirectUris)}) is not refused: {applied.Errors}");
            (await server.Client(definition).Api.Post("/token", [("grant_type", "refresh_token"), ("refresh_token", "x"), ("client_id", definition.Id)])).Expect(401, "invalid_client");
        }
    }

    /// <summary>A fresh code of Alice's, and the request that it answers.</summary>
    public static async Task<(AuthorizationRequest Request, string Code)> NewCode(this RunningServer server, ClientDefinition definition, string scope = "openid offline_access mail:read", Browser? browser = null)
    {
        var request = new AuthorizationRequest(server.Client(definition)).With("scope", scope);
        return (request, await (browser ?? await server.SignedIn()).Code(request));
    }

    /// <summary>The port of a server on this machine.</summary>
    public static int Port(this RunningServer server) => new Uri(server.Issuer).Port;

    /// <summary>Sends a request line as it stands; the connection is closed after the answer.</summary>
    public static Task<Hostile.RawExchange> Raw(this RunningServer server, string method, string target, string headers = "", string body = "") =>
        Hostile.RawExchange.Send(server.Port(), System.Text.Encoding.Latin1.GetBytes(
            $"{method} {target} HTTP/1.1\r\nHost: localhost:{server.Port()}\r\n{headers}{(body.Length > 0 ? $"Content-Length: {body.Length}\r\n" : "")}Connection: close\r\n\r\n{body}"));
}
