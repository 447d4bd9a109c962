using System.Text;
using System.Text.Json;
using Evergrant.AspNetCore.Clients;
using Evergrant.Protocol;
using Evergrant.Protocol.Authorize;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.UserInfo;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;

namespace Evergrant.AspNetCore.Authorize;

/// <summary>Turns decisions of the authorization endpoint into pages and redirects.</summary>
internal sealed class AuthorizePages(IInteractions interactions, InteractionTickets tickets, SignedResponses responses, RefusalLog log)
{
    private const string DetailPrefix = "authorization_details:";

    private static readonly OAuthError BadForm = new("invalid_request", "The form is not well-formed.", Refusal.RequestMalformed);
    private static readonly OAuthError Elsewhere = new("invalid_request", "This form was sent from another site. Nothing was done.", Refusal.FormFromElsewhere);
    private static readonly OAuthError TooLarge = new("invalid_request", "The request is too large.", Refusal.RequestTooLarge);

    /// <summary>Reads the form of one of our pages.</summary>
    public static async ValueTask<(IFormCollection? Form, OAuthError? Error)> ReadFormAsync(HttpContext http, int limit)
    {
        if (!FormOrigin.IsOwn(http)) return (null, Elsewhere);
        if (!FormReader.IsForm(http.Request.ContentType) || http.Request.Headers.ContentEncoding.Count > 0 || http.Request.ContentLength > limit) return (null, BadForm);
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = limit;
        try
        {
            // Our pages are in UTF-8, and so is what they send, whatever the header says of it.
            FormPipeReader reader = new(http.Request.BodyReader, Encoding.UTF8) { ValueCountLimit = 64, KeyLengthLimit = 256, ValueLengthLimit = 40 * 1024 };
            return (new FormCollection(await reader.ReadFormAsync(http.RequestAborted)), null);
        }
        catch (Exception e) when (e is InvalidDataException or BadHttpRequestException)
        {
            return (null, BadForm);
        }
    }

    /// <summary>Shows the page that a decision asks for.</summary>
    public async Task ShowAsync(HttpContext http, IssuerSite site, Parameters sent, AuthorizationFacts facts, Prompted prompted)
    {
        Client client = facts.Target.Client;
        string? ticket = tickets.Seal(http, site, new Interaction(AuthorizeRequests.ForTicket(sent, facts.Request), facts.StartedAt, prompted.Prompt, prompted.Session?.Subject));
        if (ticket is null)
        {
            await RefuseAsync(http, site, TooLarge, client.ClientId);
            return;
        }
        string clientName = client.Name ?? client.ClientId;
        string origin = RedirectUri.FormTargetsOf(facts.Target.RedirectUri, client);
        bool opener = facts.Target.Mode == ResponseMode.WebMessage;
        string? locales = facts.Request.Parameters["ui_locales"];
        switch (prompted.Prompt)
        {
            case Prompt.SignIn:
                await interactions.ShowSignInAsync(http, new SignInPage
                {
                    Ticket = ticket, Action = site.Prefix + "/sign-in", ClientName = clientName, ClientUri = client.ClientUri, RedirectOrigin = origin, UiLocales = locales, KeepsOpener = opener,
                    LoginHint = facts.Request.LoginHint, MayRegister = !facts.Demands.RefusesCreate, Create = facts.Request.Prompts.Contains("create"),
                });
                return;
            case Prompt.SelectAccount:
                await interactions.ShowSelectAccountAsync(http, new SelectAccountPage
                {
                    Ticket = ticket, Action = site.Prefix + "/select-account", ClientName = clientName, ClientUri = client.ClientUri, RedirectOrigin = origin, UiLocales = locales, KeepsOpener = opener,
                    Sessions = facts.Sessions,
                });
                return;
            default:
                await interactions.ShowConsentAsync(http, new ConsentPage
                {
                    Ticket = ticket, Action = site.Prefix + "/consent", ClientName = clientName, ClientUri = client.ClientUri, RedirectOrigin = origin, UiLocales = locales, KeepsOpener = opener,
                    Subject = prompted.Session!.Subject,
                    Items = [.. prompted.Scopes.Select(scope => ItemOf(scope, facts.Catalogue))],
                    Details = DetailsOf(facts.Request.Details!, facts.Catalogue),
                    Claims = [.. facts.Request.Claims!.Names.Where(name => ClaimRules.IsReleasable(name))],
                    Offline = prompted.Scopes.Contains(Scope.OfflineAccess),
                    Lasts = client.EffectivePolicy.AbsoluteLifetime,
                    SelfAssertedHost = client.IsSelfAsserted ? HostOf(facts.Target.RedirectUri) : null,
                    DocumentHost = client.IsDocument ? new Uri(client.ClientId).IdnHost : null,
                    Terms = [.. new[] { client.TosUri, client.PolicyUri }.OfType<string>()],
                    Unverified = !Authorization.IdentityIsAssured(facts.Target),
                });
                return;
        }
    }

