using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Evergrant.Protocol.Outbound;
using Microsoft.Extensions.Logging;

namespace Evergrant.AspNetCore.Outbound;

/// <summary>The only way out: every request that this server makes to a URL which somebody else has named. The name is resolved once, all its addresses are judged, and the connection is made
/// to one of those. No redirects, cookies, proxies or compression; bounded in size, time and number.</summary>
internal sealed partial class OutboundFetcher : IDisposable
{
    private const int HeaderKilobytes = 16;

    // What failed is answered no sooner than this, so that the time tells nothing about names and ports inside.
    private static readonly TimeSpan FailureFloor = TimeSpan.FromMilliseconds(300);
    private static readonly HttpRequestOptionsKey<IPAddress[]> Checked = new("addresses");

    private readonly OutboundRules _rules;
    private readonly OutboundOptions _options;
    private readonly ILogger<OutboundFetcher> _log;
    private readonly HttpMessageInvoker _http;
    private readonly Dictionary<string, Gate> _hosts = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _places;

    public OutboundFetcher(EvergrantOptions options, ILogger<OutboundFetcher> log)
    {
        _options = options.Outbound;
        _log = log;
        _places = new SemaphoreSlim(_options.Concurrent);
        _rules = new OutboundRules(_options.AllowedHosts, options.Development, [.. options.Issuers.Select(i => OutboundRules.AuthorityOf(new Uri(i.Issuer))).Distinct()]);
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            AutomaticDecompression = DecompressionMethods.None,
            MaxResponseHeadersLength = HeaderKilobytes,
            MaxResponseDrainSize = 0,
            ConnectCallback = ConnectAsync,
            // One request each: it goes to an address that was judged for it, and never into a connection that the other side is just closing, which would lose what is told only once in a while.
            PooledConnectionLifetime = TimeSpan.Zero,
            ActivityHeadersPropagator = null,
        });
    }

    /// <summary>Whether anything would be fetched from a URL at all; nothing is resolved yet.</summary>
    public bool Allows(string url) => _rules.Judge(url) is not null;

    /// <summary>Fetches a document.</summary>
    /// <param name="url">Its URL as somebody named it.</param>
    /// <param name="kind">What it may be.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<FetchOutcome> GetAsync(string url, DocumentKind kind, CancellationToken cancellationToken) =>
        SendAsync(url, kind.Name, HttpMethod.Get, null, null, TimeSpan.Zero, (response, c) => ReadAsync(response, kind, c), cancellationToken);

    /// <summary>Posts to a URL and looks at the status alone: 200 and 204 are success. Waits for its turn as long as a fetch may take: what is told to one client many times at once is told.</summary>
    /// <param name="url">The URL as somebody named it.</param>
    /// <param name="purpose">For the log, e.g. backchannel_logout_uri.</param>
    /// <param name="body">The body with its type.</param>
    /// <param name="authorization">The Authorization header; null for none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<FetchFault> PostAsync(string url, string purpose, HttpContent body, AuthenticationHeaderValue? authorization, CancellationToken cancellationToken) => (await SendAsync(
        url, purpose, HttpMethod.Post, body, authorization, _options.Timeout,
        (response, _) => new(new FetchOutcome(null, JudgePosted(response.StatusCode))), cancellationToken)).Fault;

    private static FetchFault JudgePosted(HttpStatusCode status) => status switch
    {
        HttpStatusCode.OK or HttpStatusCode.NoContent => FetchFault.None,
        HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests => FetchFault.StatusNotOk,
        >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError => FetchFault.Refused,
        _ => FetchFault.StatusNotOk,
    };

    public void Dispose()
    {
        _http.Dispose();
        _places.Dispose();
    }

    private async ValueTask<FetchOutcome> SendAsync(
        string url, string purpose, HttpMethod method, HttpContent? body, AuthenticationHeaderValue? authorization, TimeSpan patience,
        Func<HttpResponseMessage, CancellationToken, ValueTask<FetchOutcome>> read, CancellationToken cancellationToken)
    {
        if (_rules.Judge(url) is not { } uri) return new(null, Told(FetchFault.UrlNotAllowed, purpose, null));
        string host = OutboundRules.AuthorityOf(uri);
        if (!await EnterAsync(host, patience, cancellationToken)) return new(null, Told(FetchFault.Busy, purpose, host));
        long began = Stopwatch.GetTimestamp();
        FetchOutcome outcome;
        try
        {
            using var time = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            time.CancelAfter(_options.Timeout);
            using var request = new HttpRequestMessage(method, uri) { Content = body, Version = HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
            request.Headers.TryAddWithoutValidation("User-Agent", "Evergrant");
            request.Headers.TryAddWithoutValidation("Accept", "application/json, */*;q=0.5");
            request.Headers.TryAddWithoutValidation("Accept-Encoding", "identity");
            request.Headers.Authorization = authorization;
            request.Headers.ConnectionClose = true;
            outcome = await SendAsync(request, uri, read, time.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            outcome = new(null, FetchFault.TimedOut);
        }
        catch (Exception exception) when (exception is HttpRequestException or SocketException or IOException or FormatException or InvalidOperationException)
        {
            outcome = new(null, FetchFault.Unreachable);
        }
        finally
        {
            Leave(host);
        }
        if (outcome.Fault == FetchFault.None) return outcome;
        Told(outcome.Fault, purpose, host);
        TimeSpan rest = FailureFloor - Stopwatch.GetElapsedTime(began);
        if (rest > TimeSpan.Zero) await Task.Delay(rest, cancellationToken);
        return outcome;
    }

    private async ValueTask<FetchOutcome> SendAsync(HttpRequestMessage request, Uri uri, Func<HttpResponseMessage, CancellationToken, ValueTask<FetchOutcome>> read, CancellationToken cancellationToken)
    {
        IPAddress[] addresses;
        try
        {
            addresses = IPAddress.TryParse(uri.Host, out IPAddress? literal) ? [literal]
                : await (_options.Resolve is { } resolve ? resolve(uri.IdnHost, cancellationToken) : Dns.GetHostAddressesAsync(uri.IdnHost, cancellationToken));
        }
        catch (SocketException)
        {
            addresses = [];
        }
        if (!_rules.MayConnect(uri, addresses)) return new(null, FetchFault.AddressNotAllowed);
        request.Options.Set(Checked, addresses);
        using HttpResponseMessage response = await _http.SendAsync(request, cancellationToken);
        return await read(response, cancellationToken);
    }

    // The addresses that were judged, and no other: the name is not asked again.
    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        if (!context.InitialRequestMessage.Options.TryGetValue(Checked, out IPAddress[]? addresses)) throw new InvalidOperationException("A connection is made to addresses that were judged.");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async ValueTask<FetchOutcome> ReadAsync(HttpResponseMessage response, DocumentKind kind, CancellationToken cancellationToken)
    {
        if (response.StatusCode != HttpStatusCode.OK) return new(null, FetchFault.StatusNotOk);
        string type = response.Content.Headers.ContentType?.MediaType?.ToLowerInvariant() ?? "";
        if (!kind.Accepts(type) || response.Content.Headers.ContentEncoding.Count > 0) return new(null, FetchFault.WrongType);
        if (response.Content.Headers.ContentLength > kind.LargestBytes) return new(null, FetchFault.TooLarge);
        byte[] buffer = new byte[kind.LargestBytes + 1];
        int length = 0, read;
        await using Stream stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        while ((read = await stream.ReadAsync(buffer.AsMemory(length), cancellationToken)) > 0)
        {
            length += read;
            if (length > kind.LargestBytes) return new(null, FetchFault.TooLarge);
        }
        CacheControlHeaderValue? cache = response.Headers.CacheControl;
        TimeSpan? age = cache is null ? null : cache.NoStore || cache.NoCache ? TimeSpan.Zero : cache.MaxAge;
        return new(new FetchedDocument(buffer[..length], type, age), FetchFault.None);
    }

    private async ValueTask<bool> EnterAsync(string host, TimeSpan patience, CancellationToken cancellationToken)
    {
        Gate? gate;
        lock (_hosts)
        {
            if (!_hosts.TryGetValue(host, out gate)) _hosts.Add(host, gate = new Gate(Math.Max(1, _options.Concurrent / 4)));
            gate.Users++;
        }
        bool atGate = false, entered = false;
        try
        {
            atGate = await gate.Places.WaitAsync(patience, cancellationToken);
            return entered = atGate && await _places.WaitAsync(patience, cancellationToken);
        }
        finally
        {
            if (!entered) LeaveGate(host, gate, atGate);
        }
    }

    private void Leave(string host)
    {
        _places.Release();
        Gate gate;
        lock (_hosts) gate = _hosts[host];
        LeaveGate(host, gate, hadPlace: true);
    }

    // Names come from strangers: a host at which nobody is any more is forgotten.
    private void LeaveGate(string host, Gate gate, bool hadPlace)
    {
        if (hadPlace) gate.Places.Release();
        lock (_hosts)
        {
            if (--gate.Users > 0) return;
            _hosts.Remove(host);
        }
        gate.Places.Dispose();
    }

    private FetchFault Told(FetchFault fault, string purpose, string? host)
    {
        LogFault(_log, purpose, host, fault);
        return fault;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Nothing was fetched for {Purpose} from {Host}: {Fault}")]
    private static partial void LogFault(ILogger logger, string purpose, string? host, FetchFault fault);

    /// <summary>The places at one host.</summary>
    private sealed class Gate(int places)
    {
        public SemaphoreSlim Places { get; } = new(places);

        /// <summary>Who has a place or waits for one; under the lock of all hosts.</summary>
        public int Users { get; set; }
    }
}
