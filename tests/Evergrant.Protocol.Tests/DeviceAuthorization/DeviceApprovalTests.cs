using Evergrant.Protocol.Authorize;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.DeviceAuthorization;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;
using Evergrant.Protocol.Token;

namespace Evergrant.Protocol.Tests.DeviceAuthorization;

public class DeviceApprovalTests
{
    private static readonly byte[] Key = new byte[32];
    private static readonly Client Tv = Sample.Native with { ClientId = "tv", GrantTypes = [DeviceCodeGrant.Name, "refresh_token"], Scopes = ["openid", "offline_access", "notes:read"] };
    private static readonly Grant Row = ((DeviceAuthorized)Protocol.DeviceAuthorization.DeviceAuthorization.Decide(
        Sample.Form(("scope", "openid offline_access notes:read")), Sample.Issuer, Tv, Sample.Catalogue, new GrantSeed(Guid.Parse("01890000-0000-7000-8000-000000000001"), new byte[16], 1), Key, "1 ::1", Sample.Now)).Grant;

    private static readonly DeviceFacts Facts = new()
    {
        Handle = new(Key, HandleKind.UserCode, Row.Id, null, Sample.Now.AddMinutes(10)), Grant = Row, Client = Tv, Issuer = Sample.Issuer, Sessions = [Sample.Session()], Now = Sample.Now.AddMinutes(1),
    };

    [Fact]
    public void A_device_begins_with_a_row_that_nobody_has_agreed_to()
    {
        Assert.Equal((GrantState.Requested, 0L, null, false), (Row.State, Row.Generation, Row.Subject, Row.Authorized.IssuesRefreshToken));
        Assert.Equal(Sample.Now.AddMinutes(10), Row.IdleExpiresAt);
    }

    [Fact]
    public void A_code_that_leads_to_no_waiting_device_is_unknown()
    {
        foreach (DeviceFacts none in new[]
        {
            Facts with { Handle = null }, Facts with { Grant = null }, Facts with { Client = null }, Facts with { Issuer = "https://other.example" }, Facts with { Now = Sample.Now.AddMinutes(10) },
            Facts with { Grant = Row with { State = GrantState.Pending } }, Facts with { Grant = Row with { State = GrantState.Revoked } }, Facts with { Grant = Row with { State = GrantState.Active } },
        }) Assert.IsType<UserCodeUnknown>(DeviceApproval.Decide(none));
    }

    [Fact]
    public void The_person_signs_in_and_is_asked_whatever_was_agreed_to_before()
    {
        Assert.Equal(Prompt.SignIn, Assert.IsType<DevicePrompted>(DeviceApproval.Decide(Facts with { Sessions = [] })).Prompt);
        DevicePrompted asked = Assert.IsType<DevicePrompted>(DeviceApproval.Decide(Facts with { Client = Tv with { Consent = ConsentRule.Implied } }));
        Assert.Equal(Prompt.Consent, asked.Prompt);
        Assert.Equal(["openid", "offline_access", "notes:read"], asked.Scopes);
    }

    [Fact]
    public void An_answer_for_another_account_is_none() =>
        Assert.IsType<DevicePrompted>(DeviceApproval.Decide(Facts with { Answer = new ConsentAnswer(true, ["openid"], "mallory") }));

    [Fact]
    public void Agreeing_uses_the_code_up_and_writes_who_agreed_to_what()
    {
        Approved approved = Assert.IsType<Approved>(DeviceApproval.Decide(Facts with { Answer = new ConsentAnswer(true, ["offline_access", "notes:read", "admin"], "alice") }));
        Grant grant = approved.Grant;
        Assert.Equal((GrantState.Pending, "alice", null, "openid offline_access notes:read", true), (grant.State, grant.Subject, grant.SessionId, grant.Authorized.Scope, grant.Authorized.IssuesRefreshToken));
        Assert.Equal(Sample.Session().AuthTime, grant.Authorized.AuthTime);
        // The code's own end does not move.
        Assert.Equal(Row.IdleExpiresAt, grant.IdleExpiresAt);
        Change[] changes = [.. Assert.IsType<Together>(approved.Change).Changes];
        Assert.Equal(Key, Assert.IsType<RemoveHandle>(changes[0]).Key);
        Assert.Equal(Sample.Session().Key, Assert.IsType<ApproveGrant>(changes[1]).SessionKey);
    }

    [Fact]
    public void Without_offline_access_the_grant_ends_with_the_session()
    {
        Grant grant = Assert.IsType<Approved>(DeviceApproval.Decide(Facts with { Answer = new ConsentAnswer(true, [], "alice") })).Grant;
        Assert.Equal(("sid-alice", "openid", false), (grant.SessionId, grant.Authorized.Scope, grant.Authorized.IssuesRefreshToken));
    }

    [Fact]
    public void Refusing_ends_the_grant_by_its_user()
    {
        Denied denied = Assert.IsType<Denied>(DeviceApproval.Decide(Facts with { Answer = new ConsentAnswer(false, ["openid"], "alice") }));
        Assert.Equal(RevocationCause.DeniedByUser, Assert.IsType<RevokeGrant>(Assert.IsType<Together>(denied.Change).Changes[1]).Why);
    }
}
