using Evergrant.Accounts;
using Evergrant.AspNetCore;
using Evergrant.AspNetCore.Authorize;
using Evergrant.Pages.QrCodes;
using Evergrant.Pages.Views;
using Evergrant.Playground;

namespace Evergrant.Pages;

/// <summary>The map of the pages: every route, what it declares, and the file that serves it.</summary>
internal static class PageRoutes
{
    private static readonly EndpointRule Page = new()
    {
        Name = "Pages", Source = "docs/operations/headers.md", Caller = Caller.Browser, Cors = Cors.Never, Caching = Caching.NoStore, BodyLimit = PageForm.BodyLimit, Headers = HeaderSet.Page,
    };

    private static readonly EndpointRule Qr = Page with { Name = "DeviceQr", Source = "RFC 8628 section 3.3.1", Caller = Caller.Anyone, BodyLimit = 0, Headers = HeaderSet.Asset };

    private static readonly EndpointRule Asset = Page with { Name = "Assets", Caller = Caller.Anyone, Caching = Caching.Public, BodyLimit = 0, Headers = HeaderSet.Asset };

    /// <summary>Adds accounts, sessions and pages. They need the stores, IServerSecrets, TimeProvider, and of AddEvergrant: IAuthorizeContinuation and Explainer.</summary>
    public static IServiceCollection AddEvergrantPages(this IServiceCollection services)
    {
        services.AddEvergrantAccounts();
        services.AddSingleton<PageWriter>();
        services.AddSingleton<FormTokens>();
        services.AddSingleton<BrowserSessions>();
        services.AddSingleton<AllowedApps>();
        services.AddSingleton<PageInteractions>();
        services.AddSingleton<IInteractions>(s => s.GetRequiredService<PageInteractions>());
        services.AddSingleton<SignInEndpoint>();
        services.AddSingleton<RegisterEndpoint>();
        services.AddSingleton<SignOutEndpoint>();
        services.AddSingleton<AccountEndpoint>();
        services.AddSingleton<ExplainEndpoint>();
        services.AddSingleton<DeviceQrEndpoint>();
        services.AddSingleton<PlaygroundDoor>();
        return services;
    }

    /// <summary>Maps the pages.</summary>
    /// <param name="routes">Where to.</param>
    /// <param name="pathPrefixes">Path of each issuer, without a trailing slash: "" or "/tenant". The first one's sign-in serves the operator pages.</param>
    /// <param name="development">Whether the playground and its aids are offered.</param>
    /// <param name="selfRegistration">Whether people may make accounts for themselves.</param>
    public static void MapEvergrantPages(this IEndpointRouteBuilder routes, IReadOnlyList<string> pathPrefixes, bool development, bool selfRegistration = false)
    {
        foreach (string prefix in pathPrefixes.Distinct())
        {
            Get<SignInEndpoint>(routes, prefix + "/sign-in", "SignIn", (e, http) => e.ShowAsync(http, prefix));
            Post<SignInEndpoint>(routes, prefix + "/sign-in", "SignIn", (e, http) => e.PostAsync(http, prefix));
            if (selfRegistration) Post<RegisterEndpoint>(routes, prefix + "/sign-up", "SignUp", (e, http) => e.PostAsync(http));
            Post<SignInEndpoint>(routes, prefix + "/select-account", "SelectAccount", (e, http) => e.SelectAsync(http));
            Get<SignOutEndpoint>(routes, prefix + "/sign-out", "SignOut", (e, http) => e.ShowAsync(http, prefix));
            Post<SignOutEndpoint>(routes, prefix + "/sign-out", "SignOut", (e, http) => e.PostAsync(http, prefix));
            Get<AccountEndpoint>(routes, prefix + "/account", "Account", (e, http) => e.ShowAsync(http, prefix));
            routes.MapMethods(prefix + "/device/qr", ["GET", "HEAD"], http => http.RequestServices.GetRequiredService<DeviceQrEndpoint>().ShowAsync(http)).WithMetadata(Qr);
            Post<AccountEndpoint>(routes, prefix + "/account", "Account", (e, http) => e.RemoveAsync(http, prefix));
        }
        string first = pathPrefixes[0];
        Get<ExplainEndpoint>(routes, "/admin/explain", "Explain", (e, http) => e.ShowAsync(http, first), Caller.Operator);
        Post<ExplainEndpoint>(routes, "/admin/explain", "Explain", (e, http) => e.PostAsync(http, first), Caller.Operator);
        Get<PageWriter>(routes, "/", "Home", (w, http) => w.WriteAsync<HomePage>(http, new HomeView(development, pathPrefixes)), Caller.Anyone);
        routes.MapMethods(PageAssets.CssPath, ["GET", "HEAD"], PageAssets.WriteCssAsync).WithMetadata(Asset);
        routes.MapMethods(PageAssets.IconPath, ["GET", "HEAD"], PageAssets.WriteIconAsync).WithMetadata(Asset);
        if (development) routes.MapPlayground();
    }

    private static void Get<T>(IEndpointRouteBuilder routes, string path, string name, Func<T, HttpContext, Task> answer, Caller caller = Caller.Browser) where T : notnull =>
        routes.MapMethods(path, ["GET", "HEAD"], http => answer(http.RequestServices.GetRequiredService<T>(), http))
            .WithMetadata(Page with { Name = name, Caller = caller, BodyLimit = 0 });

    private static void Post<T>(IEndpointRouteBuilder routes, string path, string name, Func<T, HttpContext, Task> answer, Caller caller = Caller.Browser) where T : notnull =>
        routes.MapPost(path, http => answer(http.RequestServices.GetRequiredService<T>(), http)).WithMetadata(Page with { Name = name, Caller = caller });
}
