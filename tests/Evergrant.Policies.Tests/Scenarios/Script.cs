using Evergrant.Policies.Tests.Hosts;
using Evergrant.Policies.Tests.Oracle;

namespace Evergrant.Policies.Tests.Scenarios;

/// <summary>What is tried with every policy. A script that makes no sense for one does nothing.</summary>
internal static class Script
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1), Minute = TimeSpan.FromMinutes(1);

    public static IReadOnlyDictionary<string, Func<Case, Task>> All { get; } = new Dictionary<string, Func<Case, Task>>
    {
        ["issue"] = async c =>
        {
            await c.IssueAsync();
            await c.CheckAsync("issued");
        },
        ["a code comes twice"] = async c =>
        {
            Family family = await c.AuthorizeAsync();
            await c.RedeemAsync(family);
            bool redeemed = family.Redeemed;
            await c.RedeemAsync(family);
            if (redeemed) (family.Ended, family.SparesAccess) = (true, false);
            await c.CheckAsync("the code came twice");
        },
        ["refresh three times"] = Refreshing(async (c, f) =>
        {
            for (int i = 0; i < 3; i++)
            {
                Case.Advance(Minute);
                await c.RefreshAsync(f);
            }
            await c.CheckAsync("refreshed");
        }),
        ["replay"] = Refreshing(async (c, f) =>
        {
            await c.RefreshAsync(f);
            await c.RefreshAsync(f);
            Case.Advance(Second);
            if (f.Refreshes.Count > 2) await c.RefreshAsync(f, back: 2);
            await c.CheckAsync("replayed");
            await c.RefreshAsync(f);
        }),
        ["replay beside another grant"] = async c =>
        {
            Family other = await c.IssueAsync();
            Family family = await c.IssueAsync();
            if (!Live(family) || family.Refreshes.Count == 0) return;
            await c.RefreshAsync(family);
            await c.RefreshAsync(family);
            if (family.Refreshes.Count > 2) await c.RefreshAsync(family, back: 2);
            await c.CheckAsync("replayed beside another");
            if (other.Refreshes.Count > 0) await c.RefreshAsync(other);
        },
        ["a retry at once"] = Refreshing(async (c, f) =>
        {
            await c.RefreshAsync(f);
            if (f.Refreshes.Count < 2) return;
            await c.RefreshAsync(f, back: 1);
            await c.RefreshAsync(f, back: 1);
            await c.CheckAsync("retried");
            await c.RefreshAsync(f);
        }),
        ["a retry a second before the window closes"] = Refreshing((c, f) => RetryAsync(c, f, -Second)),
        ["a retry when the window closes"] = Refreshing((c, f) => RetryAsync(c, f, TimeSpan.Zero)),
        ["a retry of every refresh"] = Refreshing(async (c, f) =>
        {
            for (int i = 0; i < 6 && !f.Ended; i++)
            {
                await c.RefreshAsync(f);
                if (f.Refreshes.Count > 1) await c.RefreshAsync(f, back: 1);
            }
            await c.CheckAsync("retried often");
        }),
        ["a retry of every refresh while tabs are uncounted"] = Refreshing((c, f) => TabsAsync(c, f, (c.Rules.Span("retry_uncounted") ?? Second) - TimeSpan.FromMilliseconds(1))),
        ["a retry of every refresh when tabs are counted again"] = Refreshing((c, f) => TabsAsync(c, f, c.Rules.Span("retry_uncounted") ?? Second)),
        ["idle for a second less"] = Refreshing((c, f) => IdleAsync(c, f, -Second)),
        ["idle to the second"] = Refreshing((c, f) => IdleAsync(c, f, TimeSpan.Zero)),
        ["idle for a second more"] = Refreshing((c, f) => IdleAsync(c, f, Second)),
        ["used until a second before the absolute end"] = Refreshing((c, f) => AbsoluteAsync(c, f, -Second)),
        ["used until the absolute end"] = Refreshing((c, f) => AbsoluteAsync(c, f, TimeSpan.Zero)),
        ["used until a second after the absolute end"] = Refreshing((c, f) => AbsoluteAsync(c, f, Second)),
        ["access tokens around their end"] = async c =>
        {
            Family family = await c.IssueAsync();
            if (c.Rules.Life is not { } life) return;
            foreach (DateTimeOffset at in (DateTimeOffset[])[CaseClock.At + life.Least - (2 * Second), CaseClock.At + life.Most, CaseClock.At + life.Most + Second])
            {
                CaseClock.MoveTo(at);
                await c.CheckAsync("near the end of the access token");
            }
            if (family.Refreshes.Count > 0) await c.RefreshAsync(family);
            await c.CheckAsync("refreshed after the end of the access token");
        },
        ["one authorization more than every limit"] = async c =>
        {
            int max = c.Rules.Limits.Where(l => !Rules.IsPer(l!, "refresh_token")).Select(l => (int)l!["max"]!).DefaultIfEmpty(0).Max();
            if (max == 0 || (max > 50 && !c.IsFirst)) return;
            for (int i = 0; i < max + 2; i++)
            {
                await c.IssueAsync(i % 2 == 1 && max < 50 ? "b a" : null);
                if (max <= 5) await c.CheckAsync($"authorization {i + 1} of a limit of {max}");
            }
            await c.IssueAsync("a c");
            await c.CheckAsync("beyond the limit");
            foreach (Family family in c.Families.Where(f => f.Refreshes.Count > 0).TakeLast(4)) await c.RefreshAsync(family);
            await c.CheckAsync("refreshed beyond the limit");
        },
        ["one refresh more than every limit"] = Refreshing(async (c, f) =>
        {
            int max = c.Rules.Limits.Where(l => (string)l!["subject"]! == "access_token").Select(l => (int)l!["max"]!).DefaultIfEmpty(0).Max();
            for (int i = 0; i < max + 2; i++) await c.RefreshAsync(f);
            await c.CheckAsync("refreshed beyond the limit of access tokens");
            if (max == 0 || c.Rules.Life is not { } life || f.IdleEnd <= CaseClock.At + life.Most) return;
            Case.Advance(life.Most);
            await c.RefreshAsync(f);
            await c.CheckAsync("refreshed when all had ended");
        }),
        ["more authorizations than the rate"] = async c =>
        {
            if (c.Rules.Rate is not { } rate) return;
            for (int i = 0; i <= (int)rate["max"]!; i++) await c.IssueAsync();
            await c.CheckAsync("beyond the rate");
            Case.Advance(TimeSpan.Parse((string)rate["window"]!, System.Globalization.CultureInfo.InvariantCulture) - Second);
            await c.IssueAsync();
            Case.Advance(Second + Second);
            await c.IssueAsync();
            await c.CheckAsync("after the window of the rate");
        },
        ["authorize again"] = async c =>
        {
            await c.IssueAsync();
            Case.Advance(Minute);
            await c.IssueAsync();
            await c.CheckAsync("authorized again");
            await c.IssueAsync("b");
            await c.CheckAsync("authorized another scope");
            foreach (Family family in c.Families.Where(f => f.Refreshes.Count > 0)) await c.RefreshAsync(family);
            await c.CheckAsync("refreshed all");
        },
        ["authorize again after the access token"] = async c =>
        {
            Family family = await c.IssueAsync();
            if (c.Rules.Life is not { } life || family.AbsoluteEnd <= CaseClock.At + life.Most || family.IdleEnd <= CaseClock.At + life.Most) return;
            Case.Advance(life.Most);
            await c.IssueAsync();
            await c.IssueAsync();
            await c.CheckAsync("authorized again after the access token");
        },
        ["authorize with consent and without"] = async c =>
        {
            if (!c.Rules.OnlyAtConsent) return;
            await c.IssueAsync();
            await c.IssueAsync();
            await c.IssueAsync(promptConsent: true);
            await c.CheckAsync("consented again");
        },
        ["revoke an access token"] = async c =>
        {
            await c.IssueAsync();
            Family family = await c.IssueAsync();
            if (family.Accesses.Count == 0) return;
            if (family.Refreshes.Count > 0) await c.RefreshAsync(family);
            await c.RevokeAsync(family, family.Accesses[^1]);
            await c.CheckAsync("revoked an access token");
            if (family.Refreshes.Count > 0) await c.RefreshAsync(family);
        },
        ["revoke a refresh token"] = async c =>
        {
            await c.IssueAsync();
            Family family = await c.IssueAsync();
            if (family.Refreshes.Count == 0) return;
            await c.RefreshAsync(family);
            await c.RevokeAsync(family, null);
            await c.CheckAsync("revoked a refresh token");
            await c.RefreshAsync(family);
            await c.RevokeAsync(family, family.Accesses[^1]);
            await c.CheckAsync("revoked an access token after its refresh token");
        },
        ["narrower and wider scope"] = Refreshing(async (c, f) =>
        {
            await c.RefreshAsync(f, scope: "a");
            await c.RefreshAsync(f, scope: "a c");
            await c.RefreshAsync(f, scope: "a b openid");
            await c.RefreshAsync(f);
            await c.CheckAsync("asked for other scope");
        }),
    };

    private static Func<Case, Task> Refreshing(Func<Case, Family, Task> script) => async c =>
    {
        Family family = await c.IssueAsync();
        if (family.Refreshes.Count > 0) await script(c, family);
    };

    private static bool Live(Family family) => family.IsLive(CaseClock.At);

    private static async Task RetryAsync(Case c, Family family, TimeSpan beside)
    {
        await c.RefreshAsync(family);
        if (family.Refreshes.Count < 2) return;
        Case.Advance((c.Rules.Word("retry") is "never" or "acknowledged" ? Minute : c.Rules.Span("retry")!.Value) + beside);
        await c.RefreshAsync(family, back: 1);
        await c.CheckAsync("retried near the end of the window");
    }

    // Two tabs, the second so much later than the first; more often than any budget allows.
    private static async Task TabsAsync(Case c, Family family, TimeSpan later)
    {
        for (int i = 0; i < 12 && !family.Ended; i++)
        {
            await c.RefreshAsync(family);
            Case.Advance(later);
            if (family.Refreshes.Count > 1) await c.RefreshAsync(family, back: 1);
        }
        await c.CheckAsync("retried in a second tab");
    }

    private static async Task IdleAsync(Case c, Family family, TimeSpan beside)
    {
        await c.RefreshAsync(family);
        if (family.IdleEnd is not { } end || family.AbsoluteEnd <= end) return;
        CaseClock.MoveTo(end + beside);
        await c.CheckAsync("near the idle end");
        await c.RefreshAsync(family);
        await c.CheckAsync("refreshed near the idle end");
    }

    private static async Task AbsoluteAsync(Case c, Family family, TimeSpan beside)
    {
        if (family.AbsoluteEnd is not { } end) return;
        for (int steps = 0; family.IdleEnd <= end && steps < 60 && !family.Ended && family.AbsoluteEnd == end; steps++)
        {
            CaseClock.MoveTo(family.Since + ((family.IdleEnd.Value - family.Since) * 0.9));
            await c.RefreshAsync(family);
        }
        CaseClock.MoveTo(end + beside);
        await c.CheckAsync("near the absolute end");
        await c.RefreshAsync(family);
        await c.CheckAsync("refreshed near the absolute end");
    }
}
