using Evergrant.Protocol;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;
using Evergrant.Protocol.Token;
using Evergrant.Tests;
using static Evergrant.Storage.Tests.Rows;

namespace Evergrant.Storage.Tests;

/// <summary>Limits hold whatever runs at the same time: the decision is pure, the store says whether the world was as it was read.</summary>
public abstract class LimitTests<TStore> : StoreTests<TStore> where TStore : IStoreUnderTest, new()
{
    private const int Most = 3;
    private static readonly CredentialKeys Keys = new([KeyValuePair.Create(1, new byte[32])]);
    private static readonly ScopeCatalogue Catalogue = new([], [new("a"), new("b")]);
    private static readonly Client Client = new() { Issuer = Issuer, ClientId = ClientId, RedirectUris = ["https://a.example/cb"], Scopes = ["a", "b"] };

    [Theory, InlineData(LimitOverflow.EvictOldest, Most), InlineData(LimitOverflow.EvictAllOthers, Most), InlineData(LimitOverflow.Reject, Most), InlineData(LimitOverflow.ReturnActive, 1)]
    public async Task No_interleaving_leaves_more_than_the_limit_alive(LimitOverflow overflow, int max)
    {
        const int Codes = 24;
        GrantPolicy policy = GrantPolicy.Confidential with { Limits = [new(LimitSubject.Family, false, false, max, overflow)] };
        for (int i = 0; i < Codes; i++) await CommitAsync(new CreateGrant(Code(i, policy)));
        using CancellationTokenSource stop = new();
        int most = 0;
        Task watching = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested) most = Math.Max(most, (await LiveAsync()).Length);
        });
        TokenDecision[] decisions = await Task.WhenAll(Enumerable.Range(0, Codes).Select(i => Task.Run(() => RedeemAsync(Id(i)))));
        await stop.CancelAsync();
        await watching;
        Assert.InRange(most, 0, max);
        Grant[] live = await LiveAsync();
        int redeemed = decisions.Count(d => d is Redeemed), refused = decisions.Count(d => d is Refused { Error.Refusal: Refusal.LimitReached }), returned = decisions.Count(d => d is Returned);
        (int Redeemed, int Refused, int Returned) expected = overflow switch { LimitOverflow.Reject => (max, Codes - max, 0), LimitOverflow.ReturnActive => (1, 0, Codes - 1), _ => (Codes, 0, 0) };
        Assert.Equal(expected, (redeemed, refused, returned));
        // Whoever evicts all others leaves between one and the limit, depending on who was last.
        Assert.InRange(live.Length, overflow == LimitOverflow.EvictAllOthers ? 1 : max, max);
        RevocationCause cause = overflow switch { LimitOverflow.EvictAllOthers => RevocationCause.EvictedByNewer, LimitOverflow.ReturnActive => RevocationCause.ActiveReturned, _ => RevocationCause.EvictedAsOldest };
        IReadOnlyList<Grant> all = await Grants.ListGrantsAsync(new GrantFilter(), default);
        Assert.All(all.Where(g => g.State == GrantState.Revoked), g => Assert.Equal(cause, g.RevokedWhy));
        if (overflow == LimitOverflow.Reject) Assert.Equal(Codes - max, all.Count(g => g.State == GrantState.Pending));
    }

    [Fact]
    [Requirement("ATTACK-384")]
    public async Task The_oldest_go_first_and_other_holders_are_let_be()
    {
        GrantPolicy policy = GrantPolicy.Confidential with { Limits = [new(LimitSubject.Family, true, false, 2, LimitOverflow.EvictOldest)] };
        Grant[] others = [Code(20, policy) with { Subject = "s-2" }, Code(21, policy) with { Authorized = Code(0, policy).Authorized with { Scope = "a" } }];
        foreach (Grant other in others) await CommitAsync(new CreateGrant(other));
        for (int i = 0; i < 5; i++) await CommitAsync(new CreateGrant(i % 2 == 0 ? Code(i, policy) : Code(i, policy) with { Authorized = Code(i, policy).Authorized with { Scope = "b a" } }));
        foreach (Grant other in others) await RedeemAsync(other.Id);
        for (int i = 0; i < 5; i++) Assert.IsType<Redeemed>(await RedeemAsync(Id(i)));
        Assert.Equal([Id(3), Id(4), Id(20), Id(21)], (await LiveAsync()).Select(g => g.Id).Order());
    }

    [Fact]
    public async Task A_rate_that_is_used_up_refuses_until_the_window_has_moved_on()
    {
        GrantPolicy policy = GrantPolicy.Confidential with { IssueRate = new(2, TimeSpan.FromHours(1), false) };
        for (int i = 0; i < 4; i++) await CommitAsync(new CreateGrant(Code(i, policy) with { CreatedAt = Now.AddMinutes(-i * 40) }));
        Assert.IsType<Redeemed>(await RedeemAsync(Id(3)));
        Assert.IsType<Redeemed>(await RedeemAsync(Id(1)));
        Assert.IsType<Redeemed>(await RedeemAsync(Id(2)));
        // Two within the hour would be the one before, and this; the third is two hours old.
        Assert.IsType<Redeemed>(await RedeemAsync(Id(0)));
        await CommitAsync(new CreateGrant(Code(5, policy)));
        Assert.Equal(Refusal.IssueRateExceeded, Assert.IsType<Refused>(await RedeemAsync(Id(5))).Error.Refusal);
        await CommitAsync(new RevokeGrant(Id(0), RevocationCause.RevokedByUser, Now));
        Assert.Equal(Refusal.IssueRateExceeded, Assert.IsType<Refused>(await RedeemAsync(Id(5))).Error.Refusal);
        Assert.Equal(GrantState.Pending, (await GrantAsync(Id(5))).State);
    }

    [Fact]
    public async Task No_grant_outlives_the_end_of_its_session()
    {
        for (int round = 0; round < 150; round++)
        {
            byte[] key = Hash("cookie " + round);
            string sid = "sid " + round;
            await CommitAsync(new CreateSession(Rows.Session() with { Key = key, Id = sid }));
            Change end = round % 2 == 0
                ? new Together([new RemoveSession(key), new RevokeGrants(null, Subject, null, sid, RevocationCause.SessionEnded, Now)])
                : new Together([new RemoveSessionsOf(Subject), new RevokeGrants(null, Subject, null, null, RevocationCause.PasswordChanged, Now)]);
            CommitResult[] answers = await AtOnceAsync(6, i => i == 3 ? end : new CreateGrant(Pending(Id((round * 10) + i)) with { SessionId = sid }, key));
            Assert.Equal(CommitResult.Committed, answers[3]);
            Assert.DoesNotContain(await Grants.ListGrantsAsync(new GrantFilter(LiveAt: Now), default), g => g.SessionId == sid);
            Assert.Equal(CommitResult.Conflict, await CommitAsync(new CreateGrant(Pending(Id((round * 10) + 9)), key)));
        }
    }

    private static Grant Code(int number, GrantPolicy policy) => Pending(Id(number)) with
    {
        Authorized = new Authorized { Scope = "a b", Policy = "limited", Rules = policy, IssuesRefreshToken = true },
    };

    private async Task<Grant[]> LiveAsync() => [.. (await Grants.ListGrantsAsync(new GrantFilter(LiveAt: Now), default)).Where(g => g.State == GrantState.Active)];

    private async Task<TokenDecision> RedeemAsync(Guid id)
    {
        while (true)
        {
            Grant grant = await GrantAsync(id);
            IReadOnlyList<Grant> others = await Grants.ListGrantsAsync(new GrantFilter(Issuer, grant.Subject, ClientId, Limit: 1000), default);
            GrantCredential? code = GrantCredential.Read(Keys, CredentialKind.Code, GrantCredential.Write(Keys, 1, CredentialKind.Code, grant, 0));
            TokenDecision decision = AuthorizationCodeGrant.Decide(new TokenRequest { GrantType = "authorization_code" }, code, grant, Issuer, Client, Catalogue, Keys, Now, others);
            if (decision is not Granted granted || await CommitAsync(granted.Change) == CommitResult.Committed) return decision;
        }
    }
}
