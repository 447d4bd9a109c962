using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Evergrant.AspNetCore;
using Evergrant.AspNetCore.Authorize;
using Evergrant.AspNetCore.Keys;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Keys;
using Evergrant.Protocol.Policies;
using Evergrant.Protocol.Sessions;
using Evergrant.Protocol.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Evergrant.Policies.Tests.Hosts;

/// <summary>The server in this process on a real store, with all policies of the suite declared. Whoever names a user in a header is signed in as that user.</summary>
internal sealed class PolicyHost : IAsyncDisposable
{
    public const string Issuer = "https://id.example";
    public const string Redirect = "https://app.example/cb";
    public const string Secret = "evs_the-secret-of-the-client";
    public const string Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    public const string Challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    public const string UserHeader = "X-User";

    private static readonly string[] Scopes = ["a", "b", "c", "refresh_token", "wl.offline_access", "extended", "https://mail.example"];

    private readonly WebApplication _app;
    private readonly OpenStore _store;
    private readonly byte[] _secretHash;
    private int _users;

    private PolicyHost(WebApplication app, OpenStore store, byte[] secretHash)
    {
        (_app, _store, _secretHash) = (app, store, secretHash);
        TestServer server = app.GetTestServer();
        server.PreserveExecutionContext = true;
        Http = server.CreateClient();
        Http.BaseAddress = new Uri(Issuer);
    }

    public HttpClient Http { get; }

    public IGrantStore Grants => _store.Grants;

    public static async Task<PolicyHost> StartAsync(OpenStore store, IEnumerable<PolicyDocument> policies)
    {
        var secrets = new Secrets();
        foreach (PolicyDocument policy in policies) await store.Clients.SavePolicyAsync(policy, default);
        foreach (string scope in Scopes) await store.Clients.SaveScopeAsync(new ScopeDescription(scope), default);
        WebApplicationBuilder builder = WebApplication.CreateBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<TimeProvider>(new CaseClock());
        builder.Services.AddSingleton(store.Grants).AddSingleton(store.Clients).AddSingleton(store.Keys);
        builder.Services.AddSingleton<IServerSecrets>(secrets).AddSingleton<IInteractions, HeaderSessions>();
        // Keys that sign for centuries: cases are at different times.
        builder.Services.AddEvergrant(new EvergrantOptions { Issuers = [new IssuerOptions { Issuer = Issuer }], KeyTimes = new KeyTimes { Sign = TimeSpan.FromDays(36_500) } });
        WebApplication app = builder.Build();
        app.UseRouting();
        app.UseEvergrantHeaders();
        app.MapEvergrant();
        await app.StartAsync();
        return new PolicyHost(app, store, ClientSecret.Hash(Secret, secrets.Derive("client-secret")));
    }

    /// <summary>Registers a client of a variant.</summary>
    public async Task<string> RegisterAsync(string clientId, Variant variant)
    {
        bool isPublic = variant.Type != "web";
        await _store.Clients.SaveClientAsync(new Client
        {
            Issuer = Issuer, ClientId = clientId, RedirectUris = [Redirect], Consent = ConsentRule.Implied, RequirePkce = isPublic, MayIntrospect = !isPublic,
            ApplicationType = variant.Type switch { "native" => ApplicationType.Native, "browser" => ApplicationType.Browser, _ => ApplicationType.Web },
            AuthenticationMethod = isPublic ? ClientAuthenticationMethod.None : ClientAuthenticationMethod.ClientSecretPost,
            GrantTypes = isPublic ? ["authorization_code", "refresh_token"] : ["authorization_code", "refresh_token", "client_credentials"],
            Scopes = [.. Scopes, "offline_access"], Flags = variant.Flags, SecretHashes = isPublic ? [] : [_secretHash],
            Policy = variant.Policy.Length == 0 ? null : PolicyDocument.Parse(JsonDocument.Parse($"\"{variant.Policy}\"").RootElement, "", [], isPublic),
        }, default);
        return clientId;
    }

    /// <summary>Registers the client that looks at tokens.</summary>
    public Task<string> RegisterLookerAsync() => RegisterAsync("looker", new Variant("", "web", "a", new Dictionary<string, string>(), []));

    /// <summary>A user nobody else has, signed in.</summary>
    public async Task<string> SignInAsync()
    {
        string user = "u" + Interlocked.Increment(ref _users);
        await Grants.CommitAsync(new CreateSession(HeaderSessions.Of(user)), null, default);
        return user;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
        await _store.DisposeAsync();
    }

    private sealed class Secrets : IServerSecrets
    {
        public CredentialKeys Credentials { get; } = new([KeyValuePair.Create(1, new byte[32])]);

        public NumberedKeys Derive(string purpose) => new([KeyValuePair.Create(1, SHA256.HashData(Encoding.UTF8.GetBytes(purpose)))], 1);
    }

    private sealed class HeaderSessions : IInteractions
    {
        public static Session Of(string user) => new()
        {
            Key = SHA256.HashData(Encoding.UTF8.GetBytes(user)), Id = "sid-" + user, Subject = user, AuthTime = CaseClock.At, Amr = ["pwd"], SeenAt = CaseClock.At,
            IdleExpiresAt = CaseClock.At.AddHours(1), ExpiresAt = CaseClock.At.AddHours(1),
        };

        public ValueTask<IReadOnlyList<Session>> SessionsAsync(HttpContext http, CancellationToken cancellationToken) =>
            new(http.Request.Headers[UserHeader].ToString() is { Length: > 0 } user ? [Of(user)] : []);

        public Task ShowSignInAsync(HttpContext http, SignInPage page) => http.Response.WriteAsync("sign-in", http.RequestAborted);

        public Task ShowSelectAccountAsync(HttpContext http, SelectAccountPage page) => http.Response.WriteAsync("select-account", http.RequestAborted);

        public Task ShowConsentAsync(HttpContext http, ConsentPage page) => http.Response.WriteAsync("consent", http.RequestAborted);

        public Task ShowErrorAsync(HttpContext http, ErrorPage page) => http.Response.WriteAsync($"error {page.Error}", http.RequestAborted);

        public Task ShowUserCodeAsync(HttpContext http, UserCodePage page) => http.Response.WriteAsync("user code", http.RequestAborted);

        public Task ShowDeviceDoneAsync(HttpContext http, DeviceDonePage page) => http.Response.WriteAsync("done", http.RequestAborted);

        public ValueTask<string?> FindAccountAsync(string hint, CancellationToken cancellationToken) => new((string?)null);

        public Task ShowSignOutAsync(HttpContext http, SignOutPage page) => http.Response.WriteAsync("sign out?", http.RequestAborted);

        public Task ShowSignedOutAsync(HttpContext http, SignedOutPage page) => http.Response.WriteAsync("signed out", http.RequestAborted);

        public ValueTask ForgetAsync(HttpContext http, IReadOnlyList<Session> sessions) => default;

        public Task ShowFormPostAsync(HttpContext http, FormPostPage page) => http.Response.WriteAsync("form", http.RequestAborted);

        public Task ShowWebMessageAsync(HttpContext http, WebMessagePage page) => http.Response.WriteAsync("message", http.RequestAborted);
    }
}
