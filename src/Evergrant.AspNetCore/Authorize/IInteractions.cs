using Evergrant.Protocol.Sessions;
using Microsoft.AspNetCore.Http;

namespace Evergrant.AspNetCore.Authorize;

/// <summary>The seam to whoever knows the End-Users: which of them are signed in in a browser, and the pages that ask them.</summary>
/// <remarks>A page carries <see cref="InteractionPage.Ticket"/> in a hidden field and posts it back. When a sign-in page has done its work it calls
/// <see cref="IAuthorizeContinuation.ContinueAsync"/>, which decides again from the start with the session that now stands.</remarks>
public interface IInteractions
{
    /// <summary>The live sessions of the browser, the one in use first; empty when nobody is signed in. They are rows of the grant store: no grant is made in a session that is not there.</summary>
    /// <param name="http">The request, for its cookies.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<IReadOnlyList<Session>> SessionsAsync(HttpContext http, CancellationToken cancellationToken);

    /// <summary>Finds the End-User whom a client means (login_hint of CIBA Core section 7.1): by what they are called here, or by account id.</summary>
    /// <param name="hint">As the client sent it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Account id; null for nobody, or somebody who may not sign in now.</returns>
    ValueTask<string?> FindAccountAsync(string hint, CancellationToken cancellationToken);

    /// <summary>Asks the End-User to sign in (status 200).</summary>
    /// <param name="http">The request to answer.</param>
    /// <param name="page">What to show.</param>
    Task ShowSignInAsync(HttpContext http, SignInPage page);

    /// <summary>Asks which of the signed-in accounts to use, or another one.</summary>
    /// <param name="http">The request to answer.</param>
    /// <param name="page">What to show.</param>
    Task ShowSelectAccountAsync(HttpContext http, SelectAccountPage page);

    /// <summary>Asks for consent. The form posts <c>decision</c> (allow or deny), <c>ticket</c> and, as <c>without</c>, the scope values that the End-User leaves out to the page's action.</summary>
    /// <param name="http">The request to answer.</param>
    /// <param name="page">What to show.</param>
    Task ShowConsentAsync(HttpContext http, ConsentPage page);

    /// <summary>Tells the End-User that a request cannot be answered at its redirect URI. The response status is set by the caller.</summary>
    /// <param name="http">The request to answer.</param>
    /// <param name="page">What to show.</param>
    Task ShowErrorAsync(HttpContext http, ErrorPage page);

    /// <summary>Asks for the code that a device shows (RFC 8628 section 3.3). The form posts <c>user_code</c> to the page's action. The response status is set by the caller.</summary>
    /// <param name="http">The request to answer.</param>
    /// <param name="page">What to show.</param>
    Task ShowUserCodeAsync(HttpContext http, UserCodePage page);

    /// <summary>Tells the End-User that a device's request is answered, and to go back to the device.</summary>
    /// <param name="http">The request to answer.</param>
    /// <param name="page">What to show.</param>
    Task ShowDeviceDoneAsync(HttpContext http, DeviceDonePage page);

    /// <summary>Asks whether to sign out (OpenID Connect RP-Initiated Logout section 2). The form posts <c>sign_out</c> (yes or no) and <c>ticket</c> to the page's action.</summary>
    /// <param name="http">The request to answer.</param>
    /// <param name="page">What to show.</param>
    Task ShowSignOutAsync(HttpContext http, SignOutPage page);

    /// <summary>Tells the End-User that they are signed out, loads what the browser has to load for it, and leads on.</summary>
    /// <param name="http">The request to answer.</param>
    /// <param name="page">What to show.</param>
    Task ShowSignedOutAsync(HttpContext http, SignedOutPage page);

    /// <summary>Makes the browser forget sessions that have ended; their rows are gone.</summary>
    /// <param name="http">The request to answer, for its cookies.</param>
    /// <param name="sessions">Which.</param>
    ValueTask ForgetAsync(HttpContext http, IReadOnlyList<Session> sessions);

    /// <summary>Writes the page that posts an authorization response to the client by itself (OAuth 2.0 Form Post Response Mode), with a button for browsers without scripts.</summary>
    /// <param name="http">The request to answer.</param>
    /// <param name="page">What to post where.</param>
    Task ShowFormPostAsync(HttpContext http, FormPostPage page);

    /// <summary>Writes the page that sends an authorization response to the window which opened or frames it, and to no other origin than the page's (response_mode web_message).</summary>
    /// <param name="http">The request to answer.</param>
    /// <param name="page">What to send to whom.</param>
    Task ShowWebMessageAsync(HttpContext http, WebMessagePage page);
}

/// <summary>What every page of an authorization request knows.</summary>
public abstract record InteractionPage
{
    /// <summary>The sealed request, bound to this browser; goes into a hidden field named ticket.</summary>
    public required string Ticket { get; init; }

