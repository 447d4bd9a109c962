using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Web;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Playwright;
using Xunit;

namespace Evergrant.Pages.Tests.Browser;

/// <summary>A person in front of a browser window. What the console complains about fails the test at the end.</summary>
public sealed class Visitor : IAsyncDisposable
{
    private const string Verifier = "a-verifier-of-more-than-forty-three-characters-0123456789";
    private readonly Server _server;
    private readonly List<string> _complaints = [];

    public Visitor(Server server, IBrowserContext context, IPage page)
    {
        (_server, Context, Page) = (server, context, page);
        page.Console += (_, message) => { if (message.Type is "error" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal)) _complaints.Add(message.Text); };
        page.Response += (_, response) =>
        {
            if (!response.Request.IsNavigationRequest) return;
            if (response.Status is >= 300 and < 400) Redirects.Add(response.Status);
            else Shown = response;
        };
        page.PageError += (_, error) => _complaints.Add(error);
    }

    public IBrowserContext Context { get; }

    public IPage Page { get; }

    /// <summary>Statuses of the redirects that were followed.</summary>
    public List<int> Redirects { get; } = [];

    /// <summary>The answer that is shown.</summary>
    public IResponse? Shown { get; private set; }

    /// <summary>The client that the person uses: demo-native, or demo-web, whose consent is remembered because it proves who it is.</summary>
    public string Client { get; init; } = "demo-native";

    /// <summary>Opens a page of the server.</summary>
    public Task<IResponse?> GoAsync(string path) => Page.GotoAsync(_server.Issuer + path);

    /// <summary>Begins an authorization request.</summary>
    public async Task<IResponse> AuthorizeAsync(Landing landing, string scope = "openid profile offline_access notes:read", string extra = "")
    {
        string challenge = Base64UrlTextEncoder.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));
        return (await Page.GotoAsync($"{_server.Issuer}/authorize?response_type=code&client_id={Client}&redirect_uri={Uri.EscapeDataString(landing.Uri)}&scope={Uri.EscapeDataString(scope)}"
            + $"&state=s-1&nonce=n-1&code_challenge={challenge}&code_challenge_method=S256{extra}"))!;
    }

    /// <summary>Fills in the sign-in form and sends it.</summary>
    public async Task SignInAsync(string userName, string password = Server.Password)
    {
        await Page.FillAsync("#username", userName);
        await Page.FillAsync("#password", password);
        await Page.ClickAsync("button.primary");
    }

    /// <summary>Presses allow or deny.</summary>
    public Task DecideAsync(string decision) => Page.ClickAsync($"button[name=decision][value={decision}]");

    /// <summary>Waits until the client is reached; what came with it.</summary>
    public async Task<IReadOnlyDictionary<string, string>> ArriveAsync(Landing landing)
    {
        // That the browser is there is all that counts. Playwright's own wait for an address never ends when the browser arrives just before it begins.
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Page.FrameNavigated += Look;
        Look(null, Page.MainFrame);
        await arrived.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Page.FrameNavigated -= Look;
        System.Collections.Specialized.NameValueCollection query = HttpUtility.ParseQueryString(new Uri(Page.Url).Query);
        return query.AllKeys.ToDictionary(k => k!, k => query[k]!);

        void Look(object? sender, IFrame frame)
        {
            if (frame == Page.MainFrame && frame.Url.StartsWith(landing.Uri, StringComparison.Ordinal)) arrived.TrySetResult();
        }
    }

    /// <summary>Redeems the code that came.</summary>
    public Task<JsonElement> RedeemAsync(Landing landing, IReadOnlyDictionary<string, string> answer) => _server.TokenAsync(
        Client, ("grant_type", "authorization_code"), ("code", answer["code"]), ("redirect_uri", landing.Uri), ("code_verifier", Verifier));

    /// <summary>The page's only h1.</summary>
    public Task<string> HeadingAsync() => Page.InnerTextAsync("h1");

    public async ValueTask DisposeAsync()
    {
        await Context.CloseAsync();
        Assert.Empty(_complaints);
    }
}