    /// <summary>Sends the parameters of an authorization response to the client.</summary>
    public async Task ReplyAsync(HttpContext http, IssuerSite site, AuthorizeTarget target, IReadOnlyList<KeyValuePair<string, string>> parameters)
    {
        if (target.IsJwt) parameters = await responses.WriteAsync(site, target.Client, parameters, http.RequestAborted);
        if (target.Mode == ResponseMode.WebMessage)
        {
            http.Response.StatusCode = StatusCodes.Status200OK;
            await interactions.ShowWebMessageAsync(http, new WebMessagePage(RedirectUri.OriginOf(target.RedirectUri), parameters));
            return;
        }
        if (target.Mode == ResponseMode.FormPost)
        {
            http.Response.StatusCode = StatusCodes.Status200OK;
            await interactions.ShowFormPostAsync(http, new FormPostPage(target.RedirectUri, RedirectUri.FormTargetsOf(target.RedirectUri, target.Client), parameters));
            return;
        }
        // 303, so that no browser sends the sign-in form on (RFC 9700 section 4.12).
        http.Response.StatusCode = StatusCodes.Status303SeeOther;
        http.Response.Headers.Location = AuthorizeReply.Location(target.RedirectUri, target.Mode == ResponseMode.Fragment, parameters);
    }

    /// <summary>Shows an error that must not be redirected.</summary>
    public async Task RefuseAsync(HttpContext http, IssuerSite site, OAuthError error, string? clientId)
    {
        string reference = await log.RecordAsync(new Told("Refused", "Authorize", site.Issuer, clientId, error, Stranger: true), http.RequestAborted);
        http.Response.StatusCode = error.Refusal switch
        {
            Refusal.RequestTooLarge => StatusCodes.Status413PayloadTooLarge,
            Refusal.FormFromElsewhere => StatusCodes.Status403Forbidden,
            _ => StatusCodes.Status400BadRequest,
        };
        await interactions.ShowErrorAsync(http, new ErrorPage("This request cannot be answered", error.Description, error.Code, reference));
    }

    private static string HostOf(string redirectUri) => !Uri.TryCreate(redirectUri, UriKind.Absolute, out Uri? uri) ? redirectUri
        : uri.IsLoopback ? "a program on this computer" : uri.Scheme is "https" or "http" ? uri.IdnHost : $"an app on this device ({uri.Scheme})";

    /// <summary>What objects of authorization_details say to a person.</summary>
    public static IReadOnlyList<ConsentDetail> DetailsOf(IReadOnlyList<JsonElement> details, ScopeCatalogue catalogue) =>
    [
        .. details.Select((one, place) =>
        {
            string type = AuthorizationDetails.TypeOf(one)!;
            // What a device asked for may have been undeclared since.
            (ApiResource? owner, DetailsType? known) = catalogue.OwnerOfDetails(type) ?? default;
            IEnumerable<KeyValuePair<string, string>> lines = one.EnumerateObject().Where(m => m.Name is not ("type" or "locations")).Select(m => KeyValuePair.Create(m.Name.Replace('_', ' '), TextOf(m.Value)));
            return new ConsentDetail($"{DetailPrefix}{place}", known?.Description ?? type, owner?.Name ?? owner?.Identifier ?? "", [.. lines]);
        }),
    ];

    /// <summary>Places of the objects that a form leaves out.</summary>
    public static IReadOnlyList<int> DetailsWithout(IFormCollection form) =>
        [.. form["without"].OfType<string>().Where(v => v.StartsWith(DetailPrefix, StringComparison.Ordinal)).Select(v => int.TryParse(v.AsSpan(DetailPrefix.Length), out int place) ? place : -1)];

    private static string TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Array => string.Join(", ", value.EnumerateArray().Select(TextOf)),
        JsonValueKind.Object => string.Join(", ", value.EnumerateObject().Select(m => $"{m.Name} {TextOf(m.Value)}")),
        _ => value.GetRawText(),
    };

    /// <summary>What a scope value says to a person.</summary>
    public static ConsentItem ItemOf(string scope, ScopeCatalogue catalogue) => scope switch
    {
        Scope.OpenId => new(scope, "Know who you are here", null, true),
        "profile" => new(scope, "See your profile: name, picture, language", null, false),
        "email" => new(scope, "See your email address", null, false),
        "address" => new(scope, "See your postal address", null, false),
        "phone" => new(scope, "See your phone number", null, false),
        Scope.DeviceSso => new(scope, "Sign you in to other apps of the same vendor on this device", null, false),
        Scope.OfflineAccess => new(scope, "Keep access while you are away", null, false),
        _ => new(scope, catalogue.TextOf(scope), catalogue.OwnersOf(scope) is { Count: > 0 } owners ? owners[0].Name ?? owners[0].Identifier : null, false),
    };
}
