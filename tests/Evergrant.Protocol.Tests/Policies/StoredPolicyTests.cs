using System.Text;
using System.Text.Json;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Policies;
using Evergrant.Protocol.Storage;

namespace Evergrant.Protocol.Tests.Policies;

public class StoredPolicyTests
{
    /// <summary>A policy in which every knob is turned.</summary>
    public static GrantPolicy Full { get; } = new()
    {
        Name = "full", RefreshTokens = RefreshTokenIssuance.Always, RefreshTokenRequires = Condition("""{"param":{"a":"b"},"scope_any":["x"]}"""), RefreshTokenGrants = "authorization_code client_credentials",
        RefreshTokenClients = "web public", RefreshTokenRecurrence = RefreshTokenRecurrence.FirstConsentOnly, AccessTokenFormat = AccessTokenFormat.Opaque, AccessTokenLifetime = TimeSpan.FromMinutes(6),
        AccessTokenLifetimeMost = TimeSpan.FromMinutes(8), AccessTokenLifetimeByGrant = "client_credentials=00:09:00", IdTokenLifetime = TimeSpan.FromMinutes(7), CodeLifetime = TimeSpan.FromSeconds(30), DeviceCodeLifetime = TimeSpan.FromMinutes(3),
        IdleLifetime = TimeSpan.FromDays(3), IdleGrace = TimeSpan.FromSeconds(9), IdleLive = true, AbsoluteLifetime = null, InheritsAbsoluteLifetime = false, Rotate = true, Predecessor = Predecessor.StaysValid,
        Retry = RetryRule.For(TimeSpan.FromSeconds(5)), RetryUses = 2, RetryBudget = 7, RetryUncounted = TimeSpan.FromSeconds(4), EchoRefreshToken = false, PublicWithoutRotation = true, OnReplay = ReplayReaction.RevokeAll, ReplayRevokesAccessTokens = false,
        OnStoreBehind = StoreBehindReaction.Refuse, OnRefresh = PreviousAccessToken.RevokeAll, OnReauthorize = Reauthorization.RevokeAll,
        Limits = [new(LimitSubject.AccessToken, false, true, 5, LimitOverflow.Reject), new(LimitSubject.RefreshToken, true, false, 9, LimitOverflow.ReturnActive)], IssueRate = new(3, TimeSpan.FromHours(1), true),
        RevokeAccessToken = RevocationCascade.All, RevokeRefreshToken = RevocationCascade.Token, RefreshScope = RefreshScope.Ignore,
    };

    [Fact]
    public void The_sample_turns_every_knob()
    {
        Assert.Equal(["rotate"], Knob.All.Where(k => k.ValueIn(Full)?.ToJsonString() == k.ValueIn(GrantPolicy.Confidential)?.ToJsonString()).Select(k => k.Name));
        Assert.Equal(Knob.All.Count, typeof(GrantPolicy).GetProperties().Count(p => p is { CanWrite: true, Name: not nameof(GrantPolicy.Name) } && !p.GetMethod!.IsStatic));
    }

    [Fact]
    public void What_is_stored_says_every_knob_and_the_built_in_ones_are_a_letter()
    {
        Assert.Equal(("c", "p"), (StoredPolicy.TextOf(GrantPolicy.Confidential), StoredPolicy.TextOf(GrantPolicy.Public)));
        Assert.Same(GrantPolicy.Confidential, StoredPolicy.OfText("c"));
        Assert.Same(GrantPolicy.Public, StoredPolicy.OfText("p"));
        Assert.Same(GrantPolicy.PublicBrowser, StoredPolicy.OfText(StoredPolicy.TextOf(GrantPolicy.PublicBrowser)));
        GrantPolicy[] policies = [Full, Full with { Rotate = false }, GrantPolicy.Public with { Name = "x" }, GrantPolicy.PublicBrowser with { Name = "x" }, GrantPolicy.Confidential with { IdleLifetime = null }];
        foreach (GrantPolicy policy in policies)
        {
            GrantPolicy read = StoredPolicy.OfText(StoredPolicy.TextOf(policy));
            Assert.All(Knob.All, k => Assert.Equal(k.ValueIn(policy)?.ToJsonString(), k.ValueIn(read)?.ToJsonString()));
        }
    }

    /// <summary>Nodes of the version before know two letters; whatever follows one they read as the knobs that differ from it, and of other members they ask nothing.</summary>
    [Fact]
    public void What_is_built_in_for_browsers_is_stored_as_a_difference_that_older_programs_read()
    {
        string text = StoredPolicy.TextOf(GrantPolicy.PublicBrowser);
        Assert.Equal('p', text[0]);
        JsonElement difference = JsonDocument.Parse(text[1..]).RootElement;
        Assert.All(difference.EnumerateObject(), m => Assert.Contains(m.Name, PolicyDocument.Members));
        Assert.Equal([("name", "public-browser"), ("retry_uncounted", "00:00:10")], difference.EnumerateObject().Select(m => (m.Name, m.Value.GetString()!)));
        // Such a program has no object for the text; here that is one with a space in it.
        GrantPolicy read = StoredPolicy.OfText(text.Replace(",", ", ", StringComparison.Ordinal));
        Assert.NotSame(GrantPolicy.PublicBrowser, read);
        Assert.All(Knob.All, k => Assert.Equal(k.ValueIn(GrantPolicy.PublicBrowser)?.ToJsonString(), k.ValueIn(read)?.ToJsonString()));
    }

    [Fact]
    public void What_an_operator_has_said_is_told_from_what_is_built_in_though_it_says_the_same()
    {
        string own = StoredPolicy.TextOf(GrantPolicy.PublicBrowser with { Name = "own" });
        Assert.Equal("""p{"retry_uncounted":"00:00:10"}""", own);
        Assert.NotSame(GrantPolicy.PublicBrowser, StoredPolicy.OfText(own));
    }

    [Fact]
    public void Grants_under_one_policy_share_one_object_and_reading_them_makes_none()
    {
        byte[] builtIn = JsonSerializer.SerializeToUtf8Bytes(new Authorized { Scope = "a", Policy = "full", Rules = GrantPolicy.PublicBrowser }, StoredJson.Default.Authorized);
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(new Authorized { Scope = "a", Policy = "full", Rules = Full }, StoredJson.Default.Authorized);
        byte[] none = JsonSerializer.SerializeToUtf8Bytes(new Authorized { Scope = "a", Policy = "full" }, StoredJson.Default.Authorized);
        Assert.Same(Read(json).Rules, Read(json).Rules);
        Assert.Null(Read(none).Rules);
        // What was stored before policies were.
        Assert.Same(Sample.Web.EffectivePolicy, (Sample.Grant() with { Authorized = Read(none) }).PolicyOf(Sample.Web));
        long with = Allocated(json), without = Allocated(none);
        Assert.Equal((without, without), (with, Allocated(builtIn)));
    }

    private static Authorized Read(byte[] json) => JsonSerializer.Deserialize(json, StoredJson.Default.Authorized)!;

    // The least of several: what the runtime itself needs now and then is not asked about.
    private static long Allocated(byte[] json)
    {
        for (int i = 0; i < 100; i++) Read(json);
        long least = long.MaxValue;
        for (int round = 0; round < 10; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 100; i++) Read(json);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        return least / 100;
    }

    private static PolicyCondition Condition(string json)
    {
        PolicyDocument document = PolicyDocument.Parse(JsonDocument.Parse(Encoding.UTF8.GetBytes("{\"name\":\"x\",\"overrides\":[{\"when\":" + json + ",\"set\":{}}]}")).RootElement, "", [], null)!;
        return document.Overrides[0].When;
    }
}
