using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Evergrant.Pages.Tests.Browser;

/// <summary>A client's redirect URI: it says that the browser has arrived, and shows what it brought.</summary>
public sealed class Landing : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Landing(WebApplication app) => _app = app;

    /// <summary>The redirect URI, on a port of its own.</summary>
    public string Uri { get; private set; } = "";

    /// <summary>Starts listening.</summary>
    public static async Task<Landing> OpenAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        WebApplication app = builder.Build();
        app.Run(async http =>
        {
            http.Response.ContentType = "text/html; charset=utf-8";
            string brought = http.Request.HasFormContentType ? string.Join('&', (await http.Request.ReadFormAsync()).Select(f => $"{f.Key}={f.Value}")) : "";
            await http.Response.WriteAsync($"<!DOCTYPE html><html lang=en><link rel=icon href=data:,><title>Arrived</title><h1>Arrived</h1><pre>{System.Net.WebUtility.HtmlEncode(brought)}</pre>");
        });
        await app.StartAsync();
        string address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return new Landing(app) { Uri = address + "/callback" };
    }

    /// <summary>Is named localhost from now on, which is another site than 127.0.0.1.</summary>
    public void UseLocalhost() => Uri = Uri.Replace("127.0.0.1", "localhost", StringComparison.Ordinal);

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
