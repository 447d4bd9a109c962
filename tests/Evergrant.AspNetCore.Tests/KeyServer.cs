using System.Text;
using Evergrant.Jose;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Evergrant.AspNetCore.Tests;

/// <summary>Somebody who vouches for clients: a signing key, and a web server on this machine that publishes its public half.</summary>
internal sealed class KeyServer : IAsyncDisposable
{
    private readonly SigningKey _key;
    private readonly WebApplication _app;

    private KeyServer(SigningKey key, WebApplication app)
    {
        _key = key;
        _app = app;
    }

    public string Url => $"{_app.Urls.Single()}/jwks";

    public static async Task<KeyServer> StartAsync()
    {
        SigningKey key = SigningKey.Create(SignatureAlgorithm.ES256, "vouch");
        byte[] body = new JwkSet([key.PublicKey]).ToUtf8Json();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        WebApplication app = builder.Build();
        app.MapGet("/jwks", () => Results.Bytes(body, "application/jwk-set+json"));
        await app.StartAsync();
        return new KeyServer(key, app);
    }

    public async Task<string> SignAsync(string claims) => await SoftwareStatement.WriteAsync(_key, Encoding.UTF8.GetBytes(claims), default);

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _key.Dispose();
    }
}
