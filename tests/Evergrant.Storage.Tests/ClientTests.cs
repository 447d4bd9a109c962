using Evergrant.Protocol.Clients;
using Evergrant.Protocol.Grants;
using Evergrant.Protocol.Storage;
using static Evergrant.Storage.Tests.Rows;

namespace Evergrant.Storage.Tests;

/// <summary>Clients, resources and scopes.</summary>
public abstract class ClientTests<TStore> : StoreTests<TStore> where TStore : IStoreUnderTest, new()
{
    private static readonly Client Small = new() { Issuer = Issuer, ClientId = ClientId };

    private static readonly Client Full = new()
    {
        Issuer = Issuer, ClientId = "full", Name = "Büro \"1\"", ApplicationType = ApplicationType.Native, AuthenticationMethod = ClientAuthenticationMethod.PrivateKeyJwt,
        SecretHashes = [[1, 2, 3], []], Jwks = """{"keys":[]}""", LegacyAssertionAudience = true, RedirectUris = ["https://a.example/cb?x=%20ä", "com.example:/cb"],
        LoopbackAnyPort = true, PostLogoutRedirectUris = ["https://a.example/"], GrantTypes = [], ResponseTypes = ["none"], Scopes = ["openid"], Resources = ["https://api.example"], AllowedOrigins = ["https://a.example"],
        MayIntrospect = true, SubjectType = SubjectType.Pairwise, SectorIdentifierUri = "https://a.example/s", IdTokenSignedResponseAlg = "ES256", UserInfoSignedResponseAlg = "RS256",
        AccessTokenFormat = AccessTokenFormat.Opaque, AccessTokenSignedAlg = "RS256", Consent = ConsentRule.Implied, RequirePkce = false, RedirectUriOptionalAtToken = true, MaxAge = 0,
        RequireAuthTime = true, ClaimsInIdToken = false, ClientUri = "https://a.example/about", CreatedAt = Now.AddTicks(7),
        Policy = new()
        {
            Name = "own", Retry = RetryRule.For(TimeSpan.FromSeconds(7)), RetryBudget = 5, RefreshTokens = RefreshTokenIssuance.Always, Rotate = false, OnReplay = ReplayReaction.Reject,
            IdleLifetime = null, AbsoluteLifetime = null, AccessTokenLifetime = TimeSpan.FromTicks(1), OnStoreBehind = StoreBehindReaction.Refuse,
            OnRefresh = PreviousAccessToken.Revoke, IdTokenLifetime = TimeSpan.FromHours(1), CodeLifetime = TimeSpan.FromSeconds(1),
        },
    };

    [Fact]
    public async Task A_client_comes_back_with_every_member_and_is_replaced_as_a_whole()
    {
        await Store.Clients.SaveClientAsync(Small, default);
        await Store.Clients.SaveClientAsync(Full, default);
        await ReopenAsync();
        Same(Small, await Store.Clients.FindClientAsync(Issuer, ClientId, default));
        Same(Full, await Store.Clients.FindClientAsync(Issuer, "full", default));
        await Store.Clients.SaveClientAsync(Small with { ClientId = "full" }, default);
        Same(Small with { ClientId = "full" }, await Store.Clients.FindClientAsync(Issuer, "full", default));
        Assert.Null(await Store.Clients.FindClientAsync("https://other.example", ClientId, default));
        Assert.Null(await Store.Clients.FindClientAsync(Issuer, "WEB", default));
    }

    [Fact]
    public void The_sample_of_a_client_sets_every_member()
    {
        EveryMemberDiffers(Full, Small, nameof(Client.Issuer));
        EveryMemberDiffers(Full.Policy!, GrantPolicy.Confidential);
    }

    [Fact]
    public async Task A_hash_of_a_secret_is_replaced_and_nothing_else_of_the_client()
    {
        byte[] old = Hash("old"), kept = Hash("kept"), renewed = [.. Hash("renewed"), 255, 255];
        Client client = Full with { SecretHashes = [old, kept], Name = "+/'%_" };
        await Store.Clients.SaveClientAsync(client, default);
        Assert.False(await Store.Clients.ReplaceSecretHashAsync(Issuer, "full", Hash("another"), renewed, default));
        Assert.False(await Store.Clients.ReplaceSecretHashAsync("https://other.example", "full", old, renewed, default));
        Assert.True(await Store.Clients.ReplaceSecretHashAsync(Issuer, "full", old, renewed, default));
        Assert.False(await Store.Clients.ReplaceSecretHashAsync(Issuer, "full", old, renewed, default));
        Same(client with { SecretHashes = [renewed, kept] }, await Store.Clients.FindClientAsync(Issuer, "full", default));
    }

