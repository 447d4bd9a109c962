using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Threading.Channels;
using Evergrant.Specs.OidcRpInitiatedLogout;

namespace Evergrant.Specs.OidcBackchannelLogout;

/// <summary>The back channels of some clients on one web server: each has a path, answers as told, and keeps what came.</summary>
public sealed class LogoutReceiver : IAsyncDisposable
{
    private readonly DocumentServer documents = new();
    private readonly ConcurrentDictionary<string, Channel<Notice>> received = new();

    /// <summary>What came: the form, the type of its body, and over which connection.</summary>
    public sealed record Notice(IReadOnlyList<(string Name, string Value)> Form, string? ContentType, string Query, IPEndPoint Connection)
    {
        /// <summary>The only parameter, taken apart.</summary>
        public Jwt Token => Jwt.Parse(Assert.Single(Form, p => p.Name == "logout_token").Value);
    }

    /// <summary>A client whose back channel answers with these statuses, the last one for good.</summary>
    public ClientDefinition Client(string id, bool sessionRequired = false, params int[] statuses)
    {
        var left = new ConcurrentQueue<int>(statuses.Length == 0 ? [200] : statuses);
        return Listen(id, sessionRequired, response =>
        {
            response.StatusCode = left.Count > 1 && left.TryDequeue(out var next) ? next : left.TryPeek(out next) ? next : 200;
            if (response.StatusCode is 302) response.RedirectLocation = documents.Origin + "/elsewhere";
            return Task.CompletedTask;
        });
    }

    /// <summary>A client whose back channel answers when the test lets it.</summary>
    public ClientDefinition Slow(string id, Task release, bool sessionRequired = false) => Listen(id, sessionRequired, _ => release);

    /// <summary>A client whose back channel nobody listens at.</summary>
    public static ClientDefinition Down(string id) => Defined(id, false, $"http://127.0.0.1:{RunningServer.FreePort()}/{id}");

    /// <summary>The next notice of a client; fails the test when none comes within half a minute.</summary>
    public async Task<Notice> Next(string id)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        return await received[id].Reader.ReadAsync(patience.Token);
    }

    /// <summary>How many notices of a client have come that nobody has looked at.</summary>
    public int Waiting(string id) => received[id].Reader.Count;

    /// <summary>Host and port, as the server's log names them.</summary>
    public string Authority => new Uri(documents.Origin).Authority;

    /// <summary>How often a path was asked for.</summary>
    public int Hits(string path) => documents.Hits(documents.Origin + path);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => documents.DisposeAsync();

    private ClientDefinition Listen(string id, bool sessionRequired, Func<HttpListenerResponse, Task> answer)
    {
        var channel = received[id] = Channel.CreateUnbounded<Notice>();
        return Defined(id, sessionRequired, documents.Answer("/" + id, async context =>
        {
            using var reader = new StreamReader(context.Request.InputStream, Encoding.UTF8);
            var form = Page.Decode(await reader.ReadToEndAsync());
            channel.Writer.TryWrite(new(form, context.Request.ContentType, context.Request.Url!.Query, context.Request.RemoteEndPoint));
            await answer(context.Response);
        }));
    }

    private static ClientDefinition Defined(string id, bool sessionRequired, string url) =>
        new(id) { Further = LogoutClients.Members(("backchannel_logout_uri", url + "?kept=1"), ("backchannel_logout_session_required", sessionRequired)) };
}
