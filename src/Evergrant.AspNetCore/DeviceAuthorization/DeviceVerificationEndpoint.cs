using System.Globalization;
using Evergrant.AspNetCore.Authorize;
using Evergrant.AspNetCore.Clients;
using Evergrant.AspNetCore.Keys;
using Evergrant.Protocol;
using Evergrant.Protocol.Authorize;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.DeviceAuthorization;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Sessions;
using Evergrant.Protocol.Storage;
using Microsoft.AspNetCore.Http;

namespace Evergrant.AspNetCore.DeviceAuthorization;

/// <summary>The page where a person types the code of a device, signs in and answers (RFC 8628 section 3.3). Each page that comes back is decided again from the start.</summary>
internal sealed class DeviceVerificationEndpoint(
    ClientCatalogue clients, IGrantStore store, IServerSecrets secrets, IInteractions interactions, InteractionTickets tickets, AuthorizePages pages, UserCodeThrottle throttle,
    RefusalLog log, TimeProvider clock)
{
    private const int Attempts = 4;

    private static readonly OAuthError BadTicket = new("invalid_request", "This page has expired. Type the code of your device again.", Refusal.TicketInvalid);
    private static readonly OAuthError NoDevice = new("invalid_request", "No device waits for this code. Look at your device again: it may show a new one.", Refusal.UserCodeUnknown);
    private static readonly OAuthError TooMany = new("invalid_request", "Too many wrong codes. Wait a few minutes.", Refusal.UserCodesThrottled);
    private static readonly OAuthError Busy = new("temporarily_unavailable", "The server cannot answer now; try again.", Refusal.StoreUnavailable);

    /// <summary>GET shows the field for the code; POST brings the code.</summary>
    public Task HandleAsync(HttpContext http, IssuerSite site, EndpointRule rule) => HttpMethods.IsPost(http.Request.Method) ? PostAsync(http, site, rule) : ShowAsync(http, site);

    /// <summary>The field for the code, filled in where the address has one (section 3.3.1). Nothing is looked up yet.</summary>
    public Task ShowAsync(HttpContext http, IssuerSite site) =>
        interactions.ShowUserCodeAsync(http, new UserCodePage(site.Prefix + "/device", UserCode.Read(http.Request.Query["user_code"]) is { } letters ? UserCode.Shown(letters) : null, null));

    private async Task PostAsync(HttpContext http, IssuerSite site, EndpointRule rule)
    {
        (IFormCollection? form, OAuthError? error) = await AuthorizePages.ReadFormAsync(http, rule.BodyLimit);
        if (form is null)
        {
            await pages.RefuseAsync(http, site, error!, null);
            return;
        }
        if (throttle.Wait(http.Connection.RemoteIpAddress) is var wait && wait > TimeSpan.Zero)
        {
            http.Response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
            await AskAgainAsync(http, site, form["user_code"], TooMany, StatusCodes.Status429TooManyRequests);
            return;
        }
        if (UserCode.Read(form["user_code"]) is not { } letters || await FindAsync(site, letters, http.RequestAborted) is not { Client: { } client } facts
            || DeviceApproval.Decide(facts with { Sessions = [] }) is UserCodeUnknown)
        {
            throttle.Failed(http.Connection.RemoteIpAddress);
            await AskAgainAsync(http, site, form["user_code"], NoDevice, StatusCodes.Status200OK);
            return;
        }
        DateTimeOffset startedAt = DateTimeOffset.FromUnixTimeMilliseconds(clock.GetUtcNow().ToUnixTimeMilliseconds());
        Parameters parameters = Parameters.From([new("user_code", letters), new("client_id", client.ClientId)]);
        await DecideAsync(http, site, new Interaction(parameters, startedAt, Prompt.SignIn, null, InteractionSubject.Device), await interactions.SessionsAsync(http, http.RequestAborted), null);
    }

    /// <summary>POST: the person has answered.</summary>
    public async Task AnswerAsync(HttpContext http, IssuerSite site, EndpointRule rule)
    {
        (IFormCollection? form, OAuthError? error) = await AuthorizePages.ReadFormAsync(http, rule.BodyLimit);
        Interaction? interaction = form is null ? null : tickets.Open(http, site, form["ticket"].ToString());
        if (interaction is not { About: InteractionSubject.Device, Page: Prompt.Consent } || form!["decision"].ToString() is not ("allow" or "deny"))
        {
            await pages.RefuseAsync(http, site, error ?? BadTicket, null);
            return;
        }
        DeviceFacts facts = await FindAsync(site, interaction.Parameters["user_code"]!, http.RequestAborted);
        IEnumerable<string> allowed = Scope.Split(facts.Grant?.Authorized.Scope ?? "").Except(form["without"].OfType<string>());
        await DecideAsync(http, site, interaction, await interactions.SessionsAsync(http, http.RequestAborted), new ConsentAnswer(form["decision"] == "allow", [.. allowed], interaction.Subject!) { WithoutDetails = AuthorizePages.DetailsWithout(form) });
    }

    /// <summary>Decides and answers.</summary>
    public async Task DecideAsync(HttpContext http, IssuerSite site, Interaction interaction, IReadOnlyList<Session> sessions, ConsentAnswer? answer)
    {
        string letters = interaction.Parameters["user_code"]!;
        try
        {
            for (int attempt = 0; attempt < Attempts; attempt++)
            {
                DeviceFacts facts = (await FindAsync(site, letters, http.RequestAborted)) with { Sessions = sessions, Answer = answer };
                switch (DeviceApproval.Decide(facts))
                {
                    case UserCodeUnknown:
                        await AskAgainAsync(http, site, null, NoDevice, StatusCodes.Status200OK);
                        return;
                    case DevicePrompted prompted:
                        await ShowAsync(http, site, interaction, facts, prompted, letters);
                        return;
                    case Approved approved:
                        CommitResult result = await store.CommitAsync(approved.Change, null, http.RequestAborted);
                        if (result == CommitResult.Committed)
                        {
                            log.Count(approved.Name, null);
                            await interactions.ShowDeviceDoneAsync(http, new DeviceDonePage(true, facts.Client!.Name ?? facts.Client.ClientId));
                            return;
                        }
                        if (result == CommitResult.Unknown) attempt = Attempts;
                        else sessions = await interactions.SessionsAsync(http, http.RequestAborted);
                        break;
                    case Denied denied:
                        EventRecord record = log.Make(new Told(denied.Name, "DeviceAuthorization", site.Issuer, facts.Grant!.ClientId, Grant: facts.Grant, Subject: answer!.Subject));
                        result = await store.CommitAsync(denied.Change, record, http.RequestAborted);
                        if (result == CommitResult.Committed)
                        {
                            await interactions.ShowDeviceDoneAsync(http, new DeviceDonePage(false, facts.Client!.Name ?? facts.Client.ClientId));
                            return;
                        }
                        if (result == CommitResult.Unknown) attempt = Attempts;
                        break;
                }
            }
        }
        catch (StoreUnavailableException exception)
        {
            log.Fault(exception, "DeviceAuthorization");
        }
        http.Response.Headers.RetryAfter = "5";
        await AskAgainAsync(http, site, letters, Busy, StatusCodes.Status503ServiceUnavailable);
    }

    private async Task ShowAsync(HttpContext http, IssuerSite site, Interaction interaction, DeviceFacts facts, DevicePrompted prompted, string letters)
    {
        Client client = facts.Client!;
        string ticket = tickets.Seal(http, site, interaction with { Page = prompted.Prompt, Subject = prompted.Session?.Subject })!;
        string name = client.Name ?? client.ClientId;
        if (prompted.Prompt == Prompt.SignIn)
        {
            await interactions.ShowSignInAsync(http, new SignInPage { Ticket = ticket, Action = site.Prefix + "/sign-in", ClientName = name, ClientUri = client.ClientUri, RedirectOrigin = "'none'" });
            return;
        }
        ScopeCatalogue catalogue = await clients.ScopesAsync(http.RequestAborted);
        DeviceOrigin? origin = DeviceOrigin.Read(facts.Handle!.Document);
        await interactions.ShowConsentAsync(http, new ConsentPage
        {
            Ticket = ticket,
            Action = site.Prefix + "/device/answer",
            ClientName = name,
            ClientUri = client.ClientUri,
            RedirectOrigin = "'none'",
            Subject = prompted.Session!.Subject,
            Items = [.. prompted.Scopes.Select(scope => AuthorizePages.ItemOf(scope, catalogue))],
            Details = AuthorizePages.DetailsOf(AuthorizationDetails.Parse(facts.Grant!.Authorized.Details) ?? [], catalogue),
            Offline = prompted.Scopes.Contains(Scope.OfflineAccess),
            Lasts = client.EffectivePolicy.AbsoluteLifetime,
            Unverified = client.IsPublic,
            Device = new DeviceQuestion(UserCode.Shown(letters), origin?.At ?? facts.Grant!.CreatedAt, origin?.Address),
        });
    }

    private async Task AskAgainAsync(HttpContext http, IssuerSite site, string? typed, OAuthError error, int status)
    {
        string reference = await log.RecordAsync(new Told("Refused", "DeviceAuthorization", site.Issuer, null, error, Stranger: true), http.RequestAborted);
        http.Response.StatusCode = status;
        string? shown = UserCode.Read(typed) is { } letters ? UserCode.Shown(letters) : null;
        await interactions.ShowUserCodeAsync(http, new UserCodePage(site.Prefix + "/device", shown, RefusalLog.Describe(error, reference)));
    }

    private async ValueTask<DeviceFacts> FindAsync(IssuerSite site, string letters, CancellationToken cancellationToken)
    {
        Handle? handle = null;
        // A code may have been made before the root key was changed.
        foreach (byte[] key in secrets.Derive(UserCode.Purpose).All)
        {
            handle ??= await store.FindHandleAsync(UserCode.KeyOf(key, site.Issuer, letters), cancellationToken);
        }
        Grant? grant = handle?.GrantId is { } id ? await store.FindGrantAsync(id, cancellationToken) : null;
        return new DeviceFacts
        {
            Handle = handle,
            Grant = grant,
            Client = grant is null ? null : await clients.FindAsync(site.Issuer, grant.ClientId, cancellationToken),
            Issuer = site.Issuer,
            Sessions = [],
            Now = clock.GetUtcNow(),
        };
    }
}
