using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Sessions;
using Evergrant.Protocol.Storage;
using static Evergrant.Storage.Tests.Rows;

namespace Evergrant.Storage.Tests;

/// <summary>Rows come back as they went: grants, sessions, consents, denials.</summary>
public abstract class GrantRowTests<TStore> : StoreTests<TStore> where TStore : IStoreUnderTest, new()
{
    [Fact]
    public async Task A_grant_comes_back_with_every_member()
    {
        Grant[] rows = [Pending(Id(1)), Active(Id(2)), Full(Id(3)), Bare(Id(4)), Bare(Id(5)) with { Authorized = new() { Scope = "", Policy = "" } }];
        foreach (Grant row in rows) await CommitAsync(new CreateGrant(row));
        await ReopenAsync();
        foreach (Grant row in rows) Same(row, await GrantAsync(row.Id));
        Assert.Null(await Grants.FindGrantAsync(Id(99), default));
    }

    [Fact]
    public async Task A_built_in_policy_comes_back_as_itself()
    {
        for (int i = 0; i < GrantPolicy.BuiltIn.Count; i++) await CommitAsync(new CreateGrant(Active(Id(i)) with { Authorized = new() { Scope = "", Policy = GrantPolicy.BuiltIn[i].Name, Rules = GrantPolicy.BuiltIn[i] } }));
        await ReopenAsync();
        for (int i = 0; i < GrantPolicy.BuiltIn.Count; i++) Assert.Same(GrantPolicy.BuiltIn[i], (await GrantAsync(Id(i))).Authorized.Rules);
    }

    [Fact]
    public void The_sample_of_a_grant_sets_every_member()
    {
        EveryMemberDiffers(Full(Id(3)), Pending() with { Salt = [] }, nameof(Grant.CreatedAt));
        EveryMemberDiffers(Full().Authorized, Pending().Authorized);
    }

    [Fact]
    public async Task Every_state_and_cause_comes_back()
    {
        RevocationCause[] causes = Enum.GetValues<RevocationCause>();
        for (int i = 0; i < causes.Length; i++)
        {
            await CommitAsync(new CreateGrant(Full(Id(i)) with { RevokedWhy = causes[i], State = (GrantState)(i % 3) }));
            Assert.Equal(causes[i], (await GrantAsync(Id(i))).RevokedWhy);
            Assert.Equal((GrantState)(i % 3), (await GrantAsync(Id(i))).State);
        }
    }

    [Fact]
    public async Task An_instant_is_stored_to_the_millisecond_and_never_later_than_it_was()
    {
        DateTimeOffset fine = Now.AddTicks(9_999), local = new(2026, 6, 1, 12, 0, 0, 1, TimeSpan.FromHours(2));
        await CommitAsync(new CreateGrant(Active() with { ExpiresAt = fine, IdleExpiresAt = local, CreatedAt = DateTimeOffset.UnixEpoch.AddTicks(-1) }));
        Grant grant = await GrantAsync(GrantId);
        Assert.Equal(Now, grant.ExpiresAt);
        Assert.Equal(local, grant.IdleExpiresAt);
        Assert.Equal(DateTimeOffset.UnixEpoch.AddMilliseconds(-1), grant.CreatedAt);
    }

    [Fact]
    public async Task A_long_document_comes_back()
    {
        Grant row = Full() with { Authorized = Full().Authorized with { Claims = "{\"a\":\"" + new string('ü', 20_000) + "\"}", Resources = [.. Enumerable.Range(0, 200).Select(i => $"https://api{i}.example")] } };
        await CommitAsync(new CreateGrant(row));
        Same(row, await GrantAsync(GrantId));
    }

    [Fact]
    public async Task Grants_are_listed_newest_first_and_filtered()
    {
        Grant[] rows =
        [
            Active(Id(1)), Active(Id(2)) with { Issuer = "https://other.example" }, Active(Id(3)) with { Subject = "s-2" }, Active(Id(4)) with { ClientId = "native" },
            Active(Id(5)) with { ExpiresAt = Now }, Active(Id(6)) with { IdleExpiresAt = Now.AddMilliseconds(-1) }, Full(Id(7)) with { Issuer = Issuer, Subject = Subject, ClientId = ClientId },
            Bare(Id(8)), Pending(Id(9)),
        ];
        foreach (int i in (int[])[4, 0, 8, 2, 6, 1, 5, 3, 7]) await CommitAsync(new CreateGrant(rows[i]));
        Assert.Equal("9 8 7 6 5 4 3 2 1", await ListAsync(new()));
        Assert.Equal("9 8 7 6 5 4 3 1", await ListAsync(new(Issuer: Issuer)));
        Assert.Equal("9 7 6 5 4 2 1", await ListAsync(new(Subject: Subject)));
        Assert.Equal("4", await ListAsync(new(ClientId: "native")));
        Assert.Equal("9 8 4 3 2 1", await ListAsync(new(LiveAt: Now)));
        Assert.Equal("9 1", await ListAsync(new(Issuer, Subject, ClientId, Now)));
        Assert.Equal("9 8", await ListAsync(new(Limit: 2)));
        Assert.Empty(await ListAsync(new(Subject: "nobody")));
    }

