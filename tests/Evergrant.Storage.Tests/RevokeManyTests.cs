using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;
using Evergrant.Tests;
using static Evergrant.Storage.Tests.Rows;

namespace Evergrant.Storage.Tests;

/// <summary>Ending many grants: exactly those that match every member given.</summary>
public abstract class RevokeManyTests<TStore> : StoreTests<TStore> where TStore : IStoreUnderTest, new()
{
    [Fact]
    [Requirement("ATTACK-143", "ATTACK-147")]
    public async Task Every_combination_of_filters_ends_exactly_what_matches()
    {
        string[] issuers = ["i-1", "i-2"], clients = ["c-1", "c-2"];
        string?[] subjects = ["s-1", "s-2", null], sessions = ["x-1", "x-2", null];
        Grant[] rows = [.. from issuer in issuers from client in clients from subject in subjects from session in sessions
                           select Active() with { Issuer = issuer, ClientId = client, Subject = subject, SessionId = session }];
        for (int given = 0; given < 16; given++)
        {
            RevokeGrants change = new(Part(given, 1, "i-1"), Part(given, 2, "s-1"), Part(given, 4, "c-1"), Part(given, 8, "x-1"), RevocationCause.SessionEnded, Now);
            Grant[] written = [.. rows.Select((row, i) => row with { Id = Id(given * 100 + i) })];
            foreach (Grant row in written) Assert.Equal(CommitResult.Committed, await CommitAsync(new CreateGrant(row)));
            Assert.Equal(CommitResult.Committed, await CommitAsync(change));
            foreach (Grant row in written)
            {
                bool matches = (change.Issuer ?? row.Issuer) == row.Issuer && (change.ClientId ?? row.ClientId) == row.ClientId
                    && (change.Subject is null || change.Subject == row.Subject) && (change.SessionId is null || change.SessionId == row.SessionId);
                Grant now = await GrantAsync(row.Id);
                Assert.Equal(matches, now is { State: GrantState.Revoked, RevokedWhy: RevocationCause.SessionEnded } && now.RevokedAt == Now);
                if (!matches) Same(row, now);
            }
            await CommitAsync(new RevokeGrants(null, null, null, null, RevocationCause.RevokedByOperator, Now));
        }
    }

    [Fact]
    public async Task A_grant_that_is_revoked_keeps_its_cause()
    {
        await CommitAsync(new CreateGrant(Active()));
        await CommitAsync(new RevokeGrant(GrantId, RevocationCause.RefreshTokenReplayed, Now));
        Assert.Equal(CommitResult.Committed, await CommitAsync(new RevokeGrants(null, Subject, null, null, RevocationCause.AccountRemoved, Now.AddDays(1))));
        Grant grant = await GrantAsync(GrantId);
        Assert.Equal(RevocationCause.RefreshTokenReplayed, grant.RevokedWhy);
        Assert.Equal(Now, grant.RevokedAt);
    }

    private static string? Part(int given, int bit, string value) => (given & bit) != 0 ? value : null;
}
