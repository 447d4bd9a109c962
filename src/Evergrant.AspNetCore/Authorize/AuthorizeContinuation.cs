using Evergrant.AspNetCore.BackchannelAuthentication;
using Evergrant.AspNetCore.DeviceAuthorization;
using Evergrant.Protocol;
using Evergrant.Protocol.Authorize;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Sessions;
using Microsoft.AspNetCore.Http;

namespace Evergrant.AspNetCore.Authorize;

/// <summary>The way back from a page to the authorization endpoint.</summary>
internal sealed class AuthorizeContinuation(IssuerSites sites, InteractionTickets tickets, AuthorizeEndpoint endpoint, DeviceVerificationEndpoint devices, BackchannelApprovalEndpoint approvals, EvergrantOptions options, AuthorizePages pages) : IAuthorizeContinuation
{
    private static readonly OAuthError BadTicket = new("invalid_request", "This page has expired, or your browser refuses cookies. Go back to the application and begin again.", Refusal.TicketInvalid);

    public SignInPage? Open(HttpContext http, string? ticket)
    {
        IssuerSite site = sites.Of(http);
        if (ticket is null || tickets.Open(http, site, ticket) is not { } interaction) return null;
        AuthorizeRequest request = AuthorizeRequest.Read(interaction.Parameters);
        // The names were verified when the ticket was sealed; only what the page shows is wanted here.
        return new SignInPage
        {
            Ticket = ticket,
            Action = site.Prefix + "/sign-in",
            ClientName = request.ClientId ?? site.Name,
            RedirectOrigin = request.RedirectUri is { } uri ? RedirectUri.OriginOf(uri) : "'none'",
            KeepsOpener = request.ResponseMode == "web_message",
            UiLocales = request.Parameters["ui_locales"],
            LoginHint = request.LoginHint,
            MayRegister = interaction.About == InteractionSubject.Authorization && !options.Demands.RefusesCreate,
        };
    }

    public Task ContinueAsync(HttpContext http, string? ticket, IReadOnlyList<Session> sessions, bool chosen)
    {
        IssuerSite site = sites.Of(http);
        if (tickets.Open(http, site, ticket) is not { } interaction) return pages.RefuseAsync(http, site, BadTicket, null);
        return interaction.About switch
        {
            InteractionSubject.Authorization => endpoint.DecideAsync(http, site, interaction, sessions, chosen, null),
            InteractionSubject.Device => devices.DecideAsync(http, site, interaction, sessions, null),
            InteractionSubject.Backchannel => approvals.DecideAsync(http, site, interaction, sessions, null),
            _ => pages.RefuseAsync(http, site, BadTicket, null),
        };
    }

    public Task CancelAsync(HttpContext http, string? ticket)
    {
        IssuerSite site = sites.Of(http);
        if (tickets.Open(http, site, ticket) is not { } interaction) return pages.RefuseAsync(http, site, BadTicket, null);
        // Whoever gives up on a device's request has not answered it: the code stays good.
        return interaction.About switch
        {
            InteractionSubject.Authorization => endpoint.CancelAsync(http, site, interaction),
            InteractionSubject.Device => devices.ShowAsync(http, site),
            _ => pages.RefuseAsync(http, site, BadTicket, null),
        };
    }
}
