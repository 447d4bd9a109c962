using Evergrant.AspNetCore;
using Evergrant.AspNetCore.BackchannelAuthentication;
using Evergrant.Pages.Views;

namespace Evergrant.Pages;

/// <summary>P/account: what a person has allowed whom, and taking it back (ASVS 10.4.9).</summary>
internal sealed class AccountEndpoint(BrowserSessions sessions, FormTokens tokens, AllowedApps apps, PendingRequests pending, IssuerSites sites, PageWriter writer)
{
    /// <summary>GET P/account.</summary>
    public async Task ShowAsync(HttpContext http, string prefix)
    {
        if (await sessions.ListAsync(http) is not [var standing, ..])
        {
            PageWriter.SeeOther(http, prefix + "/sign-in?return=account");
            return;
        }
        IEnumerable<WaitingRequest> waiting = (await pending.ListAsync(standing.Account.Id, http.RequestAborted))
            .Select(r => new WaitingRequest($"{sites.All.First(s => s.Issuer == r.Issuer).Prefix}/backchannel?request={r.Id}", r.Client.Name ?? r.Client.ClientId, r.Message, r.StartedAt));
        IReadOnlyList<AllowedApp> allowed = await apps.ListAsync(standing.Account.Id, http.RequestAborted);
        await writer.WriteAsync<AccountPage>(http, new AccountView(
            prefix, tokens.Issue(http), PersonName.Of(standing.Account), standing.Account.UserName, standing.Account.Operator, allowed, [.. waiting], Removed: http.Request.Query["removed"] == "1"));
    }

    /// <summary>POST P/account: removes the access of one app.</summary>
    public async Task RemoveAsync(HttpContext http, string prefix)
    {
        (PageForm? form, FormFault? fault) = await PageForm.ReadAsync(http);
        if (form is null) await writer.RefuseAsync(http, fault!);
        else if (await sessions.ListAsync(http) is not [var standing, ..] || !tokens.Fits(http, form[FormTokens.Field])) await writer.RefuseAsync(http, FormFault.TooOld);
        else if (form["issuer"] is not { } issuer || form["client_id"] is not { } clientId) await writer.RefuseAsync(http, FormFault.Malformed);
        else if (!await apps.RemoveAsync(standing.Account.Id, issuer, clientId, http.RequestAborted)) await writer.NotNowAsync(http, TimeSpan.FromSeconds(5));
        else PageWriter.SeeOther(http, prefix + "/account?removed=1");
    }
}
