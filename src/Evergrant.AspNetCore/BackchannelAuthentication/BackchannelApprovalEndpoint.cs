using Evergrant.AspNetCore.Authorize;
using Evergrant.AspNetCore.Clients;
using Evergrant.Protocol;
using Evergrant.Protocol.Authorize;
using Evergrant.Protocol.BackchannelAuthentication;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Sessions;
using Evergrant.Protocol.Storage;
using Microsoft.AspNetCore.Http;

namespace Evergrant.AspNetCore.BackchannelAuthentication;

/// <summary>The page on which a person answers a request that came over the back channel (CIBA Core section 8). Each page that comes back is decided again from the start.</summary>
internal sealed class BackchannelApprovalEndpoint(
    ClientCatalogue clients, BackchannelAnswers answers, IInteractions interactions, InteractionTickets tickets, AuthorizePages pages, RefusalLog log, TimeProvider clock)
{
    private static readonly OAuthError BadTicket = new("invalid_request", "This page has expired. Look at your account page for requests that wait.", Refusal.TicketInvalid);
    private static readonly OAuthError Nothing = new("invalid_request", "No request waits here: it was answered, it is too old, or it is somebody else's.", Refusal.AuthRequestUnknown);
    private static readonly OAuthError Busy = new("temporarily_unavailable", "The server cannot answer now; try again.", Refusal.StoreUnavailable);

    /// <summary>GET with the id of a request, from the account page or a message to the person.</summary>
    public async Task ShowAsync(HttpContext http, IssuerSite site, EndpointRule rule)
    {
        _ = rule;
        Parameters parameters = Parameters.From([new("request", http.Request.Query["request"].ToString())]);
        DateTimeOffset startedAt = DateTimeOffset.FromUnixTimeMilliseconds(clock.GetUtcNow().ToUnixTimeMilliseconds());
        await DecideAsync(http, site, new Interaction(parameters, startedAt, Prompt.SignIn, null, InteractionSubject.Backchannel), await interactions.SessionsAsync(http, http.RequestAborted), null);
    }

    /// <summary>POST: the person has answered.</summary>
    public async Task AnswerAsync(HttpContext http, IssuerSite site, EndpointRule rule)
    {
        (IFormCollection? form, OAuthError? error) = await AuthorizePages.ReadFormAsync(http, rule.BodyLimit);
        Interaction? interaction = form is null ? null : tickets.Open(http, site, form["ticket"].ToString());
        if (interaction is not { About: InteractionSubject.Backchannel, Page: Prompt.Consent } || form!["decision"].ToString() is not ("allow" or "deny"))
        {
            await pages.RefuseAsync(http, site, error ?? BadTicket, null);
            return;
        }
        string[] without = [.. form["without"].OfType<string>()];
        await DecideAsync(http, site, interaction, await interactions.SessionsAsync(http, http.RequestAborted),
            asked => new ConsentAnswer(form["decision"] == "allow", [.. asked.Except(without)], interaction.Subject!) { WithoutDetails = AuthorizePages.DetailsWithout(form) });
    }

    /// <summary>Decides and answers.</summary>
    public async Task DecideAsync(HttpContext http, IssuerSite site, Interaction interaction, IReadOnlyList<Session> sessions, Func<IReadOnlyList<string>, ConsentAnswer>? answer)
    {
        string? id = interaction.Parameters["request"];
        if (sessions.Count == 0)
        {
            string ticket = tickets.Seal(http, site, interaction with { Page = Prompt.SignIn })!;
            await interactions.ShowSignInAsync(http, new SignInPage { Ticket = ticket, Action = site.Prefix + "/sign-in", ClientName = site.Name, RedirectOrigin = "'none'" });
            return;
        }
        try
        {
            // The request is one person's: whichever of those signed in here it is.
            foreach (Session session in sessions)
            {
                var who = Answering.In(session);
                AnsweredRequest found = await answers.TakeAsync(site, id, who, null, http.RequestAborted);
                if (found.Answer is not ToBeAsked asked) continue;
                if (answer is null || interaction.Subject != session.Subject)
                {
                    await AskAsync(http, site, interaction, session, found.Client!, asked);
                    return;
                }
                found = await answers.TakeAsync(site, id, who, answer(asked.Scopes), http.RequestAborted);
                if (found.Answer is Answered answered) await interactions.ShowDeviceDoneAsync(http, new DeviceDonePage(answered.Allowed, found.Client!.Name ?? found.Client.ClientId) { AskedByClient = true });
                else await RefuseAsync(http, site, found.Answer is null ? Busy : Nothing);
                return;
            }
        }
        catch (StoreUnavailableException exception)
        {
            log.Fault(exception, "BackchannelAuthentication");
            await RefuseAsync(http, site, Busy);
            return;
        }
        await RefuseAsync(http, site, Nothing);
    }

    private async Task AskAsync(HttpContext http, IssuerSite site, Interaction interaction, Session session, Client client, ToBeAsked asked)
    {
        ScopeCatalogue catalogue = await clients.ScopesAsync(http.RequestAborted);
        await interactions.ShowConsentAsync(http, new ConsentPage
        {
            Ticket = tickets.Seal(http, site, interaction with { Page = Prompt.Consent, Subject = session.Subject })!,
            Action = site.Prefix + "/backchannel/answer",
            ClientName = client.Name ?? client.ClientId,
            ClientUri = client.ClientUri,
            RedirectOrigin = "'none'",
            Subject = session.Subject,
            Items = [.. asked.Scopes.Select(scope => AuthorizePages.ItemOf(scope, catalogue))],
            Details = AuthorizePages.DetailsOf(asked.Details, catalogue),
            Offline = asked.Scopes.Contains(Scope.OfflineAccess),
            Lasts = client.EffectivePolicy.AbsoluteLifetime,
            Elsewhere = new ElsewhereQuestion(asked.Note.Message, asked.Note.At),
        });
    }

    private async Task RefuseAsync(HttpContext http, IssuerSite site, OAuthError error)
    {
        if (error == Busy)
        {
            http.Response.Headers.RetryAfter = "5";
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            await interactions.ShowErrorAsync(http, new ErrorPage("Not now", error.Description, error.Code, null));
            return;
        }
        await pages.RefuseAsync(http, site, error, null);
    }
}
