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

    /// <summary>What came: the form and the type of its body.</summary>
    public sealed record Notice(IReadOnlyList<(string Name, string Value)> Form, string? ContentType, string Query)
    {
        /// <summary>The only parameter, taken apart.</summary>
        public Jwt Token => Jwt.Parse(Assert.Single(Form, p => p.Name == "logout_token").Value);
    }

    /// <summary>A client whose back channel answers with these statuses, the last one for good; 0 hangs up.</summary>
    public ClientDefinition Client(string id, bool sessionRequired = false, params int[] statuses)
    {
        var left = new ConcurrentQueue<int>(statuses.Length == 0 ? [200] : statuses);
        var channel = received[id] = Channel.CreateUnbounded<Notice>();
        var url = documents.Answer("/" + id, async context =>
        {
            using var reader = new StreamReader(context.Request.InputStream, Encoding.UTF8);
            var form = Page.Decode(await reader.ReadToEndAsync());
            channel.Writer.TryWrite(new(form, context.Request.ContentType, context.Request.Url!.Query));
            var status = left.Count > 1 && left.TryDequeue(out var next) ? next : left.TryPeek(out next) ? next : 200;
            if (status == 0) context.Response.Abort();
            else context.Response.StatusCode = status;
            if (status is 302) context.Response.RedirectLocation = documents.Origin + "/elsewhere";
        });
        return new ClientDefinition(id) { Further = LogoutClients.Members(("backchannel_logout_uri", url + "?kept=1"), ("backchannel_logout_session_required", sessionRequired)) };
    }

    /// <summary>A client whose back channel answers when the test lets it.</summary>
    public ClientDefinition Slow(string id, TaskCompletionSource release)
    {
        var url = documents.Answer("/" + id, _ => release.Task);
        return new ClientDefinition(id) { Further = LogoutClients.Members(("backchannel_logout_uri", url)) };
    }

    /// <summary>The next notice of a client; fails the test when none comes within half a minute.</summary>
    public async Task<Notice> Next(string id)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        return await received[id].Reader.ReadAsync(patience.Token);
    }

    /// <summary>How many notices of a client have come that nobody has looked at.</summary>
    public int Waiting(string id) => received[id].Reader.Count;

    /// <summary>How often a path was asked for.</summary>
    public int Hits(string path) => documents.Hits(documents.Origin + path);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => documents.DisposeAsync();
}
