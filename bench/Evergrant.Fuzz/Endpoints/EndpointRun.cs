using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using Evergrant.Fuzz.Mutation;
using Evergrant.Fuzz.Report;
using Microsoft.AspNetCore.Http.Features;

namespace Evergrant.Fuzz.Endpoints;

/// <summary>Sends malformed requests at every endpoint of the server, several at a time, and looks at each answer.</summary>
internal sealed partial class EndpointRun
{
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Never = TimeSpan.FromSeconds(30);

    private readonly InProcessServer _server;
    private readonly LiveValues _live = new();
    private readonly RequestShape[] _byWeight;
    private readonly Action<Finding> _found;
    private readonly long[] _statuses = new long[600];
    private long _sent, _longest, _slowOnce;

    /// <summary>At a server that runs.</summary>
    /// <param name="server">The server.</param>
    /// <param name="found">Takes what was found; called from several threads.</param>
    public EndpointRun(InProcessServer server, Action<Finding> found)
    {
        (_server, _found) = (server, found);
        IReadOnlyList<RequestShape> shapes = RequestShapes.Of(server);
        _byWeight = [.. shapes.SelectMany(s => Enumerable.Repeat(s, s.Weight))];
    }

    /// <summary>Answers by status.</summary>
    public IEnumerable<(int Status, long Count)> Statuses => _statuses.Index().Where(s => s.Item > 0).Select(s => (s.Index, s.Item));

    /// <summary>Requests answered.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>Requests that took longer than a second and, sent again, did not: the machine was busy.</summary>
    public long SlowOnce => Interlocked.Read(ref _slowOnce);

    /// <summary>Whether the server gave a value of a kind.</summary>
    public bool HasLive(string kind) => _live.Any(kind, Random.Shared) is not null;

    /// <summary>The longest time one took.</summary>
    public TimeSpan Longest => new(Interlocked.Read(ref _longest));

    /// <summary>Sends requests.</summary>
    /// <param name="count">How many.</param>
    /// <param name="seed">Seed; each sender has one of its own.</param>
    /// <param name="senders">How many at a time.</param>
    public async Task RunAsync(long count, int seed, int senders)
    {
        // Whoever has a session gets further: one is there from the beginning.
        await SignInAsync();
        await Task.WhenAll(Enumerable.Range(0, senders).Select(i => Task.Run(async () =>
        {
            var mutator = new Mutator(HashCode.Combine(seed, i));
            for (long n = count / senders + (i < count % senders ? 1 : 0); n > 0; n--)
            {
                if (n % 5_000 == 0) await SignInAsync();
                await TryAsync(mutator.Any(_byWeight).Make(mutator, _live), mutator.Random);
            }
        })));
    }

    /// <summary>Sends one request, and tells what its answer may not be.</summary>
    /// <returns>The answer and its body; null when there was none.</returns>
    public async Task<(HttpContext Answer, string Body)?> TryAsync(MadeRequest request, Random random)
    {
        long begun = Stopwatch.GetTimestamp();
        using var patience = new CancellationTokenSource(Never);
        try
        {
            HttpContext answer = await _server.Server.SendAsync(http => Fill(http, request, random), patience.Token);
            using var body = new MemoryStream();
            await answer.Response.Body.CopyToAsync(body, patience.Token);
            string text = Encoding.UTF8.GetString(body.GetBuffer(), 0, (int)body.Length);
            Look(request, answer, text);
            TimeSpan took = Stopwatch.GetElapsedTime(begun);
            if (took.Ticks > Interlocked.Read(ref _longest)) Interlocked.Exchange(ref _longest, took.Ticks);
            // The machine may have been busy, or the disk: it hangs only if it hangs again.
            if (took > Hang)
            {
                if (await IsSlowAgainAsync(request, random)) Tell(request, "takes longer than a second");
                else Interlocked.Increment(ref _slowOnce);
            }
            return (answer, text);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            Tell(request, "was not answered");
        }
        catch (BadHttpRequestException) // What Kestrel would have refused before any code of ours.
        {
        }
        catch (Exception e) // Any exception is what is looked for.
        {
            Tell(request, $"{e.GetType().Name}: {e.Message}");
        }
        finally
        {
            Interlocked.Increment(ref _sent);
        }
        return null;
    }

    private static void Fill(HttpContext http, MadeRequest request, Random random)
    {
        http.Request.Method = request.Method;
        http.Request.Scheme = "http";
        http.Request.Host = new HostString("localhost", 5000);
        // Kestrel decodes a path before anybody sees it, and refuses one that it cannot decode.
        http.Features.Get<IHttpRequestFeature>()!.Path = Uri.UnescapeDataString(request.Path);
        http.Request.QueryString = new QueryString(request.Query);
        foreach ((string name, string value) in request.Headers)
        {
            string clean = new([.. value.Where(c => c is >= ' ' and not '\x7f')]);
            // Kestrel refuses what is no host and port before anybody sees it.
            if (name == "Host") http.Request.Host = HostForm().IsMatch(clean) ? new HostString(clean) : http.Request.Host;
            else if (clean.Length > 0) http.Request.Headers.Append(name, clean);
        }
        // Throttles go by address: from one alone everything is soon refused.
        http.Connection.RemoteIpAddress = new IPAddress([10, (byte)random.Next(256), (byte)random.Next(256), (byte)random.Next(256)]);
        if (request.Body.Length == 0) return;
        http.Request.Body = new MemoryStream(request.Body);
        http.Request.ContentLength = request.Body.Length;
    }

