using Evergrant.AspNetCore.Authorize;
using Evergrant.AspNetCore.Explain;

namespace Evergrant.Pages.Views;

// What each page shows; the file of the same name renders it. Public because the components that Razor generates are.

/// <summary>Sign-in, for a client's request (Ticket) or for a page of ours (Return and FormToken).</summary>
public sealed record SignInView(
    string Action, string? Ticket, string? Return, string? FormToken, string? ClientName, string? ClientUri, string? UserName, string? Fault, string? Reference, string? RegisterAction = null);

/// <summary>Registration, for a client's request.</summary>
public sealed record RegisterView(string Action, string Ticket, string ClientName, string? ClientUri, string? UserName, string? Fault);

/// <summary>The choice between accounts that are signed in.</summary>
public sealed record SelectAccountView(string Action, string Ticket, string ClientName, IReadOnlyList<AccountChoice> Accounts);

/// <summary>One of them.</summary>
public sealed record AccountChoice(string SessionId, string UserName, string Name);

/// <summary>Consent.</summary>
public sealed record ConsentView(ConsentPage Asked, string UserName);

/// <summary>The page that posts a response by itself.</summary>
public sealed record FormPostView(FormPostPage Response, string Nonce);

/// <summary>The page that sends a response to another window.</summary>
public sealed record WebMessageView(WebMessagePage Response, string Nonce);

/// <summary>Sign-out: asked or done.</summary>
public sealed record SignOutView(string Prefix, string FormToken, IReadOnlyList<string> UserNames, bool Done);

/// <summary>A client's request to sign out.</summary>
public sealed record SignOutQuestionView(SignOutPage Asked, IReadOnlyList<string> UserNames);

/// <summary>The end of a logout request; UserNames are those who are still signed in.</summary>
public sealed record SignedOutView(SignedOutPage Result, string Prefix, string? Nonce, IReadOnlyList<string> UserNames);

/// <summary>The account page.</summary>
public sealed record AccountView(string Prefix, string FormToken, string Name, string UserName, bool Operator, IReadOnlyList<AllowedApp> Apps, IReadOnlyList<WaitingRequest> Waiting, bool Removed);

/// <summary>A request over the back channel on the account page, and where it is answered.</summary>
public sealed record WaitingRequest(string Address, string ClientName, string? Message, DateTimeOffset StartedAt);

/// <summary>An app on the account page.</summary>
public sealed record AllowedApp(
    string Issuer, string ClientId, string Name, IReadOnlyList<string> Scopes, int Grants, DateTimeOffset Since, DateTimeOffset? LastUsed, DateTimeOffset? Until);

/// <summary>The operator's explanation.</summary>
public sealed record ExplainView(string FormToken, string? Query, bool Asked, Explanation? Explanation);

/// <summary>The home page.</summary>
public sealed record HomeView(bool Development, IReadOnlyList<string> Prefixes);
