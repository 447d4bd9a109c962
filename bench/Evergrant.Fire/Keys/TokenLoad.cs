using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json;
using Evergrant.Fire.Servers;

namespace Evergrant.Fire.Keys;

/// <summary>Clients that ask for JWT access tokens and ID Tokens without pause, while keys change. Every token is kept for the ledger.</summary>
internal sealed class TokenLoad : IAsyncDisposable
{
    private readonly HttpClient _http = new();
    private readonly Uri _token;
    private readonly IReadOnlyList<(string Id, string Secret, int Weight)> _clients;
    private readonly ConcurrentQueue<ReturnedToken> _returned = new();
    private readonly CancellationTokenSource _end = new();
    private readonly Task[] _lanes;
    private volatile ImmutableHashSet<string> _withdrawn = [];

    private TokenLoad(Cluster cluster, IReadOnlyList<(string, string, int)> clients, int lanes, int seed)
    {
        _token = new Uri(cluster.Issuer + "/token");
        _clients = clients;
        _lanes = [.. Enumerable.Range(0, lanes).Select(i => Task.Run(() => RunAsync(new Random(seed + i))))];
    }

    /// <summary>Declares the clients, one for each algorithm, with access tokens that live for days, and begins.</summary>
    public static async Task<TokenLoad> StartAsync(Cluster cluster, int lanes, int seed, CancellationToken cancellationToken)
    {
        (string Algorithm, string Life, int Weight)[] kinds = [("ES256", "1.00:00:00", 90), ("RS256", "7.00:00:00", 8), ("PS256", "1.00:00:00", 2)];
        string file = Path.Combine(cluster.Nodes[0].Plan.Folder, "key-clients.json");
        string clients = string.Join(',', kinds.Select(k =>
            $$$"""{"issuer":"{{{cluster.Issuer}}}","client_id":"signed-{{{k.Algorithm}}}","grant_types":["client_credentials"],"response_types":[],"scope":"notes:read","resources":["https://notes.example"],"access_token_format":"jwt","access_token_signed_alg":"{{{k.Algorithm}}}","policy":{"access_token_lifetime":"{{{k.Life}}}"}}"""));
        await File.WriteAllTextAsync(file, $$"""{"clients":[{{clients}}]}""", cancellationToken);
        using JsonDocument said = JsonDocument.Parse(await cluster.CommandAsync(["apply", "-f", file, "--json", "--yes"], cancellationToken));
        JsonElement[] made = [.. said.RootElement.GetProperty("changes").EnumerateArray()];
        return new TokenLoad(cluster, [.. kinds.Select((k, i) => (made[i].GetProperty("id").GetString()!, made[i].GetProperty("client_secret").GetString()!, k.Weight))], lanes, seed);
    }

    /// <summary>Says that a withdrawal was confirmed: tokens that are asked for from now on must not be of this key.</summary>
    public void Withdrawn(string kid) => _withdrawn = _withdrawn.Add(kid);

    /// <summary>Takes what was returned so far.</summary>
    public IEnumerable<ReturnedToken> Take()
    {
        for (int i = _returned.Count; i > 0 && _returned.TryDequeue(out ReturnedToken? token); i--) yield return token;
    }

    /// <summary>Waits until more tokens have been returned.</summary>
    public async Task WaitAsync(int more, CancellationToken cancellationToken)
    {
        while (_returned.Count < more)
        {
            if (_lanes.FirstOrDefault(l => l.IsFaulted) is { } faulted) await faulted;
            await Task.Delay(1, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await Task.WhenAll(_lanes).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _http.Dispose();
        _end.Dispose();
    }

    private async Task RunAsync(Random random)
    {
        while (!_end.IsCancellationRequested)
        {
            int at = random.Next(_clients.Sum(c => c.Weight)), kind = 0;
            while ((at -= _clients[kind].Weight) >= 0) kind++;
            ImmutableHashSet<string> withdrawn = _withdrawn;
            using HttpResponseMessage reply = await _http.PostAsync(_token, new FormUrlEncodedContent([
                new("grant_type", "client_credentials"), new("client_id", _clients[kind].Id), new("client_secret", _clients[kind].Secret)]), _end.Token);
            string body = await reply.Content.ReadAsStringAsync(_end.Token);
            if (!reply.IsSuccessStatusCode) throw new InvalidDataException($"{(int)reply.StatusCode} to a request for a token: {body}");
            using JsonDocument json = JsonDocument.Parse(body);
            _returned.Enqueue(new(json.RootElement.GetProperty("access_token").GetString()!, withdrawn));
            // The ledger shall keep up.
            while (_returned.Count > 2_000) await Task.Delay(1, _end.Token);
        }
    }
}