    private void Look(MadeRequest request, HttpContext answer, string body)
    {
        int status = answer.Response.StatusCode;
        Interlocked.Increment(ref _statuses[Math.Clamp(status, 0, _statuses.Length - 1)]);
        if (status >= 500 && status != 501) Tell(request, $"was answered with {status}");
        if (body.Contains("   at Evergrant", StringComparison.Ordinal) || body.Contains("System.", StringComparison.Ordinal)) Tell(request, "the answer speaks of the program's inside");
        foreach (var header in answer.Response.Headers)
        {
            if (header.Value.Any(v => v is not null && v.AsSpan().IndexOfAny('\r', '\n', '\0') >= 0)) Tell(request, $"the header {header.Key} holds a line end");
        }
        if (answer.Response.ContentType?.StartsWith("application/json", StringComparison.Ordinal) == true && body.Length > 0 && !IsJson(body)) Tell(request, "the answer is no JSON");
        if (answer.Response.Headers.Location is [{ } location])
        {
            if (status is < 300 or > 399 && status != 201) Tell(request, "an answer that is no redirect has a Location");
            else if (!IsOurs(location)) Tell(request, $"leads to {location[..Math.Min(80, location.Length)]}");
            _live.Learn(location);
        }
        if (status < 400) _live.Learn(body);
        foreach (string? cookie in answer.Response.Headers.SetCookie)
        {
            if (cookie is not null && cookie.Contains("session", StringComparison.Ordinal) && !cookie.Contains("=;", StringComparison.Ordinal)) _live.Keep("cookie", cookie[..cookie.IndexOf(';', StringComparison.Ordinal)]);
        }
    }

    [System.Text.RegularExpressions.GeneratedRegex(@"^([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?$")]
    private static partial System.Text.RegularExpressions.Regex HostForm();

    // Addresses of this server and of the demo clients; nowhere else may anybody be sent.
    private static bool IsOurs(string location) =>
        location.StartsWith('/') && !location.StartsWith("//", StringComparison.Ordinal) && !location.StartsWith("/\\", StringComparison.Ordinal)
        || location.StartsWith("http://localhost/", StringComparison.Ordinal) || location.StartsWith("http://localhost:", StringComparison.Ordinal)
        || location.StartsWith("http://127.0.0.1/", StringComparison.Ordinal) || location.StartsWith("http://127.0.0.1:", StringComparison.Ordinal) || location.StartsWith("com.example.demo:/callback", StringComparison.Ordinal);

    private static bool IsJson(string body)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            return true;
        }
        catch (JsonException) // That is the answer.
        {
            return false;
        }
    }

    private async Task<bool> IsSlowAgainAsync(MadeRequest request, Random random)
    {
        for (int i = 0; i < 3; i++)
        {
            long begun = Stopwatch.GetTimestamp();
            await _server.Server.SendAsync(http => Fill(http, request, random));
            if (Stopwatch.GetElapsedTime(begun) < Hang) return false;
        }
        return true;
    }

    // As a person and a client do: sign-in page, consent page, code, tokens.
    private async Task SignInAsync()
    {
        var random = new Random(1);
        JsonElement user = _server.Announced.GetProperty("user");
        string query = "?" + Form(_byWeight[0].Query!);
        if (await TryAsync(new MadeRequest("GET", "/authorize", query, [new("Accept", "text/html")], []), random) is not { } page) return;
        string cookies = CookiesOf(page.Answer);
        (string, string)[] person = [("username", user.GetProperty("username").GetString()!), ("password", user.GetProperty("password").GetString()!), .. HiddenIn(page.Body)];
        if (await TryAsync(Posted("/sign-in", person, cookies), random) is not { } next) return;
        cookies = string.Join("; ", cookies, CookiesOf(next.Answer));
        if (next.Answer.Response.StatusCode == 200 && await TryAsync(Posted("/consent", [("decision", "allow"), ("scope", "openid"), ("scope", "offline_access"), ("scope", "notes:read"), .. HiddenIn(next.Body)], cookies), random) is null) return;
        RequestShape redeem = _byWeight.First(s => s is { Path: "/token", Form: not null } && s.Form.Any(p => p.Item2 == "$code"));
        await TryAsync(new MadeRequest("POST", "/token", "", [new(redeem.Headers![0].Item1, redeem.Headers[0].Item2), new("Content-Type", "application/x-www-form-urlencoded")],
            Encoding.UTF8.GetBytes(Form([.. redeem.Form!.Select(p => p.Item2 == "$code" ? (p.Item1, _live.Newest("code") ?? "") : p)]))), random);
    }

    private static MadeRequest Posted(string path, (string, string)[] form, string cookies) =>
        new("POST", path, "", [new("Cookie", cookies), new("Content-Type", "application/x-www-form-urlencoded"), new("Origin", "http://localhost:5000")], Encoding.UTF8.GetBytes(Form(form)));

    private static string Form((string, string)[] parameters) => string.Join('&', parameters.Select(p => $"{p.Item1}={Uri.EscapeDataString(p.Item2)}"));

    private static string CookiesOf(HttpContext answer) => string.Join("; ", answer.Response.Headers.SetCookie.Select(c => c![..c!.IndexOf(';', StringComparison.Ordinal)]));

    private static IEnumerable<(string, string)> HiddenIn(string page) => LiveValues.HiddenIn(page).Where(f => f.Name is not ("username" or "password" or "decision" or "scope"));

    private void Tell(MadeRequest request, string sentence) => _found(new Finding($"{request.Method}{request.Path.Replace('/', '-')}"[..Math.Min(40, request.Method.Length + request.Path.Length)], sentence, request.ToBytes()));
}
