using Evergrant.Protocol.Authorize;
using Evergrant.Protocol.Clients;
using Evergrant.Protocol.GrantManagement;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Metadata;
using Evergrant.Protocol.Storage;

namespace Evergrant.Protocol.Tests.GrantManagement;

public sealed class ManagedGrantTests
{
    private static readonly Client Managing = Sample.Web with { ManagesGrants = true };

    private static AuthorizeRequest Request(params (string Name, string Value)[] parameters) => AuthorizeRequest.Read(Parameters.From(parameters.Select(p => KeyValuePair.Create(p.Name, p.Value))));

    private static Grant Named(string scope = "openid notes:read") => Sample.Grant() with { Authorized = Sample.Grant().Authorized with { Scope = scope, ManagedId = "g-1", Claims = """{"id_token":{"email":null},"userinfo":{"name":null}}""" } };

    [Fact]
    [Requirement("GRANT-MGMT-7.1-02", "GRANT-MGMT-5.4-03")]
    public void Where_actions_are_demanded_a_request_without_one_is_refused()
    {
        var demands = new AuthorizeDemands { GrantActions = true };
        foreach (Client client in new[] { Managing, Sample.Web, Sample.Native }) Assert.Equal("invalid_request", ManagedGrant.Judge(Request(), client, demands)!.Code);
        Assert.Null(ManagedGrant.Judge(Request(("grant_management_action", "create")), Managing, demands));
        Assert.Null(ManagedGrant.Judge(Request(), Managing, AuthorizeDemands.None));
        Assert.True((bool)ServerMetadata.Build(Sample.Issuer, Sample.Issuer, Sample.Catalogue, new ServerFeatures { Demands = demands })["grant_management_action_required"]!);
    }

    [Fact]
    public void What_is_off_is_not_announced()
    {
        var document = ServerMetadata.Build(Sample.Issuer, Sample.Issuer, Sample.Catalogue, ServerFeatures.Plain);
        foreach (string name in new[] { "grant_management_endpoint", "grant_management_actions_supported", "grant_management_action_required", "native_sso_supported", "check_session_iframe" }) Assert.False(document.ContainsKey(name));
        foreach (string scope in new[] { "device_sso", "grant_management_query", "grant_management_revoke" }) Assert.DoesNotContain(scope, document["scopes_supported"]!.AsArray().Select(v => (string)v!));
    }

    [Fact]
    public void To_those_who_manage_no_grants_a_name_is_a_parameter_that_nobody_knows()
    {
        Assert.Null(ManagedGrant.Judge(Request(("grant_id", "x")), Sample.Web, AuthorizeDemands.None));
        Assert.Equal(Refusal.GrantManagementNotAllowed, ManagedGrant.Judge(Request(("grant_management_action", "create")), Sample.Native with { ManagesGrants = true }, AuthorizeDemands.None)!.Refusal);
    }

    [Fact]
    public void A_merge_keeps_what_was_there_and_a_replacement_does_not()
    {
        Grant before = Named();
        var now = new Authorized { Scope = "openid notes:write", Policy = "p", Claims = """{"userinfo":{"name":{"essential":true},"nickname":null}}""" };
        Authorized merged = ManagedGrant.Name(now, Request(("grant_management_action", "merge"), ("grant_id", "g-1")), before, (Guid.NewGuid(), new byte[16]));
        Assert.Equal(("openid notes:read notes:write", "g-1", before.Id), (merged.Scope, merged.ManagedId, merged.Supersedes));
        Assert.Equal("""{"id_token":{"email":null},"userinfo":{"name":{"essential":true},"nickname":null}}""", merged.Claims);
        Authorized replaced = ManagedGrant.Name(now, Request(("grant_management_action", "replace"), ("grant_id", "g-1")), before, (Guid.NewGuid(), new byte[16]));
        Assert.Equal(("openid notes:write", "g-1", before.Id, now.Claims), (replaced.Scope, replaced.ManagedId, replaced.Supersedes, replaced.Claims));
        Assert.Equal(now, ManagedGrant.Name(now, Request(("grant_id", "g-1")), null, (Guid.NewGuid(), new byte[16])));
    }

    [Fact]
    public void A_name_outlives_no_grant_that_has_an_end_and_every_one_that_has_none()
    {
        Grant grant = Named() with { ExpiresAt = Sample.Now.AddDays(3) };
        Assert.Equal(Sample.Now.AddDays(3), Assert.IsType<AddHandle>(Assert.Single(ManagedGrant.ClaimedBy(grant, keepsEnd: true, Sample.Now))).Handle.ExpiresAt);
        foreach ((Grant one, bool keeps) in new[] { (grant, false), (grant with { ExpiresAt = null }, true) })
            Assert.True(Assert.IsType<AddHandle>(Assert.Single(ManagedGrant.ClaimedBy(one, keeps, Sample.Now))).Handle.ExpiresAt > Sample.Now.AddDays(36_000));
        Assert.Equal(
            [typeof(RevokeGrant), typeof(RemoveHandle), typeof(AddHandle)],
            ManagedGrant.ClaimedBy(grant with { Authorized = grant.Authorized with { Supersedes = new Guid(9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9) } }, true, Sample.Now).Select(c => c.GetType()));
    }

    [Theory]
    [InlineData(GrantState.Revoked, "web", "alice", false)]
    [InlineData(GrantState.Pending, "web", "alice", false)]
    [InlineData(GrantState.Active, "native", "alice", false)]
    [InlineData(GrantState.Active, "web", "bob", false)]
    [InlineData(GrantState.Active, "web", "alice", true)]
    public void A_name_is_good_for_a_live_grant_of_the_client_and_the_person(GrantState state, string client, string subject, bool good)
    {
        AuthorizeRequest request = Request(("grant_management_action", "merge"), ("grant_id", "g-1"));
        Assert.Equal(good, ManagedGrant.Judge(request, Named() with { State = state }, Sample.Issuer, Managing with { ClientId = client }, subject, Sample.Now) is null);
        Assert.Equal("invalid_grant_id", ManagedGrant.Judge(request, null, Sample.Issuer, Managing, subject, Sample.Now)!.Code);
        Assert.Equal("invalid_grant_id", ManagedGrant.Judge(request, Named(), "https://other.example", Managing, "alice", Sample.Now)!.Code);
        Assert.NotNull(ManagedGrant.Judge(request, Named() with { ExpiresAt = Sample.Now }, Sample.Issuer, Managing, "alice", Sample.Now));
    }
}
