using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Policies;
using Evergrant.Protocol.Storage;

namespace Evergrant.Protocol.Grants;

/// <summary>How the tokens of a grant live: data, resolved once per authorization and stored in the grant. The members are the knobs of <see cref="Knob.All"/>.</summary>
public sealed record GrantPolicy
{
    /// <summary>Shown by <c>explain</c> and stored with the grant.</summary>
    public required string Name { get; init; }

    /// <summary>When a refresh token is issued.</summary>
    public RefreshTokenIssuance RefreshTokens { get; init; } = RefreshTokenIssuance.OfflineAccess;

    /// <summary>What the authorization must be like besides; null for nothing.</summary>
    public PolicyCondition? RefreshTokenRequires { get; init; }

    /// <summary>Grant types that come with a refresh token, space-delimited.</summary>
    public string RefreshTokenGrants { get; init; } = "authorization_code urn:ietf:params:oauth:grant-type:device_code urn:openid:params:grant-type:ciba";

    /// <summary>Client types that get one, space-delimited; empty for all.</summary>
    public string RefreshTokenClients { get; init; } = "";

    /// <summary>How often.</summary>
    public RefreshTokenRecurrence RefreshTokenRecurrence { get; init; }

    /// <summary>Form of access tokens; null leaves it to the API and the client.</summary>
    public AccessTokenFormat? AccessTokenFormat { get; init; }

    /// <summary>Life of an access token (RFC 6750 section 5.3: an hour or less); null for one that never ends.</summary>
    public TimeSpan? AccessTokenLifetime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Where each access token draws its life between <see cref="AccessTokenLifetime"/> and this; null where all have the same.</summary>
    public TimeSpan? AccessTokenLifetimeMost { get; init; }

    /// <summary>Lives that differ by grant type, as name=duration, space-delimited.</summary>
    public string AccessTokenLifetimeByGrant { get; init; } = "";

    /// <summary>Life of an ID Token.</summary>
    public TimeSpan IdTokenLifetime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Life of an authorization code (RFC 6749 section 4.1.2: ten minutes at most).</summary>
    public TimeSpan CodeLifetime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Life of a device code and its user code (RFC 8628 section 3.2).</summary>
    public TimeSpan DeviceCodeLifetime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>End of a refresh token that is not used; null for none.</summary>
    public TimeSpan? IdleLifetime { get; init; } = TimeSpan.FromDays(14);

    /// <summary>For how much longer than that it is accepted all the same.</summary>
    public TimeSpan IdleGrace { get; init; }

    /// <summary>Whether the idle lifetime is that of the present settings, not that of the authorization.</summary>
    public bool IdleLive { get; init; }

    /// <summary>End of the grant that no refresh moves; null for none.</summary>
    public TimeSpan? AbsoluteLifetime { get; init; } = TimeSpan.FromDays(90);

    /// <summary>Whether a new refresh token ends when its predecessor would have; otherwise the absolute lifetime begins again with each.</summary>
    public bool InheritsAbsoluteLifetime { get; init; } = true;

    /// <summary>Whether each refresh supersedes the refresh token (RFC 9700 section 2.2.2).</summary>
    public bool Rotate { get; init; } = true;

    /// <summary>Whether a superseded token is dead.</summary>
    public Predecessor Predecessor { get; init; }

    /// <summary>The retry rule.</summary>
    public required RetryRule Retry { get; init; }

    /// <summary>Retries of one refresh at most, 0 to 15; null for any number.</summary>
    public int? RetryUses { get; init; }

    /// <summary>Retries allowed within ten rotations; null for any number.</summary>
    public int? RetryBudget { get; init; }

    /// <summary>Time after a refresh in which retries do not count against <see cref="RetryBudget"/>, because they are those of tabs and processes that refresh at once; null for none.</summary>
    /// <remarks>Without effect where <see cref="RetryUses"/> is given or the budget is 0.</remarks>
    public TimeSpan? RetryUncounted { get; init; }

    /// <summary>Whether a refresh token that is not superseded stands in the answer again.</summary>
    public bool EchoRefreshToken { get; init; } = true;

    /// <summary>Whether the operator says that public clients may keep one bearer refresh token; without it they rotate whatever <see cref="Rotate"/> says.</summary>
    public bool PublicWithoutRotation { get; init; }

    /// <summary>The reaction to a replay.</summary>
    public ReplayReaction OnReplay { get; init; } = ReplayReaction.Revoke;

    /// <summary>Whether a replay kills the access tokens of the grant; null kills them where it revokes the grant.</summary>
    public bool? ReplayRevokesAccessTokens { get; init; }

    /// <summary>The reaction to a token that is ahead of the store.</summary>
    public StoreBehindReaction OnStoreBehind { get; init; } = StoreBehindReaction.CatchUp;

    /// <summary>Older access tokens at a refresh.</summary>
    public PreviousAccessToken OnRefresh { get; init; } = PreviousAccessToken.Keep;

    /// <summary>Other grants of the user at a new authorization.</summary>
    public Reauthorization OnReauthorize { get; init; } = Reauthorization.Keep;

    /// <summary>How many may live at a time; all of them hold.</summary>
    public IReadOnlyList<PolicyLimit> Limits { get; init; } = [];

