using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Evergrant.AspNetCore.Authorize;
using Evergrant.AspNetCore.Keys;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Keys;
using Evergrant.Protocol.Sessions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Evergrant.AspNetCore.Tests;

/// <summary>The libraries in a host of their own: one web client whose consent is implied, and alice, who is signed in.</summary>
internal sealed class Host : IAsyncDisposable
{
    public const string Issuer = "https://id.example";
    public const string Redirect = "https://app.example/cb";
    public const string Secret = "evs_the-secret-of-the-client";

    private readonly WebApplication _app;

    private Host(WebApplication app, MemoryStore store, List<string> log)
    {
        _app = app;
        Store = store;
        Log = log;
        Http = app.GetTestServer().CreateClient();
        Http.BaseAddress = new Uri(Issuer);
    }

    public MemoryStore Store { get; }

    public List<string> Log { get; }

    public HttpClient Http { get; }

    public WebApplication App => _app;

    public static async Task<Host> StartAsync(Func<ClaimsRequest, CancellationToken, ValueTask<ClaimSet?>>? claims = null, Action<IServiceCollection, MemoryStore>? more = null, EvergrantOptions? options = null)
    {
        var store = new MemoryStore();
        var secrets = new Secrets();
        store.Clients.Add(new Client
        {
            Issuer = Issuer, ClientId = "web", RedirectUris = [Redirect], Consent = ConsentRule.Implied, RequirePkce = false, MayIntrospect = true,
            GrantTypes = ["authorization_code", "refresh_token", "client_credentials"], Scopes = ["openid", "offline_access", "extra"],
            SecretHashes = [ClientSecret.Hash(Secret, secrets.Derive("client-secret"))],
        });
        var log = new List<string>();
        WebApplicationBuilder builder = WebApplication.CreateBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Trace).AddProvider(new Listening(log));
        builder.Services.AddSingleton<Protocol.Storage.IGrantStore>(store).AddSingleton<Protocol.Storage.IClientStore>(store).AddSingleton<Protocol.Storage.IKeyStore>(store);
        builder.Services.AddSingleton<IServerSecrets>(secrets).AddSingleton<IInteractions, SignedIn>();
        builder.Services.AddEvergrant(options ?? (claims is null
            ? new EvergrantOptions { Issuers = [new IssuerOptions { Issuer = Issuer }, new IssuerOptions { Issuer = Issuer + "/other" }] }
            : new EvergrantOptions { Issuers = [new IssuerOptions { Issuer = Issuer }], Claims = claims }));
        more?.Invoke(builder.Services, store);
        WebApplication app = builder.Build();
        app.UseRouting();
        app.UseEvergrantHeaders();
        app.MapEvergrant();
        await app.StartAsync();
        return new Host(app, store, log);
    }

    public Task<HttpResponseMessage> AuthorizeAsync(string more = "", string redirect = Redirect) =>
        Http.GetAsync(new Uri($"/authorize?client_id=web&response_type=code&scope=openid%20offline_access&state=s&redirect_uri={Uri.EscapeDataString(redirect)}{more}", UriKind.Relative));

    public Task<HttpResponseMessage> PostAsync(string path, params (string Name, string Value)[] form) =>
        Http.PostAsync(new Uri(path, UriKind.Relative), new FormUrlEncodedContent([new("client_id", "web"), new("client_secret", Secret), .. form.Select(f => KeyValuePair.Create(f.Name, f.Value))]));

    public async Task<string> CodeAsync()
    {
        using HttpResponseMessage response = await AuthorizeAsync();
        return Location(response)["code"];
    }

    public async Task<JsonElement> TokensAsync() => await Json(await RedeemAsync(await CodeAsync()));

    public Task<HttpResponseMessage> RedeemAsync(string code) => PostAsync("/token", ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", Redirect));

    public Task<HttpResponseMessage> RefreshAsync(string token) => PostAsync("/token", ("grant_type", "refresh_token"), ("refresh_token", token));

    public static async Task<JsonElement> Json(HttpResponseMessage response) => JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;

    /// <summary>The parameters of an authorization response; the redirect must lead to the client.</summary>
    public static Dictionary<string, string> Location(HttpResponseMessage response)
    {
        Assert.Equal(303, (int)response.StatusCode);
        string location = response.Headers.Location!.OriginalString;
        Assert.StartsWith(Redirect + "?", location, StringComparison.Ordinal);
        return location[(Redirect.Length + 1)..].Split('&').Select(p => p.Split('=')).ToDictionary(p => p[0], p => Uri.UnescapeDataString(p[1]));
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
    }

    private sealed class Secrets : IServerSecrets
    {
        public CredentialKeys Credentials { get; } = new([KeyValuePair.Create(1, new byte[32])]);

        public NumberedKeys Derive(string purpose) => new([KeyValuePair.Create(1, SHA256.HashData(Encoding.UTF8.GetBytes(purpose)))], 1);
    }

    private sealed class SignedIn(TimeProvider clock) : IInteractions
    {
        public ValueTask<IReadOnlyList<Session>> SessionsAsync(HttpContext http, CancellationToken cancellationToken)
        {
            DateTimeOffset now = clock.GetUtcNow();
            return new([new Session { Key = [1], Id = "sid", Subject = "alice", AuthTime = now.AddMinutes(-1), Amr = ["pwd"], SeenAt = now, IdleExpiresAt = now.AddHours(1), ExpiresAt = now.AddHours(1) }]);
        }

        public Task ShowSignInAsync(HttpContext http, SignInPage page) => http.Response.WriteAsync("sign-in");

        public Task ShowSelectAccountAsync(HttpContext http, SelectAccountPage page) => http.Response.WriteAsync("select-account");

        public Task ShowConsentAsync(HttpContext http, ConsentPage page) => http.Response.WriteAsync("consent");

        public Task ShowErrorAsync(HttpContext http, ErrorPage page) => http.Response.WriteAsync($"error {page.Error}");

        public Task ShowUserCodeAsync(HttpContext http, UserCodePage page) => http.Response.WriteAsync("user code");

        public Task ShowDeviceDoneAsync(HttpContext http, DeviceDonePage page) => http.Response.WriteAsync("done");

        public ValueTask<string?> FindAccountAsync(string hint, CancellationToken cancellationToken) => new((string?)null);

        public Task ShowSignOutAsync(HttpContext http, SignOutPage page) => http.Response.WriteAsync("sign out?");

        public Task ShowSignedOutAsync(HttpContext http, SignedOutPage page) => http.Response.WriteAsync("signed out");

        public ValueTask ForgetAsync(HttpContext http, IReadOnlyList<Session> sessions) => default;

        public Task ShowFormPostAsync(HttpContext http, FormPostPage page) => http.Response.WriteAsync("form");

        public Task ShowWebMessageAsync(HttpContext http, WebMessagePage page) => http.Response.WriteAsync("message");
    }

    private sealed class Listening(List<string> lines) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (lines) lines.Add($"{logLevel} {formatter(state, exception)} {exception}");
        }

        public void Dispose() { }
    }
}
