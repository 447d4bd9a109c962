using System.Security.Authentication;
using Evergrant.AspNetCore;
using Evergrant.Hosting.Settings;
using Evergrant.Pages;
using Evergrant.Protocol.Clients;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Options;

namespace Evergrant.Hosting;

/// <summary>The server as it listens: limits, who may speak for whom, and what is mapped where. Reads no settings but those it is given.</summary>
internal static class HttpServer
{
    private const int HeaderBytes = 16 * 1024;
    private const int RequestLineBytes = 8 * 1024;
    // The largest body that any endpoint declares; each has its own limit below it.
    private const long BodyBytes = 1 << 20;

    // Proxies one behind the other; each is believed only if it is listed.
    private const int MaxProxies = 5;

    /// <summary>Longest time that requests under way may take when the server stops.</summary>
    public static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(10);

    /// <summary>Builds the server; it does not listen yet.</summary>
    /// <exception cref="UnusableException">The process may open too few files.</exception>
    public static WebApplication Build(ServerSettings settings, OpenStore store, RootKeys root, TimeProvider time)
    {
        long? connections = Descriptors.ForClients(pool: store.Database is not null);
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "evergrant", ContentRootPath = AppContext.BaseDirectory });
        LogLines.Add(builder.Logging, settings.LogLevel);
        // Before Kestrel's own, which is then not added.
        builder.Services.AddSingleton<IConnectionListenerFactory>(s => new BoundedListeners(
            new SocketTransportFactory(s.GetRequiredService<IOptions<SocketTransportOptions>>(), s.GetRequiredService<ILoggerFactory>()), connections));
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => Configure(kestrel, settings, time));
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = DrainTime);
        builder.Services.Configure<ConsoleLifetimeOptions>(options => options.SuppressStatusMessages = true);
        builder.Services.AddHostFiltering(options =>
        {
            options.AllowedHosts = HostsOf(settings);
            options.AllowEmptyHosts = false;
            options.IncludeFailureMessage = false;
        });
        ServerServices.Add(builder.Services, settings, store, root, time);
        if (store.Clock is SteadyClock steady)
        {
            builder.Services.AddSingleton(steady);
            builder.Services.AddHostedService<ClockWatch>();
        }
        builder.Services.AddHostedService<KeyRotation>();
        builder.Services.AddHostedService<RootKeyWatch>();
        builder.Services.AddHostedService<CleanUp>();
        if (store.Database is null || settings.Development) builder.Services.AddHostedService<CommandSocket>();
        if (store.Database is not null) builder.Services.AddHostedService<NodeWatch>();
        builder.Services.AddHostedService<StoreWatch>();

        WebApplication app = builder.Build();
        // While the connection's own address is known: afterwards it is that of whom the proxy speaks for.
        if (settings.MutualTls?.Header is not null) app.UseMiddleware<CertificateHeaderGuard>();
        if (settings.TrustedProxies.Count > 0) app.UseForwardedHeaders(Forwarding(settings));
        // Routing first: the header policy goes by the endpoint's declaration.
        app.UseRouting();
        app.UseEvergrantHeaders();
        app.UseMiddleware<RootKeyGuard>();
        // Probes of a load balancer name the machine, not the issuer: health comes before the host is looked at.
        app.UseMiddleware<HealthProbes>();
        app.UseHostFiltering();
        if (!settings.Development) app.UseMiddleware<TransportGuard>();
        app.MapEvergrant();
        app.MapEvergrantPages([.. settings.Issuers.Select(ServerSettings.PathOf)], settings.Development, !settings.Demands.RefusesCreate);
        if (time is MovableClock clock) app.MapClock(clock);
        return app;
    }

    /// <summary>Starts listening.</summary>
    /// <exception cref="UnusableException">An address is taken or is not this machine's.</exception>
    public static async Task ListenAsync(WebApplication app, ServerSettings settings)
    {
        try
        {
            await app.StartAsync();
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            throw new UnusableException(settings.Development
                ? $"{Taken(settings, e)} is taken by another program; choose another address: evergrant start --urls http://localhost:5001"
                : $"{Taken(settings, e)} is taken by another program; choose another address in urls");
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
        {
            throw new UnusableException($"cannot listen on {string.Join(", ", settings.Urls)}: {e.Message}");
        }
    }

    private static string Taken(ServerSettings settings, Exception e) => settings.Urls.FirstOrDefault(u => e.Message.Contains(new Uri(u.Replace("://*", "://[::]", StringComparison.Ordinal)).Authority, StringComparison.Ordinal)) ?? settings.Urls[0];

    // reliability: every limit that a stranger meets before a request is understood.
    private static void Configure(KestrelServerOptions kestrel, ServerSettings settings, TimeProvider time)
    {
        kestrel.AddServerHeader = false;
        kestrel.AllowSynchronousIO = false;
        kestrel.Limits.MaxRequestHeadersTotalSize = HeaderBytes;
        kestrel.Limits.MaxRequestHeaderCount = 64;
        kestrel.Limits.MaxRequestLineSize = RequestLineBytes;
        kestrel.Limits.MaxRequestBodySize = BodyBytes;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(75);
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(240, TimeSpan.FromSeconds(5));
        kestrel.Limits.MinResponseDataRate = new MinDataRate(240, TimeSpan.FromSeconds(5));
        kestrel.Limits.Http2.MaxStreamsPerConnection = 100;
        // A connection that lies open takes some 20 kB; a quarter of the memory may go there.
        kestrel.Limits.MaxConcurrentConnections = Math.Clamp(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4 / 20_000, 1_000, 100_000);
        CertificateFile? certificate = settings.CertificatePath is { } path ? new CertificateFile(path, settings.CertificateKeyPath ?? path, Profile.Find(settings.Profile) is { IsFapi: true }, time) : null;
        IReadOnlyList<string> withCertificates = settings.MutualTls?.Urls ?? [];
        foreach ((string url, bool asks) in settings.Urls.Select(u => (u, false)).Concat(withCertificates.Select(u => (u, true))))
        {
            BindingAddress address = BindingAddress.Parse(url);
            Action<ListenOptions> options = listen =>
            {
                // HTTP/2 needs TLS to be agreed on.
                listen.Protocols = address.Scheme == "https" ? HttpProtocols.Http1AndHttp2 : HttpProtocols.Http1;
                if (address.Scheme == "https") listen.UseHttps(new Microsoft.AspNetCore.Server.Kestrel.Https.TlsHandshakeCallbackOptions { OnConnection = asks ? certificate!.AnswerAsking : certificate!.Answer, HandshakeTimeout = TimeSpan.FromSeconds(10) });
            };
            if (address.Host == "localhost") kestrel.ListenLocalhost(address.Port, options);
            else if (System.Net.IPAddress.TryParse(address.Host.Trim('[', ']'), out System.Net.IPAddress? ip)) kestrel.Listen(ip, address.Port, options);
            else kestrel.ListenAnyIP(address.Port, options);
        }
    }

    // The Host header never decides the issuer; here it is only refused when it names neither an issuer nor an address of this server.
    private static List<string> HostsOf(ServerSettings settings)
    {
        IEnumerable<string> named = settings.Issuers.Concat(settings.MutualTls?.Aliases is { } alias ? [alias] : Array.Empty<string>()).Concat(settings.Urls.Concat(settings.MutualTls?.Urls ?? []).Where(u => !u.Contains("://*", StringComparison.Ordinal) && !u.Contains("://+", StringComparison.Ordinal))).Select(u => new Uri(u).Host);
        return [.. (settings.Development ? named.Concat(["localhost", "127.0.0.1", "[::1]"]) : named).Distinct(StringComparer.OrdinalIgnoreCase)];
    }

    private static ForwardedHeadersOptions Forwarding(ServerSettings settings)
    {
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto, ForwardLimit = MaxProxies };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (System.Net.IPNetwork network in settings.TrustedProxies) options.KnownIPNetworks.Add(network);
        return options;
    }
}