    /// <summary>How many may be issued within a time; null for any number.</summary>
    public IssueRate? IssueRate { get; init; }

    /// <summary>What goes with an access token that is revoked.</summary>
    public RevocationCascade RevokeAccessToken { get; init; } = RevocationCascade.Token;

    /// <summary>What goes with a refresh token that is revoked.</summary>
    public RevocationCascade RevokeRefreshToken { get; init; } = RevocationCascade.Family;

    /// <summary>What a refresh does about scope that was not granted.</summary>
    public RefreshScope RefreshScope { get; init; } = RefreshScope.Reject;

    /// <summary>The built-in policy for clients that prove who they are. It never changes: stored grants name it.</summary>
    public static GrantPolicy Confidential { get; } = new() { Name = "confidential", Retry = RetryRule.UntilAcknowledged };

    /// <summary>The built-in policy for clients that hold bare bearer refresh tokens. It never changes either.</summary>
    public static GrantPolicy Public { get; } = new()
    {
        Name = "public", Retry = RetryRule.For(TimeSpan.FromSeconds(60)), RetryBudget = 3,
    };

    /// <summary>The same for applications in a browser, whose tabs share a token and refresh at once. It never changes either.</summary>
    public static GrantPolicy PublicBrowser { get; } = Public with { Name = "public-browser", RetryUncounted = TimeSpan.FromSeconds(10) };

    /// <summary>The built-in policies. Their names are taken.</summary>
    public static IReadOnlyList<GrantPolicy> BuiltIn { get; } = [Confidential, Public, PublicBrowser];

    /// <summary>The built-in policy that a client's own stands on.</summary>
    /// <param name="client">The client.</param>
    public static GrantPolicy BuiltInFor(Client client) => !client.IsPublic ? Confidential : client.ApplicationType == ApplicationType.Browser ? PublicBrowser : Public;

    /// <summary>Whether a refresh of a client supersedes the token. A public client's does, unless the operator has said otherwise.</summary>
    /// <param name="client">The client.</param>
    public bool RotatesFor(Client client) => Rotate || (client.IsPublic && !PublicWithoutRotation);

    /// <summary>Whether superseded tokens of a client stay good, which for a public client takes the operator's word as well.</summary>
    /// <param name="client">The client.</param>
    public bool KeepsPredecessorsFor(Client client) => Predecessor == Predecessor.StaysValid && (!client.IsPublic || PublicWithoutRotation);

    /// <summary>The longest that an access token lives; null for ever.</summary>
    public TimeSpan? AccessTokenLifetimeLongest => AccessTokenLifetimeMost ?? AccessTokenLifetime;

    /// <summary>Live access tokens that one grant may have, with what happens to one too many; null for any number.</summary>
    public (int Max, LimitOverflow Overflow)? AccessTokensOfGrant
    {
        get
        {
            (int, LimitOverflow)? least = null;
            for (int i = 0; i < Limits.Count; i++)
            {
                if (Limits[i].Subject != LimitSubject.AccessToken) continue;
                // Counted over several grants: each has one, so that no refresh needs to look at the others.
                if (!Limits[i].PerRefreshToken) return (1, LimitOverflow.EvictOldest);
                if (least is not { } known || Limits[i].Max < known.Item1) least = (Limits[i].Max, Limits[i].Overflow);
            }
            return least;
        }
    }

    /// <summary>Whether the present generation may be given once more to whoever shows its predecessor (grants.md, "The retry rule").</summary>
    /// <param name="grant">The row, whose present generation has not been used.</param>
    /// <param name="now">The instant of the decision.</param>
    public bool PermitsRetry(Grant grant, DateTimeOffset now)
    {
        // The built-in window and budget are those of a bare bearer token. Whoever has to prove a key to refresh is as sure as a client that authenticates.
        if (grant.BoundKey is not null && (ReferenceEquals(this, Public) || ReferenceEquals(this, PublicBrowser))) return Confidential.PermitsRetry(grant, now);
        bool inTime = Retry.Kind switch
        {
            RetryRuleKind.UntilAcknowledged => true,
            RetryRuleKind.Window => now < grant.GenerationAt + Retry.Window,
            _ => false,
        };
        return inTime && (RetryBudget is not { } budget || grant.Retries.Total < budget || LeavesUncounted(grant, now)) && (RetryUses is not { } uses || grant.Retries.OfPresent < uses);
    }

    /// <summary>The change that a permitted retry is committed with.</summary>
    /// <param name="grant">The row.</param>
    /// <param name="now">The instant of the decision.</param>
    public CountRetry RetryOf(Grant grant, DateTimeOffset now) =>
        new(grant.Id, grant.Generation, RetryBudget is null && RetryUses is null ? null : grant.Retries) { Uncounted = LeavesUncounted(grant, now) };

    private bool LeavesUncounted(Grant grant, DateTimeOffset now) => RetryUncounted is { } span && RetryBudget > 0 && RetryUses is null && now < grant.GenerationAt + span;

    /// <summary>Whether redeeming a code needs to know what else the user has allowed the client.</summary>
    public bool LooksAtOthers => OnReauthorize != Reauthorization.Keep || IssueRate is not null || Limits.Any(l => !l.PerRefreshToken);
}