    [Fact]
    public async Task A_policy_without_ends_stays_without_ends()
    {
        await Store.Clients.SaveClientAsync(Full, default);
        GrantPolicy policy = (await Store.Clients.FindClientAsync(Issuer, "full", default))!.Policy!;
        Assert.Null(policy.IdleLifetime);
        Assert.Null(policy.AbsoluteLifetime);
        Assert.Equal(Full.Policy, policy);
    }

    [Fact]
    public async Task Clients_are_listed_by_id_for_one_issuer_or_all()
    {
        foreach ((string issuer, string id) in ((string, string)[])[("i-2", "b"), ("i-1", "c"), ("i-1", "a")])
            await Store.Clients.SaveClientAsync(Small with { Issuer = issuer, ClientId = id }, default);
        Assert.Equal(["a", "c"], (await Store.Clients.ListClientsAsync("i-1", default)).Select(client => client.ClientId));
        Assert.Equal(["a", "b", "c"], (await Store.Clients.ListClientsAsync(null, default)).Select(client => client.ClientId));
    }

    [Fact]
    public async Task Removing_a_client_ends_its_grants_and_consents_and_no_other()
    {
        await Store.Clients.SaveClientAsync(Small, default);
        await CommitAsync(new CreateGrant(Active(Id(1))));
        await CommitAsync(new CreateGrant(Active(Id(2)) with { ClientId = "other" }));
        await CommitAsync(new CreateGrant(Active(Id(3)) with { Issuer = "https://other.example" }));
        await CommitAsync(new SaveConsent(Rows.Consent()));
        await CommitAsync(new SaveConsent(Rows.Consent(clientId: "other")));
        Assert.True(await Store.Clients.RemoveClientAsync(Issuer, ClientId, Now.AddDays(1), default));
        Assert.Null(await Store.Clients.FindClientAsync(Issuer, ClientId, default));
        Grant ended = await GrantAsync(Id(1));
        Assert.Equal(RevocationCause.ClientRemoved, ended.RevokedWhy);
        Assert.Equal(Now.AddDays(1), ended.RevokedAt);
        Assert.Equal(GrantState.Active, (await GrantAsync(Id(2))).State);
        Assert.Equal(GrantState.Active, (await GrantAsync(Id(3))).State);
        Assert.Null(await Grants.FindConsentAsync(Issuer, Subject, ClientId, default));
        Assert.NotNull(await Grants.FindConsentAsync(Issuer, Subject, "other", default));
        Assert.False(await Store.Clients.RemoveClientAsync(Issuer, ClientId, Now, default));
    }

    [Fact]
    public async Task Removing_a_client_that_is_not_there_ends_nothing()
    {
        await CommitAsync(new CreateGrant(Active()));
        Assert.False(await Store.Clients.RemoveClientAsync(Issuer, ClientId, Now, default));
        Assert.Equal(GrantState.Active, (await GrantAsync(GrantId)).State);
    }

    [Fact]
    public async Task Resources_come_back_by_identifier_are_replaced_and_removed()
    {
        ApiResource notes = new() { Identifier = "https://notes.example", Name = "Nötes", Scopes = [new("read", "Lesen", true), new("write")], AccessTokenFormat = AccessTokenFormat.Opaque };
        await Store.Clients.SaveResourceAsync(notes, default);
        await Store.Clients.SaveResourceAsync(new() { Identifier = "a" }, default);
        await ReopenAsync();
        IReadOnlyList<ApiResource> all = await Store.Clients.ListResourcesAsync(default);
        Same([new() { Identifier = "a" }, notes], all);
        await Store.Clients.SaveResourceAsync(notes with { Name = null, Scopes = [] }, default);
        Assert.True(await Store.Clients.RemoveResourceAsync("a", default));
        Assert.False(await Store.Clients.RemoveResourceAsync("a", default));
        Same(notes with { Name = null, Scopes = [] }, Assert.Single(await Store.Clients.ListResourcesAsync(default)));
    }

    [Fact]
    public async Task Scopes_come_back_are_replaced_and_removed()
    {
        await Store.Clients.SaveScopeAsync(new("b", "Zwei", true), default);
        await Store.Clients.SaveScopeAsync(new("a"), default);
        await ReopenAsync();
        Assert.Equal([new("a"), new("b", "Zwei", true)], await Store.Clients.ListScopesAsync(default));
        await Store.Clients.SaveScopeAsync(new("b"), default);
        Assert.True(await Store.Clients.RemoveScopeAsync("a", default));
        Assert.False(await Store.Clients.RemoveScopeAsync("a", default));
        Assert.Equal([new("b")], await Store.Clients.ListScopesAsync(default));
    }
}