    /// <summary>Where the page's form is posted, a path on this server.</summary>
    public required string Action { get; init; }

    /// <summary>The client's name for people.</summary>
    public required string ClientName { get; init; }

    /// <summary>The client's home page; null for none. Text only: pages hold no link to third parties (RFC 9700 section 4.2.4).</summary>
    public string? ClientUri { get; init; }

    /// <summary>Where the answer may lead, for the form-action directive: origins, or for a private-use scheme the scheme with its colon; space-delimited.</summary>
    public required string RedirectOrigin { get; init; }

    /// <summary>Whether the page must stay in touch with the window that opened it, to which the answer will go (response_mode web_message): no Cross-Origin-Opener-Policy then.</summary>
    public bool KeepsOpener { get; init; }

    /// <summary>Languages that the client asks for, space-delimited; null for none.</summary>
    public string? UiLocales { get; init; }
}

/// <summary>A sign-in page.</summary>
public sealed record SignInPage : InteractionPage
{
    /// <summary>Name to fill in; null for none.</summary>
    public string? LoginHint { get; init; }

    /// <summary>What went wrong with the last attempt, in words for the End-User; null at first.</summary>
    public string? Fault { get; init; }

    /// <summary>Whether people may make accounts for themselves here: the page leads to where they do.</summary>
    public bool MayRegister { get; init; }

    /// <summary>Whether the page begins there (prompt=create).</summary>
    public bool Create { get; init; }
}

/// <summary>A page on which one of several accounts is chosen.</summary>
public sealed record SelectAccountPage : InteractionPage
{
    /// <summary>The sessions to choose from. The form posts <c>sid</c>, or <c>sid</c>=other for another account.</summary>
    public required IReadOnlyList<Session> Sessions { get; init; }
}

/// <summary>A consent page: what, for whom, how long.</summary>
public sealed record ConsentPage : InteractionPage
{
    /// <summary>Account id of the End-User who is asked.</summary>
    public required string Subject { get; init; }

    /// <summary>What the client asks for, in words.</summary>
    public required IReadOnlyList<ConsentItem> Items { get; init; }

    /// <summary>What the client asks for in detail (RFC 9396); empty for nothing.</summary>
    public IReadOnlyList<ConsentDetail> Details { get; init; } = [];

    /// <summary>Names of claims that the client asks for one by one (the claims parameter); empty for none.</summary>
    public IReadOnlyList<string> Claims { get; init; } = [];

    /// <summary>Whether the client wants access while the End-User is away (offline_access).</summary>
    public bool Offline { get; init; }

    /// <summary>How long the access lasts at most without being given again; null for no end.</summary>
    public TimeSpan? Lasts { get; init; }

    /// <summary>What a page about a device says besides; null when no device asks. It shows the code to be compared, and refusing is the first of its answers.</summary>
    public DeviceQuestion? Device { get; init; }

    /// <summary>Who asks, where nobody but the client itself says who it is: the host that its answers go to. Null for a client that an operator knows.</summary>
    public string? SelfAssertedHost { get; init; }

    /// <summary>The host of the URL that names the client, which is where it says of itself what it is; null for clients that are not named by a URL.</summary>
    public string? DocumentHost { get; init; }

    /// <summary>The client's terms of service and its policy about data; text only, empty for none.</summary>
    public IReadOnlyList<string> Terms { get; init; } = [];

    /// <summary>What a page says besides about a request that a client made over the back channel; null for none. Refusing is the first of its answers.</summary>
    public ElsewhereQuestion? Elsewhere { get; init; }

    /// <summary>Whether the client's identity is not proven (public client without a claimed https redirect).</summary>
    public bool Unverified { get; init; }
}

/// <summary>One thing that a client asks for.</summary>
/// <param name="Scope">The scope value: value of the check box named without, which leaves it out.</param>
/// <param name="Text">What it says to a person.</param>
/// <param name="Api">Name of the API it belongs to; null for the account itself.</param>
/// <param name="Required">Whether it cannot be left out (openid).</param>
public sealed record ConsentItem(string Scope, string Text, string? Api, bool Required);

/// <summary>One object of authorization_details.</summary>
/// <param name="Key">Value of the check box named without, which leaves it out.</param>
/// <param name="Text">What it is, in a line.</param>
/// <param name="Api">Name of the API it belongs to.</param>
/// <param name="Lines">Its members: name, and value as text. They come from the client and are to be shown as text.</param>
public sealed record ConsentDetail(string Key, string Text, string Api, IReadOnlyList<KeyValuePair<string, string>> Lines);

/// <summary>What a person is told of a request that was made somewhere else (CIBA Core section 7.1, binding_message).</summary>
/// <param name="Message">What the other device shows as well; null for nothing.</param>
/// <param name="StartedAt">When the client asked.</param>
public sealed record ElsewhereQuestion(string? Message, DateTimeOffset StartedAt);

