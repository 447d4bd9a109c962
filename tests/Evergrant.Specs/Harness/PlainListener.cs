namespace Evergrant.Specs.Harness;

/// <summary>A server in production that listens without TLS, as behind a proxy, and trusts these, or one that is somewhere else.</summary>
public sealed class PlainListener(params string[] proxies) : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("evg-").FullName;
    private EvergrantProgram? program;

    /// <summary>Where it listens.</summary>
    public string Address { get; } = $"http://127.0.0.1:{RunningServer.FreePort()}";

    /// <summary>Starts it; fails when it does not serve.</summary>
    public async Task Start()
    {
        var file = ProductionServer.WriteSettings(folder, new
        {
            data = folder,
            issuers = new[] { new { issuer = "https://auth.example" } },
            urls = new[] { Address },
            trusted_proxies = proxies.Length > 0 ? proxies : ["203.0.113.1"],
            postgres = new { connection = await Store.NewDatabase() },
        });
        await EvergrantProgram.Run("init", "--config", file);
        program = EvergrantProgram.Start("serve", "--config", file);
        using var http = NewHttp();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!program.HasExited && await timer.WaitForNextTickAsync())
        {
            try
            {
                using var answer = await http.GetAsync(new Uri(Address + "/.well-known/openid-configuration"));
                return;
            }
            catch (HttpRequestException)
            {
                // Not yet, or never: the process tells.
            }
        }

        throw new InvalidOperationException("The server did not start: " + program.Output);
    }

    /// <summary>A connection without redirects and cookies.</summary>
    public HttpClient NewHttp() => new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (program is not null) await program.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}
