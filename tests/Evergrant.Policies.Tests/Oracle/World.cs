using System.Text.Json.Nodes;
using Evergrant.Policies.Tests.Hosts;

namespace Evergrant.Policies.Tests.Oracle;

/// <summary>What the server is expected to know and to do, written down token by token from the knobs alone.</summary>
internal sealed class World(Rules rules)
{
    public List<Family> Families { get; } = [];

    private static DateTimeOffset Now => CaseClock.At;

    /// <summary>A code comes back.</summary>
    public Expected Redeem(Family family)
    {
        if (family.Ended || family.Redeemed) return Expected.Refused("invalid_grant");
        Family[] live = [.. Families.Where(f => f != family && f.User == family.User && f.IsLive(Now)).OrderByDescending(f => f.Number)];
        Family? same = live.FirstOrDefault(f => f.Scope.SetEquals(family.Scope) && f.HasRefresh == family.HasRefresh);
        if (rules.Rate is { } rate)
        {
            TimeSpan window = TimeSpan.Parse((string)rate["window"]!, System.Globalization.CultureInfo.InvariantCulture);
            bool perScope = rate["per"] is not null && Rules.IsPer(rate, "scope");
            if (Families.Count(f => f.User == family.User && f.Redeemed && f.Created > Now - window && (!perScope || f.Scope.SetEquals(family.Scope))) >= (int)rate["max"]!) return Expected.Refused("access_denied");
        }
        Family? instead = rules.Word("on_reauthorize") == "return_active" ? same : null;
        HashSet<Family> ended = rules.Word("on_reauthorize") == "revoke_all" ? [.. live] : [];
        foreach (JsonNode? limit in rules.Limits.Where(l => !Rules.IsPer(l!, "refresh_token")))
        {
            bool ofRefresh = (string)limit!["subject"]! == "refresh_token";
            if (ofRefresh && !family.HasRefresh) continue;
            Family[] counted = [.. live.Where(f => !ended.Contains(f) && (!ofRefresh || f.HasRefresh) && (!Rules.IsPer(limit, "scope") || f.Scope.SetEquals(family.Scope)))];
            int max = (int)limit["max"]!;
            string overflow = (string)limit["overflow"]!;
            if (counted.Length < max) continue;
            if (overflow == "return_active" && same is not null) instead ??= same;
            else if (instead is not null) continue;
            else if (overflow == "reject") return Expected.Refused("access_denied");
            else ended.UnionWith(overflow == "evict_all_others" ? counted : counted[(max - 1)..]);
        }
        if (instead is not null) return HandOut(family, instead);
        foreach (Family one in ended) one.Ended = true;
        family.Redeemed = true;
        family.Since = Now;
        family.Serial = 1;
        family.Counted.Add(1);
        if (family.HasRefresh)
        {
            family.IdleEnd = Idle();
            family.Refreshes.Add("?");
            family.Retries.Add(0);
        }
        else if (rules.Life is { } life && !(family.AbsoluteEnd < Now + life.Most)) family.AbsoluteEnd = Now + life.Most;
        return new Expected(null, family.HasRefresh ? "new" : "none", Now, family, 1);
    }

    /// <summary>A refresh token comes.</summary>
    public Expected Refresh(Family family, string token, string? scope)
    {
        if (family.Ended || family.HasLapsed(Now)) return Expected.Refused("invalid_grant");
        int place = family.Refreshes.LastIndexOf(token), last = family.Refreshes.Count - 1;
        bool asGood = place < last && rules.KeepsPredecessors;
        bool retry = place == last - 1 && !asGood && RetryIsAllowed(family);
        if (place < last && !asGood && !retry)
        {
            Replay(family);
            return Expected.Refused("invalid_grant");
        }
        if (scope is not null && rules.Word("refresh_scope") == "reject" && scope.Split(' ').Any(s => s is not ("openid" or "offline_access") && !family.Scope.Contains(s))) return Expected.Refused("invalid_scope");
        if (retry)
        {
            if (!IsUncounted(family)) family.Retries[last] = Math.Min(15, family.Retries[last] + 1);
            return new Expected(null, family.Refreshes[last], Now, family, family.Serial);
        }
        if (!MakeRoom(family)) return Expected.Refused("access_denied");
        family.Counted.Add(++family.Serial);
        family.Since = Now;
        family.IdleEnd = Idle();
        if (!rules.Rotates) return new Expected(null, rules.Echoes ? token : "none", Now, family, family.Serial);
        if (rules.Flag("inherits_absolute_lifetime") == false) family.AbsoluteEnd = Now + rules.Span("absolute_lifetime");
        family.Refreshes.Add("?");
        family.Retries.Add(0);
        return new Expected(null, "new", Now, family, family.Serial);
    }