/// <summary>What a person is told of a device that asks (RFC 8628 section 5.4).</summary>
/// <param name="UserCode">The code that the device must show.</param>
/// <param name="StartedAt">When the device began.</param>
/// <param name="Address">Address it began from; null when it is not known.</param>
public sealed record DeviceQuestion(string UserCode, DateTimeOffset StartedAt, string? Address);

/// <summary>A page with a field for the code of a device.</summary>
/// <param name="Action">Where the form is posted, a path on this server.</param>
/// <param name="UserCode">To fill in; null for nothing. The person has to compare it with the device before going on (RFC 8628 section 3.3.1).</param>
/// <param name="Fault">What went wrong with the last attempt, in words for the person; null at first.</param>
public sealed record UserCodePage(string Action, string? UserCode, string? Fault);

/// <summary>A page at the end of a device's request.</summary>
/// <param name="Allowed">Whether the person has allowed it.</param>
/// <param name="ClientName">The client's name for people.</param>
public sealed record DeviceDonePage(bool Allowed, string ClientName)
{
    /// <summary>Whether no device of theirs asked but the client itself (CIBA), so that there is nothing to go back to.</summary>
    public bool AskedByClient { get; init; }
}

/// <summary>A page that asks whether to sign out.</summary>
public sealed record SignOutPage
{
    /// <summary>The sealed request, bound to this browser; goes into a hidden field named ticket.</summary>
    public required string Ticket { get; init; }

    /// <summary>Where the page's form is posted, a path on this server.</summary>
    public required string Action { get; init; }

    /// <summary>Name of the client that asks for it; null when none is named.</summary>
    public string? ClientName { get; init; }

    /// <summary>Where the answer may lead, for the form-action directive.</summary>
    public required string RedirectOrigin { get; init; }

    /// <summary>What would end; at least one.</summary>
    public required IReadOnlyList<Session> Sessions { get; init; }
}

/// <summary>A page at the end of a logout request.</summary>
public sealed record SignedOutPage
{
    /// <summary>Whether anybody was signed out; otherwise the End-User chose to stay.</summary>
    public required bool SignedOut { get; init; }

    /// <summary>Registered addresses of clients, each to be loaded in an iframe (OpenID Connect Front-Channel Logout section 2); empty for none.</summary>
    public IReadOnlyList<string> Frames { get; init; } = [];

    /// <summary>Registered address to which the browser is sent when the frames have been loaded; null for none.</summary>
    public string? Continue { get; init; }

    /// <summary>Name of the client to which it leads; null for none.</summary>
    public string? ClientName { get; init; }
}

/// <summary>A page that says why nothing can be answered.</summary>
/// <param name="Title">Short.</param>
/// <param name="Text">A constant sentence, never built from input.</param>
/// <param name="Error">OAuth error code; null for none.</param>
/// <param name="Reference">For the operator; null for none.</param>
public sealed record ErrorPage(string Title, string Text, string? Error, string? Reference);

/// <summary>An authorization response that the browser posts.</summary>
/// <param name="Action">The registered redirect URI.</param>
/// <param name="Origin">Where the post may lead, for the form-action directive; space-delimited.</param>
/// <param name="Fields">The response parameters in order.</param>
public sealed record FormPostPage(string Action, string Origin, IReadOnlyList<KeyValuePair<string, string>> Fields);

/// <summary>An authorization response that goes to another window.</summary>
/// <param name="Origin">The origin of the registered redirect URI: the only one that may receive it, and frame the page.</param>
/// <param name="Fields">The response parameters in order.</param>
public sealed record WebMessagePage(string Origin, IReadOnlyList<KeyValuePair<string, string>> Fields);

/// <summary>How a page hands back to the authorization endpoint.</summary>
public interface IAuthorizeContinuation
{
    /// <summary>Opens a ticket without answering; null when it is forged, too old, or another browser's.</summary>
    /// <param name="http">The request that posted it.</param>
    /// <param name="ticket">The hidden field.</param>
    SignInPage? Open(HttpContext http, string? ticket);

    /// <summary>Decides the request of a ticket again from the start and answers: another page, or the redirect to the client.</summary>
    /// <param name="http">The request to answer. Cookies that were set on its response count: see <paramref name="sessions"/>.</param>
    /// <param name="ticket">The hidden field; an error page answers a bad one.</param>
    /// <param name="sessions">Sessions that stand now, the one in use first.</param>
    /// <param name="chosen">Whether the End-User has just chosen the first of the sessions (prompt=select_account is satisfied).</param>
    Task ContinueAsync(HttpContext http, string? ticket, IReadOnlyList<Session> sessions, bool chosen);

    /// <summary>Answers a request whose End-User gave up on a page: an error at the redirect URI that says what could not be had.</summary>
    /// <param name="http">The request to answer.</param>
    /// <param name="ticket">The hidden field; an error page answers a bad one.</param>
    Task CancelAsync(HttpContext http, string? ticket);
}
