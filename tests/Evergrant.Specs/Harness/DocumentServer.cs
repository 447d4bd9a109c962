using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace Evergrant.Specs.Harness;

/// <summary>A web server on this machine that the server under test fetches from: keys, metadata, sector documents. It answers what a test has put there, and counts.</summary>
public sealed class DocumentServer : IAsyncDisposable
{
    private readonly HttpListener listener;
    private readonly ConcurrentDictionary<string, Func<HttpListenerContext, Task>> answers = new();
    private readonly ConcurrentDictionary<string, int> hits = new();
    private readonly Task loop;

    /// <summary>Starts it.</summary>
    public DocumentServer()
    {
        (listener, Origin) = Listen();
        loop = ListenAsync();
    }

    // Somebody may take the port between its choice and its use.
    private static (HttpListener Listener, string Origin) Listen()
    {
        for (int left = 5; ; left--)
        {
            string origin = $"http://127.0.0.1:{RunningServer.FreePort()}";
            var listener = new HttpListener();
            listener.Prefixes.Add(origin + "/");
            try
            {
                listener.Start();
                return (listener, origin);
            }
            catch (HttpListenerException) when (left > 0)
            {
                listener.Close();
            }
        }
    }

    /// <summary>Where it is.</summary>
    public string Origin { get; }

    /// <summary>The requests as they came, by their text of method, path and headers.</summary>
    public ConcurrentQueue<(string Path, IReadOnlyDictionary<string, string> Headers)> Requests { get; } = new();

    /// <summary>Puts a document under a fresh or given path and gives its URL.</summary>
    public string Put(string body, string? path = null, int status = 200, string type = "application/json", params (string Name, string Value)[] headers) => Answer(path, async context =>
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        foreach (var (name, value) in headers) context.Response.Headers[name] = value;
        await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(body));
    });

    /// <summary>Answers a path in any way and gives its URL.</summary>
    public string Answer(string? path, Func<HttpListenerContext, Task> answer)
    {
        var where = path ?? "/" + Pkce.Random(8);
        answers[where] = answer;
        return Origin + where;
    }

    /// <summary>How often a URL was asked for.</summary>
    public int Hits(string url) => hits.GetValueOrDefault(new Uri(url).AbsolutePath);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        listener.Close();
        await loop;
    }

    private async Task ListenAsync()
    {
        while (true)
        {
            try
            {
                var context = await listener.GetContextAsync();
                _ = AnswerAsync(context);
            }
            catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        var path = context.Request.Url!.AbsolutePath;
        hits.AddOrUpdate(path, 1, (_, count) => count + 1);
        Requests.Enqueue((path, context.Request.Headers.AllKeys.ToDictionary(k => k!, k => context.Request.Headers[k]!, StringComparer.OrdinalIgnoreCase)));
        try
        {
            if (answers.TryGetValue(path, out var answer)) await answer(context);
            else context.Response.StatusCode = 404;
            context.Response.Close();
        }
        catch (Exception gone) when (gone is HttpListenerException or ObjectDisposedException or IOException or InvalidOperationException)
        {
            // Whoever asked has hung up, which is what some tests are about.
            context.Response.Abort();
        }
    }
}