    /// <summary>A client revokes a token.</summary>
    public void Revoke(Family family, Access? access)
    {
        string cascade = rules.Word(access is null ? "revoke_refresh_token" : "revoke_access_token")!;
        if (access is not null && (cascade == "token" || family.Ended)) access.Dead = true;
        else if (family.Ended) return;
        else if (cascade == "all") EndAll(family.User, false);
        else (family.Ended, family.SparesAccess) = (true, cascade == "token");
    }

    public static bool IsGood(Family family, Access access) => !access.Dead && (!family.Ended || family.SparesAccess) && !(access.End <= Now);

    public bool IsGood(Family family, string refresh) => family.IsLive(Now) && (rules.KeepsPredecessors || family.Refreshes[^1] == refresh);

    private DateTimeOffset? Idle() => Now + rules.Span("idle_lifetime") + rules.Span("idle_grace");

    private Expected HandOut(Family family, Family instead)
    {
        bool lives = instead.Counted.Contains(instead.Serial) && !(instead.Since + rules.Life?.Least <= Now);
        if (!lives)
        {
            if (!MakeRoom(instead)) return Expected.Refused("access_denied");
            instead.Counted.Add(++instead.Serial);
        }
        family.Ended = true;
        return new Expected(null, instead.HasRefresh ? instead.Refreshes[^1] : "none", lives ? instead.Since : Now, instead, instead.Serial);
    }

    private bool RetryIsAllowed(Family family)
    {
        bool inTime = rules.Word("retry") switch { "never" => false, "acknowledged" => true, _ => Now < family.Since + rules.Span("retry") };
        return inTime && !(rules.Number("retry_uses") <= family.Retries[^1]) && (IsUncounted(family) || !(rules.Number("retry_budget") <= family.Retries.TakeLast(10).Sum()));
    }

    private bool IsUncounted(Family family) => rules.Number("retry_uses") is null && rules.Number("retry_budget") > 0 && Now < family.Since + rules.Span("retry_uncounted");

    private void Replay(Family family)
    {
        bool spares = rules.Flag("replay_revokes_access_tokens") == false;
        switch (rules.Word("on_replay"))
        {
            case "revoke":
                (family.Ended, family.SparesAccess) = (true, spares);
                break;
            case "revoke_all":
                EndAll(family.User, spares);
                break;
            default:
                if (rules.Flag("replay_revokes_access_tokens") != true) break;
                family.Kill(_ => true);
                family.Counted.Clear();
                break;
        }
    }

    private void EndAll(string user, bool spares)
    {
        foreach (Family one in Families.Where(f => f.User == user && !f.Ended)) (one.Ended, one.SparesAccess) = (true, spares);
    }

    // Before one more access token of a family: which of the older ones die; false when no further one may be.
    private bool MakeRoom(Family family)
    {
        if (rules.Word("previous_access_token") != "keep")
        {
            Drop(family, family.Counted.Count);
            return true;
        }
        JsonNode[] limits = [.. rules.Limits.Where(l => (string)l!["subject"]! == "access_token")!];
        if (limits.Length == 0) return true;
        bool ofUser = limits.Any(l => !Rules.IsPer(l, "refresh_token"));
        (int max, string overflow) = ofUser ? (1, "evict_oldest") : ((int)limits[0]["max"]!, (string)limits[0]["overflow"]!);
        if (family.Since + rules.Life?.Most <= Now) Drop(family, family.Counted.Count);
        if (family.Counted.Count < max) return true;
        if (overflow == "reject") return false;
        Drop(family, overflow == "evict_all_others" ? family.Counted.Count : family.Counted.Count - max + 1);
        return true;
    }

    private static void Drop(Family family, int count)
    {
        int[] gone = [.. family.Counted.Take(count)];
        family.Counted.RemoveRange(0, count);
        family.Kill(a => gone.Contains(a.Serial));
    }
}
