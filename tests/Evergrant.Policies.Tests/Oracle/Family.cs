namespace Evergrant.Policies.Tests.Oracle;

/// <summary>One authorization as the tests expect it to be: its tokens one by one.</summary>
internal sealed class Family
{
    public required int Number { get; init; }

    public required string User { get; init; }

    public required string Code { get; init; }

    public required HashSet<string> Scope { get; init; }

    public required bool HasRefresh { get; init; }

    public required DateTimeOffset Created { get; init; }

    public bool Redeemed { get; set; }

    public bool Ended { get; set; }

    /// <summary>Whether what ended it let its access tokens live.</summary>
    public bool SparesAccess { get; set; }

    public DateTimeOffset? IdleEnd { get; set; }

    public DateTimeOffset? AbsoluteEnd { get; set; }

    /// <summary>When the present refresh token was issued or last used.</summary>
    public DateTimeOffset Since { get; set; }

    /// <summary>Refresh tokens in order; the last is the present one.</summary>
    public List<string> Refreshes { get; } = [];

    /// <summary>Retries of each of them.</summary>
    public List<int> Retries { get; } = [];

    public List<Access> Accesses { get; } = [];

    /// <summary>Serials that count against a limit of access tokens.</summary>
    public List<int> Counted { get; } = [];

    public int Serial { get; set; }

    public bool IsLive(DateTimeOffset now) => Redeemed && !Ended && !HasLapsed(now);

    public bool HasLapsed(DateTimeOffset now) => IdleEnd <= now || AbsoluteEnd <= now;

    public void Kill(Func<Access, bool> which)
    {
        foreach (Access access in Accesses.Where(which)) access.Dead = true;
    }
}

/// <summary>One access token.</summary>
internal sealed class Access
{
    public required string Text { get; init; }

    public required int Serial { get; init; }

    public required DateTimeOffset? End { get; init; }

    public bool Dead { get; set; }
}