    [Fact]
    public async Task A_session_comes_back_with_every_member()
    {
        Session full = Rows.Session() with { Id = "ä\"", Amr = ["pwd", "otp", ""], Acr = "" }, bare = Rows.Session("bare") with { Amr = [], Acr = null };
        await CommitAsync(new CreateSession(full));
        await CommitAsync(new CreateSession(bare));
        await ReopenAsync();
        Same(full, await Grants.FindSessionAsync(full.Key, default));
        Same(bare, await Grants.FindSessionAsync(bare.Key, default));
        Assert.Null(await Grants.FindSessionAsync(Hash("unknown"), default));
    }

    [Fact]
    public async Task Removing_the_sessions_of_an_account_leaves_those_of_others()
    {
        foreach (string who in (string[])["one", "two", "other"]) await CommitAsync(new CreateSession(Rows.Session(who, who == "other" ? "s-2" : Subject)));
        await CommitAsync(new RemoveSessionsOf(Subject));
        Assert.Null(await Grants.FindSessionAsync(Hash("one"), default));
        Assert.Null(await Grants.FindSessionAsync(Hash("two"), default));
        Assert.NotNull(await Grants.FindSessionAsync(Hash("other"), default));
    }

    [Fact]
    public async Task Grants_are_listed_by_the_session_they_were_authorized_in_whether_or_not_they_end_with_it()
    {
        Grant[] grants =
        [
            Active(Id(1)) with { SessionId = null, Authorized = Active().Authorized with { SessionId = "sid-1" } }, Active(Id(2)) with { Authorized = Active().Authorized with { SessionId = "sid-2" } },
            Active(Id(3)) with { State = GrantState.Revoked, RevokedAt = Now, RevokedWhy = RevocationCause.SessionEnded, Authorized = Active().Authorized with { SessionId = "sid-1" } },
            Active(Id(4)) with { Authorized = Active().Authorized with { SessionId = null } },
        ];
        foreach (Grant grant in grants) await CommitAsync(new CreateGrant(grant));
        Assert.Equal("3 1", await ListAsync(new GrantFilter(Subject: Subject, AuthorizedIn: "sid-1")));
        Assert.Equal("1", await ListAsync(new GrantFilter(Subject: Subject, AuthorizedIn: "sid-1", LiveAt: Now)));
        Assert.Equal("", await ListAsync(new GrantFilter(Subject: "s-9", AuthorizedIn: "sid-1")));
        Assert.Equal("1", await ListAsync(new GrantFilter(Subject: Subject, AuthorizedIn: "sid-1", State: GrantState.Active)));
        Assert.Equal("3", await ListAsync(new GrantFilter(State: GrantState.Revoked)));
        Assert.Equal("", await ListAsync(new GrantFilter(State: GrantState.Requested)));
    }

    [Fact]
    public async Task A_consent_comes_back_and_is_replaced_as_a_whole()
    {
        await CommitAsync(new SaveConsent(Rows.Consent()));
        Same(Rows.Consent(), await Grants.FindConsentAsync(Issuer, Subject, ClientId, default));
        Consent other = Rows.Consent() with { Scopes = [], Resources = ["https://a.example", "ä"], Claims = [], GivenAt = Now.AddDays(1) };
        await CommitAsync(new SaveConsent(other));
        await ReopenAsync();
        Same(other, await Grants.FindConsentAsync(Issuer, Subject, ClientId, default));
        Assert.Null(await Grants.FindConsentAsync(Issuer, "s-2", ClientId, default));
        Assert.Null(await Grants.FindConsentAsync("https://other.example", Subject, ClientId, default));
    }

    [Fact]
    public async Task A_read_sees_every_change_that_was_answered_before_it()
    {
        await CommitAsync(new CreateGrant(Active()));
        for (long generation = 1; generation <= 300; generation++)
        {
            await CommitAsync(Advance(GrantId, generation));
            Assert.Equal(generation + 1, (await Task.Run(() => GrantAsync(GrantId))).Generation);
        }
    }

    private async Task<string> ListAsync(GrantFilter filter) =>
        string.Join(' ', (await Grants.ListGrantsAsync(filter, default)).Select(grant => grant.Id.ToByteArray(bigEndian: true)[15]));
}
