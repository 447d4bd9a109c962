using System.Text.Json;
using System.Threading.Channels;
using Evergrant.Specs.OidcRpInitiatedLogout;

namespace Evergrant.Specs.Ciba;

/// <summary>The notification endpoint of a client.</summary>
public sealed class NotificationReceiver : IAsyncDisposable
{
    private readonly DocumentServer documents = new();
    private readonly Channel<(string? Authorization, JsonElement Body)> received = Channel.CreateUnbounded<(string?, JsonElement)>();

    /// <summary>How often somebody followed its redirect.</summary>
    public int Elsewhere => documents.Hits(documents.Origin + "/elsewhere");

    /// <summary>A client that is told here, and answers with these statuses, the last one from then on.</summary>
    public ClientDefinition Client(string id, string mode, params int[] statuses) => CibaClients.CallCentre with
    {
        Id = id,
        GrantTypes = mode == "push" ? ["refresh_token"] : [CibaClients.GrantType, "refresh_token"],
        Further = LogoutClients.Members(("backchannel_token_delivery_mode", mode), ("backchannel_client_notification_endpoint", Endpoint(id, statuses))),
    };

    /// <summary>An endpoint that answers so, with a body where the status has one.</summary>
    public string Endpoint(string id, params int[] statuses)
    {
        var left = new Queue<int>(statuses);
        return documents.Answer("/" + id, async context =>
        {
            using var json = await JsonDocument.ParseAsync(context.Request.InputStream);
            var status = left.Count > 1 ? left.Dequeue() : left.Peek();
            context.Response.StatusCode = status;
            if (status == 302) context.Response.RedirectLocation = documents.Origin + "/elsewhere";
            Assert.Equal("application/json", context.Request.ContentType);
            if (status == 200) await context.Response.OutputStream.WriteAsync("{\"thanks\":true}"u8.ToArray());
            received.Writer.TryWrite((context.Request.Headers["Authorization"], json.RootElement.Clone()));
        });
    }

    /// <summary>How often an endpoint was told.</summary>
    public int Hits(string endpoint) => documents.Hits(endpoint);

    /// <summary>What it is told next.</summary>
    public async Task<(string? Authorization, JsonElement Body)> Next()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        return await received.Reader.ReadAsync(patience.Token);
    }

    public ValueTask DisposeAsync() => documents.DisposeAsync();
}
